/**
 * A mailer in memory, and what it was given to send: for programs and tests that need no server. Everything is gone when the
 * program ends. It refuses mail to `nobody@…`, and has no time for mail to `busy@…`.
 */
import { Mailer } from "@eventfold/domain-notifications"
import { Context, Effect, Layer } from "effect"

/** What was sent, the oldest first, repetitions included. */
export class SentMail extends Context.Service<SentMail, { readonly all: Effect.Effect<ReadonlyArray<Mailer.Mail>> }>()(
  "@eventfold/smtp/SentMail"
) {}

/** The most mails it remembers: the oldest are forgotten first. */
export const remembered = 10_000

/** A mailer in memory. */
export const layerMemory: Layer.Layer<Mailer.Mailer | SentMail> = Layer.effectContext(
  Effect.sync(() => {
    const sent: Array<Mailer.Mail> = []
    const mailer: Mailer.Mailer["Service"] = {
      check: Effect.void,
      send: (mail) =>
        Effect.suspend((): Effect.Effect<Mailer.SentBy, Mailer.MailError> => {
          const { messageId, to } = mail
          if (to.startsWith("nobody@")) {
            return Effect.fail(new Mailer.MailRefused({ messageId, problem: "recipient", code: 550 }))
          }
          if (to.startsWith("busy@")) {
            return Effect.fail(new Mailer.MailerUnavailable({ messageId, problem: "busy", code: 450 }))
          }
          sent.push(mail)
          if (sent.length > remembered) sent.shift()
          return Effect.succeed({ via: "memory" })
        })
    }
    return Context.make(Mailer.Mailer, mailer).pipe(Context.add(SentMail, { all: Effect.sync(() => Array.from(sent)) }))
  })
)
