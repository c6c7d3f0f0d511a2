/**
 * The laws of a mailer, for any layer of it, with a server that has mailboxes: `nobody@example.org` is none of them, and
 * `busy@example.org` takes nothing for now. The checks make up their messages from a seed, so they run on one layer, one after
 * another.
 */
import { Mailer } from "@eventfold/domain-notifications"
import { EmailAddress } from "@eventfold/shared-kernel"
import { Context, Effect, Random } from "effect"
import { expect, expectEqual, expectFailure, type Law, make } from "./Law.ts"

/** A mail as it arrived: what a reader is shown. Lines of the text end in `\n`, without an empty one at the end. */
export interface Arrived {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** The part of the Message-ID before the `@`. */
  readonly messageId: string
}

/** What has arrived, wherever the layer sends to. */
export class Mailboxes extends Context.Service<
  Mailboxes,
  { readonly arrived: Effect.Effect<ReadonlyArray<Arrived>> }
>()("@eventfold/testing/Mailboxes") {}

const address = (name: string) => EmailAddress.EmailAddress.make(`${name}@example.org`)
const fresh = Effect.map(Random.nextIntBetween(0, Number.MAX_SAFE_INTEGER), (number) => `notification_${number}.e-mail`)

const mail = Effect.map(fresh, (messageId) => ({
  to: address("ada"),
  subject: "Your order is on its way",
  text: "Dear Ada,\n\nit left.",
  messageId
}))

const arrivedAs = Effect.fnUntraced(function* (messageId: string) {
  const { arrived } = yield* Mailboxes
  return (yield* arrived).filter((one) => one.messageId === messageId)
})

const sent = Effect.fnUntraced(function* (given: Mailer.Mail) {
  const mailer = yield* Mailer.Mailer
  yield* mailer.send(given)
  return yield* arrivedAs(given.messageId)
})

/** The laws of a mailer. */
export const laws: ReadonlyArray<Law<Mailer.Mailer | Mailboxes>> = [
  make(
    "what is answered for has arrived, once and as it was written",
    Effect.gen(function* () {
      const given = yield* mail
      yield* expectEqual("what arrived", yield* sent(given), [given])
    })
  ),

  make(
    "letters of every script, long lines and lines of dots arrive as they were written",
    Effect.gen(function* () {
      const given = {
        ...(yield* mail),
        subject: `Bestellung für Łukasz Žižek 注文 🫖 ${"lang ".repeat(30)}Ende`,
        text: [".", "..", ".End of it", "Příliš žluťoučký kůň 🐎", "x".repeat(3_000), "From here", "= ="].join("\n")
      }
      yield* expectEqual("what arrived", yield* sent(given), [given])
    })
  ),

  make(
    "nothing in a subject or a text is taken for a header, an address or the end of the mail",
    Effect.gen(function* () {
      const given = yield* mail
      const text = "Hello\n.\nRCPT TO:<eve@example.org>\nBcc: eve@example.org\n\nDATA"
      const subject = "Re: Bcc: eve@example.org, <eve@example.org>"
      yield* expectEqual("what arrived", yield* sent({ ...given, subject, text }), [{ ...given, subject, text }])
      const lines = { ...(yield* mail), subject: "Hello\r\nBcc: eve@example.org" }
      yield* Effect.ignore(sent(lines))
      const { arrived } = yield* Mailboxes
      const toEve = (yield* arrived).filter(({ to }) => to.includes("eve@"))
      yield* expectEqual("mail to somebody who was never written to", toEve, [])
    })
  ),

  make(
    "what is sent again has the same Message-ID, and what is not the same has another",
    Effect.gen(function* () {
      const [one, other] = [yield* mail, yield* mail]
      yield* sent(one)
      yield* sent(other)
      const again = yield* sent(one)
      yield* expect(again.length >= 1, "a mail that is sent again must be found under its id")
      for (const copy of again) yield* expectEqual("a copy", copy, one)
      yield* expectEqual("the other mail", yield* arrivedAs(other.messageId), [other])
    })
  ),

  make(
    "a mail to nobody is refused for good, and is sent to no one",
    Effect.gen(function* () {
      const given = { ...(yield* mail), to: address("nobody") }
      const error = yield* expectFailure("a mail to nobody", sent(given))
      yield* expectEqual("the error", error._tag, "MailRefused")
      yield* expect(error._tag === "MailRefused" && error.problem === "recipient", "it must name the recipient")
      yield* expectEqual("whose it is", error.messageId, given.messageId)
      yield* expectEqual("what arrived", yield* arrivedAs(given.messageId), [])
    })
  ),

  make(
    "a mail to a mailbox that takes nothing for now may be sent later",
    Effect.gen(function* () {
      const given = { ...(yield* mail), to: address("busy") }
      const error = yield* expectFailure("a mail to a busy mailbox", sent(given))
      yield* expectEqual("the error", error._tag, "MailerUnavailable")
      yield* expectEqual("whether it may be tried again", error.retryable, true)
      yield* expectEqual("what arrived", yield* arrivedAs(given.messageId), [])
    })
  ),

  make(
    "many at the same moment arrive, each once",
    Effect.gen(function* () {
      const given = yield* Effect.replicateEffect(mail, 12)
      yield* Effect.forEach(given, sent, { concurrency: "unbounded" })
      for (const one of given) yield* expectEqual("what arrived", yield* arrivedAs(one.messageId), [one])
    })
  )
]
