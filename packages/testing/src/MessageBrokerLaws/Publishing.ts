/** Laws of publishing, and of what is kept for how long. */
import { MessageBroker } from "@eventfold/messaging"
import { Effect, type Fiber } from "effect"
import { expect, expectEqual, expectFailure, make } from "../Law.ts"
import { acknowledge, at, fresh, ids, message, publish, putBack, subscribed, take, timeAt } from "./Scenario.ts"

const hour = 3600

/** The laws of publishing. */
export const publishing = [
  make(
    "what is published comes to every group as it was, in its order",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const one = yield* subscribed()
      const other = { ...one, group: "shipping" }
      yield* broker.subscribe(other)
      const rich = message("m2", "k2", {
        tenantid: "acme",
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        extensions: { comment: "Grüße \u{1f600}" },
        data: { zero: "\u0000", lone: "\ud800", deep: [{ a: null }], "": 0.1 }
      })
      yield* expectEqual("how many", yield* publish(one.topic, 0, message("m1"), rich, message("m3")), 3)
      yield* expectEqual("of none", yield* publish(one.topic, 0), 0)
      yield* publish(one.topic, 1, message("m4"))
      for (const group of [one, other]) {
        const found = yield* take(group, 2)
        yield* expectEqual("the order", ids(found), ["m1", "m2", "m3", "m4"])
        const { receipt: _, ...second } = found[1] ?? { receipt: 0 }
        yield* expectEqual<unknown>("what came", second, {
          position: 2,
          attempt: 1,
          publishedAt: timeAt(0),
          message: rich
        })
      }
    })
  ),

  make(
    "a message published again within the window comes once, also of one batch; later, or from elsewhere, it is another",
    Effect.gen(function* () {
      const group = yield* subscribed()
      const elsewhere = message("m1", "k2", { source: "/contexts/shipping" })
      const sent = [message("m1"), message("m1", "k3"), elsewhere, message("m2")]
      yield* expectEqual("how many", yield* publish(group.topic, 0, ...sent), 3)
      yield* expectEqual("how many again", yield* publish(group.topic, 23 * hour, ...sent, message("m3")), 1)
      const found = yield* take(group, 23 * hour)
      yield* expectEqual("what comes", ids(found), ["m1", "m1", "m2", "m3"])
      yield* acknowledge(group, 23 * hour, found)
      yield* expectEqual("how many later", yield* publish(group.topic, 25 * hour, ...sent, message("m3")), 3)
    })
  ),

  make(
    "of those who publish the same at the same moment one does, and nothing is delivered out of order or left out",
    Effect.gen(function* () {
      const group = yield* subscribed()
      const batches = Array.from({ length: 16 }, (_, index) => [
        message(`m${index >> 1}`, "same"),
        message(`n${index}`)
      ])
      const counts = yield* Effect.forEach(batches, (batch) => publish(group.topic, 0, ...batch), {
        concurrency: "unbounded"
      })
      yield* expectEqual(
        "how many",
        counts.reduce((sum, count) => sum + count, 0),
        24
      )
      const of = new Map<string, Array<number>>([["same", []]])
      for (let batch = yield* take(group, 1); batch.length > 0; batch = yield* take(group, 1)) {
        // Those that can be delivered together are so in their order.
        const places = batch.map(({ position }) => position)
        yield* expectEqual(
          "the order of a batch",
          places,
          Array.from(new Set(places)).toSorted((a, b) => a - b)
        )
        for (const { message, position } of batch) {
          of.set(message.partitionkey, [...(of.get(message.partitionkey) ?? []), position])
        }
        yield* acknowledge(group, 1, batch)
      }
      const ofSame = of.get("same") ?? []
      yield* expectEqual("how many of the key that all have", ofSame.length, 8)
      yield* expectEqual(
        "the order of that key",
        ofSame,
        ofSame.toSorted((a, b) => a - b)
      )
      const all = Array.from({ length: 24 }, (_, index) => index + 1)
      const found = Array.from(of.values()).flat()
      yield* expectEqual<ReadonlySet<number>>("the places", new Set(found), new Set(all))
      yield* expectEqual("how often", found.length, 24)
    })
  ),

  make(
    "a batch with a message that breaks a rule is refused, and none of it is published",
    Effect.gen(function* () {
      const group = yield* subscribed()
      const large = message("m3", "k3", { data: { text: "x".repeat(300_000) } })
      for (const wrong of [message(""), large]) {
        const refused = yield* expectFailure("publishing", publish(group.topic, 0, message("m1"), wrong))
        yield* expectEqual("the error", refused._tag, "CloudEventNotValid")
      }
      yield* expectEqual("what there is", yield* take(group, 1), [])
    })
  ),

  make(
    "a request that breaks a rule is refused, and says which part",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed()
      const held = { position: 1, attempt: 1, receipt: 1, publishedAt: timeAt(0), message: message("m1") }
      const refused = [
        ["topic", broker.publish("Orders", [message("m1")])],
        ["messages", publish(group.topic, 0, ...Array.from({ length: 1001 }, (_, index) => message(`m${index}`)))],
        ["topic", broker.subscribe({ ...group, topic: "" })],
        ["group", broker.subscribe({ ...group, group: "a b" })],
        ["maxDeliveries", broker.subscribe(group, { maxDeliveries: 0 })],
        ["maxInFlight", broker.subscribe(group, { maxInFlight: 0.5 })],
        ["from.after", broker.rewind(group, { after: -1 })],
        ["limit", take(group, 0, 1001)],
        ["hold in milliseconds", broker.receive(group, { limit: 1, hold: "2 days" })],
        ["hold in milliseconds", broker.receive(group, { limit: 1, hold: 1.5 })],
        ["hold in milliseconds", broker.prolong(group, [held], 1.5)],
        ["hold in milliseconds", broker.receive(group, { limit: 1, hold: Number.POSITIVE_INFINITY })],
        ["limit", take(group, 0, Number.NaN)],
        ["limit", broker.deadLetters(group, { limit: 0 })],
        ["after", broker.deadLetters(group, { limit: 1, after: Number.POSITIVE_INFINITY })],
        ["after in milliseconds", broker.redeliver(group, held, { after: Number.POSITIVE_INFINITY, reason: "" })],
        ["after in milliseconds", broker.redeliver(group, held, { after: 0.5, reason: "" })],
        ["receipt", broker.reject(group, { ...held, receipt: Number.NaN }, "")],
        ["position", broker.acknowledge(group, [{ ...held, position: 1.5 }])],
        ["position", broker.replay(group, 1.5)],
        ["position", broker.discard(group, Number.POSITIVE_INFINITY)]
      ] as const
      for (const [field, request] of refused) {
        const error = yield* expectFailure<unknown, { readonly _tag: string }, MessageBroker>(field, request)
        yield* expectEqual<unknown>("the field", "field" in error ? error.field : error, field)
      }
    })
  ),

  make(
    "who listens is woken by what can be received from then on",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed()
      const woken = Effect.gen(function* () {
        const wait = yield* broker.listen(group.topic)
        return yield* Effect.forkChild(wait, { startImmediately: true })
      })
      const isWoken = Effect.fnUntraced(function* (what: string, fiber: Fiber.Fiber<void>) {
        // It is told before what it is told of has returned: a few turns and it has noticed.
        for (let turn = 0; turn < 10; turn++) yield* Effect.yieldNow
        yield* expect(fiber.pollUnsafe() !== undefined, `${what} must wake who listens`)
      })
      const published = yield* woken
      yield* publish(group.topic, 0, message("m1", "k"), message("m2", "k"))
      yield* isWoken("publishing", published)
      const done = yield* woken
      yield* acknowledge(group, 1, yield* take(group, 1))
      yield* isWoken("acknowledging", done)
    })
  ),

  make(
    "messages are removed when they are older than they are kept and every group has done with them, and no others",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed({ maxDeliveries: 1 })
      const trim = (days: number) => at(days * 24 * hour)(broker.trim(group.topic))
      yield* publish(group.topic, 0, message("m1"), message("m2", "k"), message("m3", "k"))
      yield* publish(group.topic, 7 * 24 * hour, message("m4"))
      yield* expectEqual("nobody has received it", yield* trim(8), 0)
      const [m1, m2] = yield* take(group, 8 * 24 * hour)
      yield* acknowledge(
        group,
        8 * 24 * hour,
        [m1, m2].flatMap((one) => one ?? [])
      )
      yield* expectEqual("before its time", yield* trim(6.9), 0)
      yield* expectEqual("those that are done", yield* trim(8), 2)
      yield* expectEqual("what is held", yield* trim(30), 0)
      const m3 = yield* take(group, 8 * 24 * hour)
      yield* expectEqual("what comes next", ids(m3), ["m3"])
      yield* putBack(group, 8 * 24 * hour, m3)
      yield* expectEqual("what is dead", yield* trim(30), 0)
      yield* expectEqual("the dead letters are whole", ids(yield* broker.deadLetters(group, { limit: 9 })), ["m3"])
      const other = { ...group, group: "shipping" }
      yield* broker.subscribe(other)
      yield* expectEqual("what there is", ids(yield* take(other, 8 * 24 * hour)), ["m3", "m4"])
      yield* expectEqual("what is in flight", yield* trim(30), 0)
      yield* broker.unsubscribe(other)
      yield* broker.unsubscribe(group)
      yield* expectEqual("what nobody needs", yield* trim(30), 2)
      yield* expectEqual("of none", yield* broker.trim((yield* fresh).topic), 0)
    })
  )
]
