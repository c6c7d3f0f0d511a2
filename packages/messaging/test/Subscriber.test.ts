import { PublishedMessage } from "@eventfold/decider"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Schema } from "effect"
import { Subscriber, type SubscriberOptions } from "../src/index.ts"
import { orderPlaced } from "./Messages.ts"

const Placed = PublishedMessage.make("ordering", "order-placed", 1, Schema.Struct({ orderId: Schema.String }))
const Cancelled = PublishedMessage.make("ordering", "order-cancelled", 1, Schema.Struct({ orderId: Schema.String }))
const Paid = PublishedMessage.make("payments", "payment-captured", 1, Schema.Struct({ orderId: Schema.String }))

class NoStock extends Schema.TaggedError<NoStock>()("NoStock", { retryable: Schema.Boolean, whose: Schema.String }) {
  override get message() {
    return `nothing is left for ${this.whose}`
  }
}

const nothing = () => Effect.void
const billing = Subscriber.make("billing", [Subscriber.on(Paid, nothing), Subscriber.on(Placed, nothing)])
const delivered = {
  position: 7,
  attempt: 2,
  receipt: 1,
  publishedAt: DateTime.makeUnsafe("2026-01-15T12:00:00Z"),
  message: orderPlaced
}

describe("a subscriber", () => {
  it("listens to the contexts whose messages it handles", () => {
    const other = Subscriber.make("other", [Subscriber.on(Placed, nothing), Subscriber.on(Cancelled, nothing)])
    assert.deepStrictEqual(billing.topics, ["ordering", "payments"])
    assert.deepStrictEqual(other.topics, ["ordering"])
  })

  it("is refused when a name, a handler or a number breaks its rule, each by name", () => {
    const rows: ReadonlyArray<[field: string, make: () => unknown]> = [
      ["name", () => Subscriber.make("Billing", [Subscriber.on(Placed, nothing)])],
      ["handlers", () => Subscriber.make("billing", [])],
      ["handlers", () => Subscriber.make("billing", [Subscriber.on(Placed, nothing), Subscriber.on(Placed, nothing)])],
      ...optionsThatBreak.map(([field, options]): [string, () => unknown] => [
        field,
        () => Subscriber.make("billing", [Subscriber.on(Placed, nothing)], options)
      ]),
      ["timeLimit in milliseconds", () => Subscriber.on(Placed, nothing, { timeLimit: "9 seconds" })]
    ]
    for (const [field, make] of rows) {
      assert.throws(make, new RegExp(`cannot be used: ${field} must`, "u"))
    }
  })

  it("holds messages for longer than any of its handlers may take", () => {
    const patient = Subscriber.on(Placed, nothing, { delivery: "at-least-once", timeLimit: "5 minutes" })
    assert.strictEqual(Subscriber.make("mails", [patient]).options.hold, 620_000)
    assert.strictEqual(billing.options.hold, 26_000)
  })

  it("tells a handler whose a message is, what it follows from, and an id for each command that follows", () => {
    const delivery = Subscriber.deliveryOf(billing, delivered)
    assert.strictEqual(delivery?.tenant, "acme")
    assert.deepStrictEqual(delivery?.metadata, {
      correlationId: "request-9",
      causationId: orderPlaced.id,
      traceparent: orderPlaced.traceparent
    })
    const ids = [delivery?.commandId("bill"), delivery?.commandId("remind")]
    const again = Subscriber.deliveryOf(billing, { ...delivered, attempt: 3 })
    assert.deepStrictEqual([again?.commandId("bill"), again?.commandId("remind")], ids)
    assert.notStrictEqual(ids[0], ids[1])
    const others = Subscriber.make("other", [Subscriber.on(Placed, nothing)])
    assert.notStrictEqual(Subscriber.deliveryOf(others, delivered)?.commandId("bill"), ids[0])
  })

  it("says whose a message without a tenant is, or that nobody knows", () => {
    const { tenantid: _, ...message } = orderPlaced
    const ofOthers = Subscriber.make("billing", [Subscriber.on(Placed, nothing)], { tenant: "other" })
    assert.strictEqual(Subscriber.deliveryOf(billing, { ...delivered, message }), undefined)
    assert.strictEqual(Subscriber.deliveryOf(ofOthers, { ...delivered, message })?.tenant, "other")
  })

  it.effect("knows what may pass, and keeps the name of an error and what may be quoted of it", () =>
    Effect.gen(function* () {
      const delivery = Subscriber.deliveryOf(billing, delivered)
      const failing = (retryable: boolean, options?: Subscriber.HandlerOptions<NoStock>) => {
        const handler = Subscriber.on(Placed, () => Effect.fail(new NoStock({ retryable, whose: "Ada" })), options)
        return Effect.gen(function* () {
          if (delivery === undefined) return yield* Effect.die("no delivery")
          const handling = yield* Effect.fromResult(handler.read({ orderId: "o-1" }, delivery))
          const { kind, reason } = yield* Effect.flip(handling.work)
          return [kind, reason]
        })
      }
      assert.deepStrictEqual(yield* failing(true), ["transient", "NoStock"])
      assert.deepStrictEqual(yield* failing(false), ["permanent", "NoStock"])
      assert.deepStrictEqual(yield* failing(false, { classify: () => "transient", quote: () => "sold out" }), [
        "transient",
        "NoStock: sold out"
      ])
    })
  )
})

const optionsThatBreak: ReadonlyArray<[field: string, options: SubscriberOptions]> = [
  ["concurrency", { concurrency: 65 }],
  ["failure.retries", { failure: { retries: -1, firstWait: 1, longestWait: 1 } }],
  ["passesOver", { passesOver: [Placed.type] }],
  ["lookEvery in milliseconds", { lookEvery: 1 }]
]
