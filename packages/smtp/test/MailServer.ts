/**
 * A real mail server on a port of its own, for the time of a scope. It keeps what arrives, has no mailbox `nobody`, and one,
 * `busy`, that takes nothing for now.
 */
import { createServer } from "node:net"
import type { Mailer } from "@eventfold/domain-notifications"
import { SmtpUrl } from "@eventfold/smtp"
import { MailerLaws } from "@eventfold/testing"
import { Context, Effect, Layer, Redacted, Result } from "effect"
import PostalMime from "postal-mime"
import { SMTPServer, type SMTPServerOptions } from "smtp-server"

/** What the server of a scope was told, besides the mail. */
export class MailServer extends Context.Service<
  MailServer,
  {
    readonly port: number
    /** How often somebody said who they are, and how. */
    readonly logins: ReadonlyArray<{ readonly user: string; readonly password: string; readonly isSecure: boolean }>
  }
>()("@eventfold/smtp/test/MailServer") {}

/** An answer that is no. */
export const no = (responseCode: number): Error => Object.assign(new Error("no"), { responseCode })

/** Listens on a port that nobody else uses; closed with the scope. */
const listening = (server: ReturnType<typeof createServer>) =>
  Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
      })
    }),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
      })
  )

/** A server that takes mail; the options are those of the server. */
export const layer = (options: SMTPServerOptions = {}): Layer.Layer<MailServer | MailerLaws.Mailboxes> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const arrived: Array<MailerLaws.Arrived> = []
      const logins: Array<{ readonly user: string; readonly password: string; readonly isSecure: boolean }> = []
      const server = new SMTPServer({
        authOptional: true,
        disableReverseLookup: true,
        disabledCommands: ["STARTTLS"],
        onAuth: (login, session, done) => {
          const [user, password] = [login.username ?? "", login.password ?? ""]
          logins.push({ user, password, isSecure: session.secure })
          if (password === "right") done(null, { user })
          else done(no(535))
        },
        onRcptTo: ({ address }, _session, done) => {
          if (address.startsWith("nobody@")) done(no(550))
          else if (address.startsWith("busy@")) done(no(450))
          else done()
        },
        onData: (stream, session, done) => {
          const chunks: Array<Buffer> = []
          stream.on("data", (chunk: Buffer) => chunks.push(chunk))
          stream.on("end", () => {
            void PostalMime.parse(Buffer.concat(chunks)).then(({ messageId = "", subject = "", text = "" }) => {
              for (const { address: to } of session.envelope.rcptTo) {
                const id = /^<(.*)@[^@]*>$/u.exec(messageId)?.[1] ?? messageId
                arrived.push({ to, subject, text: text.replaceAll("\r\n", "\n").trimEnd(), messageId: id })
              }
              done()
            })
          })
        },
        ...options
      })
      // A client that breaks off is no fault of the server.
      server.on("error", () => {})
      const port = yield* listening(server.server)
      return Context.make(MailServer, { port, logins }).pipe(
        Context.add(MailerLaws.Mailboxes, { arrived: Effect.sync(() => Array.from(arrived)) })
      )
    })
  )

/** A server that accepts connections and says nothing. */
export const silent: Layer.Layer<MailServer> = Layer.effect(
  MailServer,
  Effect.gen(function* () {
    const sockets = new Set<{ readonly destroy: () => void }>()
    yield* Effect.addFinalizer(() => Effect.sync(() => sockets.forEach((socket) => socket.destroy())))
    const port = yield* listening(createServer((socket) => sockets.add(socket.on("error", () => {}))))
    return { port, logins: [] }
  })
)

/** The address of the server of the scope, with more in front of it and behind it. */
export const address = Effect.fnUntraced(function* (scheme: string, credentials: string, query: string) {
  const { port } = yield* MailServer
  return Result.getOrThrow(SmtpUrl.parse(Redacted.make(`${scheme}://${credentials}127.0.0.1:${port}${query}`)))
})

/** A mail to somebody who has a mailbox. */
export const mail = {
  to: SmtpUrl.usualSender,
  subject: "Hello",
  text: "Good day.",
  messageId: "notification_1.e-mail"
} satisfies Mailer.Mail
