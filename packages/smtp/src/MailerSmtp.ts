/**
 * The mailer over SMTP: one connection per mail, in plain text, with the Message-ID that belongs to its id.
 *
 * Guarantees: every request ends within the time limit; whatever comes back is an answer, `MailRefused` or `MailerUnavailable`;
 * a password goes over TLS only, unless the address of the server says otherwise, and is in no log.
 *
 * Gotchas: nothing is tried again here. A server that takes a mail over and whose answer gets lost is sent it again: it has
 * the same Message-ID, by which most servers and readers know it.
 */
import { Mailer } from "@eventfold/domain-notifications"
import { Duration, Effect, Layer, Redacted } from "effect"
import { createTransport } from "nodemailer"
import { errorOf, reported } from "./SmtpFailure.ts"
import type { SmtpServer } from "./SmtpUrl.ts"

/** How mail is sent. */
export interface SmtpOptions {
  readonly server: SmtpServer
  /** How long a mail may take. Default 20 seconds. */
  readonly timeLimit?: Duration.Duration
  /** Certificates of authorities to trust besides those of the system, as PEM. */
  readonly trusted?: ReadonlyArray<string>
}

const pattern = /^[A-Za-z0-9._-]{1,100}$/u

/** The mailer of a server. */
export const layer = (options: SmtpOptions): Layer.Layer<Mailer.Mailer> =>
  Layer.sync(Mailer.Mailer, () => {
    const { server, timeLimit = Duration.seconds(20), trusted = [] } = options
    const { credentials, from, host, port, tls } = server
    const limit = Duration.toMillis(timeLimit)
    const transport = createTransport({
      host,
      port,
      secure: tls === "implicit",
      requireTLS: tls === "required",
      ignoreTLS: tls === "never",
      ...(trusted.length === 0 ? {} : { tls: { ca: [...trusted] } }),
      ...(credentials === undefined
        ? {}
        : { auth: { user: credentials.user, pass: Redacted.value(credentials.password) } }),
      // The client must not outlive our patience by much: a connection nobody waits for is closed.
      connectionTimeout: limit,
      greetingTimeout: limit,
      socketTimeout: limit,
      dnsTimeout: limit,
      // What is sent is text we were given. It names no files, and no addresses to fetch.
      disableFileAccess: true,
      disableUrlAccess: true
    })
    /** Whatever is asked of the server, within the time limit. */
    const within = <A>(messageId: string, ask: () => Promise<A>) =>
      Effect.tryPromise({ try: ask, catch: (error) => errorOf(messageId, reported(error)) }).pipe(
        Effect.timeoutOrElse({
          duration: timeLimit,
          orElse: () => Effect.fail(new Mailer.MailerUnavailable({ messageId, problem: "timeout" }))
        })
      )
    const domain = from.slice(from.lastIndexOf("@") + 1)
    return {
      send: Effect.fn("MailerSmtp.send")(function* ({ messageId, subject, text, to }: Mailer.Mail) {
        if (!pattern.test(messageId)) return yield* new Mailer.MailRefused({ messageId, problem: "content" })
        yield* within(messageId, () =>
          transport.sendMail({
            // In parts, so that no character of an address is read as the end of one.
            from: { name: "", address: from },
            to: { name: "", address: to },
            subject,
            text,
            messageId: `<${messageId}@${domain}>`,
            headers: { "Auto-Submitted": "auto-generated" }
          })
        )
        return { via: "smtp" }
      }),
      check: within("check", () => transport.verify()).pipe(
        Effect.asVoid,
        // Before there is a mail, whatever is wrong is not about one.
        Effect.catchTag("MailRefused", ({ code }) =>
          Effect.fail(
            new Mailer.MailerUnavailable({
              messageId: "check",
              problem: "no-service",
              ...(code === undefined ? {} : { code })
            })
          )
        )
      )
    }
  })
