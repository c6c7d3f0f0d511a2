/** What becomes of letters when mailboxes and mail servers take nothing: nobody waits for anybody else's, and nothing is lost. */
import { assert, describe, it } from "@effect/vitest"
import { ContactBook, Mailer, type NewsCommands, OrderNews, TextMessages } from "@eventfold/domain-notifications"
import * as TestTime from "@eventfold/testing/TestTime"
import { CustomerId, EmailAddress, OrderId, PersonName } from "@eventfold/shared-kernel"
import { HandlerRunner, Subscriptions } from "@eventfold/subscriptions"
import { ConsumerRegistry } from "@eventfold/subscriptions/ConsumerRegistry"
import { Context, DateTime, type Duration, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { newsStreamOf } from "../src/NotificationStreamIds.ts"
import { news } from "../src/notifications/NotificationAggregates.ts"
import * as PatientMailer from "../src/notifications/PatientMailer.ts"
import * as TakingUp from "../src/notifications/TakingUp.ts"
import * as Telling from "../src/notifications/Telling.ts"
import * as Service from "../src/Service.ts"
import { uuid } from "./Samples.ts"

/** A mail server: who is written to decides what it answers, while it is there. */
class PostOffice extends Context.Service<
  PostOffice,
  { isOpen: boolean; readonly asked: Array<string>; readonly sent: Array<string> }
>()("test/PostOffice") {}

const mailer = Layer.effect(
  Mailer.Mailer,
  Effect.map(PostOffice, (office) => {
    const unreachable = (messageId: string) => new Mailer.MailerUnavailable({ messageId, problem: "unreachable" })
    return {
      check: Effect.suspend(() => (office.isOpen ? Effect.void : Effect.fail(unreachable("check")))),
      send: ({ messageId, to }) =>
        Effect.suspend((): Effect.Effect<Mailer.SentBy, Mailer.MailError> => {
          office.asked.push(to)
          if (!office.isOpen) return Effect.fail(unreachable(messageId))
          if (to.startsWith("busy@")) {
            return Effect.fail(new Mailer.MailerUnavailable({ messageId, problem: "busy", code: 450 }))
          }
          if (to.startsWith("slow@"))
            return Effect.fail(new Mailer.MailerUnavailable({ messageId, problem: "timeout" }))
          if (to.startsWith("nobody@")) return Effect.fail(new Mailer.MailRefused({ messageId, problem: "recipient" }))
          office.sent.push(messageId)
          return Effect.succeed({ via: "test" })
        })
    }
  })
)

const customers = { ada: uuid(), busy: uuid(), slow: uuid(), nobody: uuid() }
type Name = keyof typeof customers

const contacts = Layer.succeed(ContactBook.ContactBook, {
  find: (_tenant, customerId) => {
    const name = Object.entries(customers).find(([, id]) => CustomerId.fromUuid(id) === customerId)?.[0] ?? "ada"
    const email = EmailAddress.EmailAddress.make(`${name}@example.org`)
    return Effect.succeed({ _tag: "Known", name: PersonName.PersonName.make(name), email, phone: undefined })
  }
})

const phones = Layer.succeed(TextMessages.TextMessages, { send: () => Effect.succeed({ via: "test" }) })
const office = Layer.sync(PostOffice, () => ({ isOpen: true, asked: [], sent: [] }))

const telling = Layer.merge(HandlerRunner.layer([Telling.handler], { leaseTime: "10 minutes" }), TakingUp.layer).pipe(
  Layer.provide([
    ConsumerRegistry.layer,
    Subscriptions.layer,
    contacts,
    phones,
    Layer.provide(PatientMailer.layer, mailer)
  ]),
  Layer.provideMerge(office),
  Layer.provideMerge(Layer.fresh(Service.portsMemory))
)

/** An order whose customer is to be told that it is confirmed. */
const confirmed = Effect.fnUntraced(function* (name: Name) {
  const orderId = OrderId.fromUuid(uuid())
  const stream = newsStreamOf("main", orderId)
  const common = { orderId, occurredAt: yield* DateTime.now }
  const total = { amount: 100, currency: "EUR" } as const
  const commands: ReadonlyArray<NewsCommands.NewsCommand> = [
    { _tag: "IntroduceOrder", ...common, customerId: CustomerId.fromUuid(customers[name]), total },
    { _tag: "TellNews", ...common, news: { kind: "order-confirmed" } }
  ]
  for (const command of commands) yield* news.handle(stream, command)
  return orderId
})

/** How the telling of an order stands: what it waits for, or by which channels it is settled. */
const standing = Effect.fnUntraced(function* (orderId: OrderId) {
  const { state } = yield* news.load(newsStreamOf("main", orderId))
  const requested = state.requested[0]
  if (requested === undefined) return "none"
  const postponed = OrderNews.postponedOn(requested, "e-mail")
  return postponed === undefined ? requested.settled.join() : `postponed ${postponed.tries}`
})

/** Lets time pass in steps, so that each worker does what is due in between. */
const pass = (steps: number, step: Duration.Input) =>
  Effect.forEach(Array.from({ length: steps }), () => Effect.andThen(TestClock.adjust(step), TestTime.settled), {
    discard: true
  })

describe("letters", () => {
  it.effect(
    "to a mailbox that takes nothing hold up nobody else's, and are tried again at 1, 5, 20 and 60 minutes",
    () =>
      Effect.gen(function* () {
        const { asked, sent } = yield* PostOffice
        const [busy, slow] = [yield* confirmed("busy"), yield* confirmed("slow")]
        yield* pass(3, "1 second")
        const healthy = yield* confirmed("ada")
        const nobody = yield* confirmed("nobody")
        yield* pass(5, "1 second")
        assert.deepStrictEqual(
          [yield* standing(busy), yield* standing(slow), yield* standing(healthy), yield* standing(nobody)],
          ["postponed 1", "postponed 1", "e-mail", "e-mail"]
        )
        assert.lengthOf(sent, 1)
        yield* pass(61, "1 minute")
        assert.deepStrictEqual([yield* standing(busy), yield* standing(slow)], ["postponed 5", "postponed 5"])
        for (const [name, tries] of [
          ["busy", 5],
          ["slow", 5],
          ["nobody", 1],
          ["ada", 1]
        ] as const) {
          assert.lengthOf(
            asked.filter((to) => to.startsWith(name)),
            tries,
            name
          )
        }
      }).pipe(Effect.provide(telling))
  )

  it.effect("of a night in which no server is there are all sent in the morning, each once", () =>
    Effect.gen(function* () {
      const office = yield* PostOffice
      const evening = yield* confirmed("ada")
      yield* pass(15, "1 second")
      assert.strictEqual(yield* standing(evening), "e-mail")
      office.isOpen = false
      const orders: Array<OrderId> = []
      for (let hour = 0; hour < 8; hour += 1) {
        for (let order = 0; order < 5; order += 1) orders.push(yield* confirmed("ada"))
        yield* pass(60, "1 minute")
      }
      assert.lengthOf(office.sent, 1)
      assert.deepStrictEqual(new Set(yield* Effect.forEach(orders, standing)), new Set([""]))
      // A server that is away is asked whether it is there, and not to take every mail again and again.
      assert.isBelow(office.asked.length, 40)
      office.isOpen = true
      yield* pass(5, "1 minute")
      assert.deepStrictEqual(new Set(yield* Effect.forEach(orders, standing)), new Set(["e-mail"]))
      assert.lengthOf(office.sent, orders.length + 1)
      assert.lengthOf(new Set(office.sent), orders.length + 1)
    }).pipe(Effect.provide(telling))
  )
})
