/** The places of subscribers at the broker: groups nobody has, and subscribers that are put back. */
import { Audit } from "@eventfold/event-store"
import { settled } from "@eventfold/testing/TestTime"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, References } from "effect"
import { TestClock } from "effect/testing"
import { MessageBroker, Subscriber, SubscriberGroups } from "../src/index.ts"
import { billing, layer, letters, node, notes, said, say, Sold } from "./Shop.ts"

const quiet = Effect.provideService(References.MinimumLogLevel, "None")

const desk = Layer.provideMerge(SubscriberGroups.layer([billing]), layer)

const acting = { by: "grace", reason: "it was renamed", tenant: "acme" } as const
const ofBilling = { ...acting, subscriber: "billing", topic: "trade" } as const
const ofMails = { ...acting, subscriber: "mails", topic: "trade" } as const

const audited = Effect.flatMap(Audit, (audit) =>
  Effect.map(audit.page({ tenant: "acme", order: "oldest", limit: 100 }), ({ entries }) =>
    entries.flatMap((entry) =>
      entry._tag === "Action"
        ? [`${entry.actor} ${entry.action} ${entry.subject} ${JSON.stringify(entry.details)}`]
        : []
    )
  )
)

describe("groups at the broker", () => {
  it.effect(
    "that nobody has are told with what they wait for, and can be removed; the group of a subscriber cannot",
    () =>
      Effect.gen(function* () {
        const [groups, broker] = [yield* SubscriberGroups, yield* MessageBroker]
        yield* broker.subscribe({ topic: "trade", group: "mails" })
        yield* TestClock.adjust("10 seconds")
        yield* say(said("m1", "p1"), said("m2", "p1"))
        yield* node(billing)
        yield* settled
        const [stray, ...more] = yield* groups.strays(["trade", "weather"])
        assert.deepStrictEqual(more, [])
        assert.deepInclude(stray, { group: "mails", topic: "trade", lag: 2, dead: 0 })
        assert.strictEqual(stray?.since?.epochMilliseconds, 10_000)
        const inUse = yield* Effect.flip(groups.remove(ofBilling))
        assert.strictEqual(inUse._tag, "SubscriberInUse")
        const unknown = yield* Effect.flip(groups.remove({ ...ofMails, subscriber: "nobody" }))
        assert.strictEqual(unknown._tag, "UnknownSubscriber")
        yield* groups.remove(ofMails)
        assert.deepStrictEqual(yield* groups.strays(["trade"]), [])
        assert.deepStrictEqual(yield* broker.groups("trade"), ["billing"])
        assert.include(yield* audited, "grace SubscriberRemoved mails of trade {}")
      }).pipe(Effect.scoped, Effect.provide(desk))
  )

  it.effect("that another program is known to have are no strays, and are not removed", () =>
    Effect.gen(function* () {
      const [groups, broker] = [yield* SubscriberGroups, yield* MessageBroker]
      for (const group of ["mails", "letters"]) yield* broker.subscribe({ topic: "trade", group })
      const strays = yield* groups.strays(["trade"])
      assert.deepStrictEqual(
        strays.map(({ group }) => group),
        ["letters"]
      )
      assert.strictEqual((yield* Effect.flip(groups.remove(ofMails)))._tag, "SubscriberInUse")
      yield* groups.remove({ ...ofMails, subscriber: "letters" })
      assert.deepStrictEqual(yield* broker.groups("trade"), ["mails"])
    }).pipe(
      Effect.scoped,
      Effect.provide(
        Layer.provideMerge(
          SubscriberGroups.layer([], {
            isElsewhere: ({ group, topic }) => `${group} of ${topic}` === "mails of trade"
          }),
          layer
        )
      )
    )
  )

  it.effect("are put back: by default nothing takes effect twice, and it does when the marks are forgotten", () =>
    Effect.gen(function* () {
      const groups = yield* SubscriberGroups
      yield* say(said("m1", "p1"), said("m2", "p2"), said("m3", "p3"))
      const { status } = yield* node(billing)
      yield* settled
      const from = { after: 1 }
      assert.deepStrictEqual(yield* groups.rewind({ ...ofBilling, from, marks: "keep" }), { messages: 2, forgotten: 0 })
      yield* settled
      assert.strictEqual((yield* notes("billing")).length, 3)
      assert.strictEqual((yield* status)?.counts.duplicate, 2)
      assert.deepStrictEqual(yield* groups.rewind({ ...ofBilling, from, marks: "forget" }), {
        messages: 2,
        forgotten: 2
      })
      yield* settled
      assert.deepStrictEqual((yield* notes("billing")).toSorted(), [
        "sold p1",
        "sold p2",
        "sold p2",
        "sold p3",
        "sold p3"
      ])
      const unknown = yield* Effect.flip(groups.rewind({ ...ofMails, from, marks: "keep" }))
      assert.strictEqual(unknown._tag, "UnknownSubscriber")
      assert.deepStrictEqual(yield* audited, [
        'grace SubscriberRewound billing of trade {"from":"after 1","marks":"keep"}',
        'grace SubscriberRewound billing of trade {"from":"after 1","marks":"forget"}'
      ])
    }).pipe(quiet, Effect.scoped, Effect.provide(desk))
  )

  it.effect("are put back however many messages there are, and their dead letters come again", () =>
    Effect.gen(function* () {
      const groups = yield* SubscriberGroups
      for (const part of [0, 1, 2]) {
        yield* say(...Array.from({ length: 700 }, (_, index) => said(`m${part}-${index}`, `p${index}`)))
      }
      let broken = true
      const mended = Subscriber.make("billing", [
        Subscriber.on(Sold, () =>
          Effect.suspend(() => (broken ? Effect.fail({ _tag: "Broken", retryable: false }) : Effect.void))
        )
      ])
      yield* node(mended)
      yield* TestClock.adjust("1 second")
      yield* settled
      assert.strictEqual((yield* letters("billing")).length, 100)
      broken = false
      const all = yield* groups.rewind({ ...ofBilling, from: "beginning", marks: "forget" })
      assert.deepInclude(all, { messages: 2100 })
      yield* TestClock.adjust("30 seconds")
      yield* settled
      assert.deepStrictEqual(yield* letters("billing"), [])
    }).pipe(quiet, Effect.scoped, Effect.provide(desk))
  )
})
