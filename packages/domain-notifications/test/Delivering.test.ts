/** Telling a customer one thing, with ports that answer as a test wants it. */
import { assert, describe, it } from "@effect/vitest"
import { Personal } from "@eventfold/decider"
import {
  ContactBook,
  Delivering,
  Mailer,
  type NewsEvents,
  NotificationId,
  OrderNews,
  TextMessages
} from "@eventfold/domain-notifications"
import { EmailAddress, PersonName } from "@eventfold/shared-kernel"
import { Effect } from "effect"
import * as Scenario from "./Scenario.ts"

const { customerId, day, news, notificationId, orderId, total } = Scenario

const requested: NewsEvents.NotificationRequested = {
  _tag: "NotificationRequested",
  orderId,
  occurredAt: day(1),
  notificationId,
  customerId,
  total,
  news: news.shipped
}

const ada: ContactBook.Contact = {
  _tag: "Known",
  name: PersonName.PersonName.make("Ada Jansen"),
  email: EmailAddress.EmailAddress.make("ada@example.org"),
  phone: "+31 20 123"
}

/** Delivers by a channel, to a contact; `sent` keeps what was handed on. */
const deliver = (
  channel: "e-mail" | "text-message",
  contact: ContactBook.Contact,
  failing?: Mailer.MailError,
  before?: Delivering.TriedBefore
) => {
  const sent: Array<{ readonly to: string; readonly text: string; readonly messageId: string }> = []
  const take = (message: (typeof sent)[number]) =>
    Effect.sync(() => {
      sent.push(message)
      return { via: "test" }
    })
  return Delivering.deliver("main", requested, channel, Effect.succeed(day(2)), before).pipe(
    Effect.provideService(ContactBook.ContactBook, { find: () => Effect.succeed(contact) }),
    Effect.provideService(Mailer.Mailer, {
      check: Effect.void,
      send: (mail) => (failing === undefined ? take(mail) : Effect.fail(failing))
    }),
    Effect.provideService(TextMessages.TextMessages, {
      send: (message) =>
        message.to === "+1"
          ? Effect.fail(new TextMessages.TextMessagesUnavailable(message))
          : message.to === "+0"
            ? Effect.fail(new TextMessages.TextMessageRefused(message))
            : take(message)
    }),
    Effect.map(({ outcome }) => ({ outcome, sent }))
  )
}

const delivery = { orderId, occurredAt: day(2), notificationId } as const

describe("telling a customer", () => {
  it.effect("is a letter to the address of now, with the id of the notification, and is noted with it", () =>
    Effect.gen(function* () {
      const { outcome, sent } = yield* deliver("e-mail", ada)
      const [mail] = sent
      assert.deepInclude(mail, { to: "ada@example.org", messageId: `${notificationId}.e-mail` })
      assert.include(mail?.text, "Dear Ada Jansen,")
      assert.deepInclude(outcome, { _tag: "NotificationSent", ...delivery, channel: "e-mail", via: "test" })
      if (outcome._tag !== "NotificationSent") return
      assert.strictEqual(outcome.letter.subject, customerId)
      assert.strictEqual(
        Personal.show(outcome.letter, ({ text }) => text),
        mail?.text
      )
      // What was noted is what an order's news can take.
      const after = Scenario.after(Scenario.introduce, Scenario.tell(news.shipped), Scenario.note(outcome))
      assert.deepStrictEqual(OrderNews.requestedOf(after.state, notificationId)?.settled, ["e-mail"])
    })
  )

  it.effect("goes to the phone when that is the channel", () =>
    Effect.gen(function* () {
      const { outcome, sent } = yield* deliver("text-message", ada)
      assert.deepInclude(sent[0], {
        to: "+31 20 123",
        messageId: NotificationId.messageIdOf(notificationId, "text-message")
      })
      assert.deepInclude(outcome, { _tag: "NotificationSent", channel: "text-message" })
    })
  )

  it.effect("is left out when nobody knows whom to tell, and says why", () =>
    Effect.gen(function* () {
      const reasons = [
        ["e-mail", { _tag: "Unknown" }, "customer-unknown"],
        ["e-mail", { _tag: "Forgotten" }, "customer-forgotten"],
        ["text-message", { ...ada, phone: undefined }, "no-address"]
      ] as const
      for (const [channel, contact, reason] of reasons) {
        const { outcome, sent } = yield* deliver(channel, contact)
        assert.deepStrictEqual(outcome, { _tag: "NotificationSkipped", ...delivery, channel, reason })
        assert.isEmpty(sent)
      }
    })
  )

  it.effect(
    "that is refused for good is over; what may pass is postponed, and given up with the tenth try in 24 hours",
    () =>
      Effect.gen(function* () {
        const messageId = `${notificationId}.e-mail`
        const refused = new Mailer.MailRefused({ messageId, problem: "recipient", code: 550 })
        const { outcome } = yield* deliver("e-mail", ada, refused)
        assert.deepStrictEqual(outcome, {
          _tag: "NotificationRefused",
          ...delivery,
          channel: "e-mail",
          problem: "recipient"
        })
        const nowhere = yield* deliver("text-message", { ...ada, phone: "+0" })
        assert.deepInclude(nowhere.outcome, { _tag: "NotificationRefused", problem: "recipient" })
        const busy = new Mailer.MailerUnavailable({ messageId, problem: "busy", code: 450 })
        const minute = 60_000
        let [counted, at] = [0, 0]
        const tried: Array<number> = []
        for (;;) {
          tried.push(at / minute)
          const { outcome } = yield* deliver("e-mail", ada, busy, { tries: counted, counted })
          const failed = { ...delivery, channel: "e-mail", problem: "busy", tries: counted + 1 } as const
          if (outcome._tag !== "NotificationPostponed") {
            assert.deepStrictEqual(outcome, { _tag: "NotificationGivenUp", ...failed })
            break
          }
          assert.deepInclude(outcome, failed)
          at += outcome.until.epochMilliseconds - day(2).epochMilliseconds
          counted += 1
        }
        assert.deepStrictEqual(tried, [0, 1, 5, 20, 60, 120, 240, 480, 960, 1_440])
      })
  )

  it.effect("that nobody takes from us is tried for as long as that lasts", () =>
    Effect.gen(function* () {
      const messageId = `${notificationId}.e-mail`
      const before = { tries: 500, counted: 9 }
      for (const problem of ["refused-us", "no-service"] as const) {
        const { outcome } = yield* deliver("e-mail", ada, new Mailer.MailerUnavailable({ messageId, problem }), before)
        assert.deepInclude(outcome, { _tag: "NotificationPostponed", problem, tries: 501 })
      }
      const { outcome } = yield* deliver("text-message", { ...ada, phone: "+1" }, undefined, before)
      assert.deepInclude(outcome, { _tag: "NotificationPostponed", problem: "unavailable", tries: 501 })
      assert.deepInclude((yield* deliver("text-message", { ...ada, phone: "+31" }, undefined, before)).outcome, {
        _tag: "NotificationSent"
      })
    })
  )

  it("tells what went wrong, and nothing of the customer", () => {
    const messageId = "m-1"
    const errors = [
      [new Mailer.MailRefused({ messageId, problem: "content" }), "mail m-1 is refused: content", false],
      [
        new Mailer.MailRefused({ messageId, problem: "recipient", code: 550 }),
        "mail m-1 is refused: recipient (550)",
        false
      ],
      [new Mailer.MailerUnavailable({ messageId, problem: "timeout" }), "mail m-1 cannot be sent now: timeout", true],
      [new TextMessages.TextMessageRefused({ messageId }), "text message m-1 is refused", false],
      [new TextMessages.TextMessagesUnavailable({ messageId }), "text message m-1 cannot be sent now", true],
      [
        new ContactBook.ContactBookUnavailable({ reason: "the store" }),
        "customers cannot be looked up now: the store",
        true
      ]
    ] as const
    for (const [error, message, retryable] of errors) {
      assert.strictEqual(error.message, message)
      assert.strictEqual(error.retryable, retryable)
    }
  })
})
