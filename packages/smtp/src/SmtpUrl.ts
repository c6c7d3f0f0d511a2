/**
 * Where a mail server is, as one address: `smtp://user:password@mail.example.org:587`, `smtps://…` for TLS from the first byte.
 *
 * - Port: 587 of `smtp:`, 465 of `smtps:`, when there is none in it.
 * - `?tls=required` goes on only when the server offers STARTTLS, `?tls=never` does not ask for it. Left out, TLS is used when
 *   it is offered; with a password it is required, so that no password crosses a network in clear.
 * - `?from=shop@example.org` is the sender.
 */
import { EmailAddress } from "@eventfold/shared-kernel"
import { Redacted, Result, Schema } from "effect"

/** How a mail server is reached. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** `implicit`: from the first byte; `required`, `offered`: by STARTTLS; `never`: in clear. */
  readonly tls: "implicit" | "required" | "offered" | "never"
  readonly credentials: { readonly user: string; readonly password: Redacted.Redacted } | undefined
  /** Who writes. */
  readonly from: EmailAddress.EmailAddress
}

/** What was given is no address of a mail server. It may hold a password, so nothing of it is quoted. */
export class SmtpUrlNotReadable extends Schema.TaggedError<SmtpUrlNotReadable>()("SmtpUrlNotReadable", {
  field: Schema.Literals(["url", "host", "port", "tls", "from"]),
  rule: Schema.String
}) {
  override get message() {
    return `the address of the mail server cannot be used: ${this.field} ${this.rule}`
  }
}

/** Who writes when the address names nobody. */
export const usualSender = EmailAddress.EmailAddress.make("orders@eventfold.example")

const decodeSender = Schema.decodeUnknownResult(EmailAddress.EmailAddress)

/** Reads the address of a mail server. */
export const parse = (text: Redacted.Redacted): Result.Result<SmtpServer, SmtpUrlNotReadable> =>
  Result.gen(function* () {
    const refuse = (field: SmtpUrlNotReadable["field"], rule: string) =>
      Result.fail(new SmtpUrlNotReadable({ field, rule }))
    const url = URL.parse(Redacted.value(text))
    if (url === null || (url.protocol !== "smtp:" && url.protocol !== "smtps:")) {
      return yield* refuse("url", "must be smtp://host or smtps://host")
    }
    if (url.hostname === "") return yield* refuse("host", "must not be empty")
    const isImplicit = url.protocol === "smtps:"
    const port = url.port === "" ? (isImplicit ? 465 : 587) : Number(url.port)
    if (port === 0) return yield* refuse("port", "must be 1 to 65535")
    const user = plain(url.username)
    const password = plain(url.password)
    if (user === undefined || password === undefined) return yield* refuse("url", "must have %-signs written as %25")
    const wanted = url.searchParams.get("tls") ?? (user === "" ? "offered" : "required")
    if (wanted !== "required" && wanted !== "offered" && wanted !== "never") {
      return yield* refuse("tls", "must be required, offered or never")
    }
    const from = yield* Result.mapError(
      decodeSender(url.searchParams.get("from") ?? usualSender),
      () => new SmtpUrlNotReadable({ field: "from", rule: "must be an e-mail address" })
    )
    return {
      // An address of IPv6 stands in brackets in a URL, and without them everywhere else.
      host: url.hostname.replace(/^\[(.*)\]$/u, "$1"),
      port,
      tls: isImplicit ? "implicit" : wanted,
      credentials: user === "" ? undefined : { user, password: Redacted.make(password) },
      from
    }
  })

/** Without its %-signs; undefined when they stand for nothing. */
const plain = (text: string): string | undefined => Result.getOrUndefined(Result.try(() => decodeURIComponent(text)))
