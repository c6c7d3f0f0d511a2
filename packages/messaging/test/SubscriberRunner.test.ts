/** What a subscriber does about messages, on the memory layers and the test clock. */
import { pass, settled } from "@eventfold/testing/TestTime"
import { Audit } from "@eventfold/event-store"
import { assert, describe, it } from "@effect/vitest"
import { Effect, References } from "effect"
import { TestClock } from "effect/testing"
import { Inbox, Subscriber } from "../src/index.ts"
import { billing, entries, layer, letters, node, note, notes, Returned, said, say, Sold } from "./Shop.ts"

const quiet = Effect.provideService(References.MinimumLogLevel, "None")

/** Fails so many times with an error, then notes. */
const troubled = (times: number, retryable: boolean, subscriber = "billing") => {
  let left = times
  return Subscriber.make(subscriber, [
    Subscriber.on(
      Sold,
      Effect.fnUntraced(function* ({ parcel }) {
        if (parcel === "p1") left -= 1
        if (left >= 0 && parcel === "p1") return yield* Effect.fail({ _tag: "NoAnswer", retryable, whose: "Ada" })
        yield* note(subscriber, `sold ${parcel}`)
      })
    )
  ])
}

describe("a subscriber", () => {
  it.effect("handles messages of a key in order, those that come while it waits at once, and each once", () =>
    Effect.gen(function* () {
      yield* say(said("m1", "p1"), said("m2", "p2"), said("m3", "p1", Returned.type))
      const { status } = yield* node(billing)
      yield* settled
      const noted = yield* notes("billing")
      assert.deepStrictEqual(noted.toSorted(), ["returned p1", "sold p1", "sold p2"])
      assert.isBelow(noted.indexOf("sold p1"), noted.indexOf("returned p1"))
      yield* say(said("m4", "p4"))
      yield* settled
      assert.deepStrictEqual((yield* notes("billing")).length, 4)
      const standing = yield* status
      assert.deepStrictEqual(standing?.counts, {
        handled: 4,
        duplicate: 0,
        "passed-over": 0,
        "put-back": 0,
        "given-up": 0
      })
      assert.deepInclude(standing, { state: "live", lag: 0, lagMillis: 0, inFlight: 0, dead: 0, problem: undefined })
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("handles a backlog that is longer than it has room for", () =>
    Effect.gen(function* () {
      yield* say(...Array.from({ length: 300 }, (_, index) => said(`m${index}`, `p${index % 40}`)))
      yield* node(billing)
      yield* pass(1)
      assert.strictEqual((yield* notes("billing")).length, 300)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("does nothing about a message it knows from the inbox, and says that it knew it", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox
      const known = { tenant: "acme", source: "/contexts/trade", id: "m1", type: Sold.type }
      yield* inbox.once("billing", known, Effect.void)
      yield* say(said("m1", "p1"), said("m2", "p2"))
      const { status } = yield* node(billing)
      yield* settled
      assert.deepStrictEqual(yield* notes("billing"), ["sold p2"])
      assert.strictEqual((yield* status)?.counts.duplicate, 1)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("acknowledges what it does not care for, and what it passes over", () =>
    Effect.gen(function* () {
      yield* say(said("m1", "p1", "trade.weighed.v3"), said("m2", "p1", "trade.sold.v2"), said("m3", "p1"))
      const { status } = yield* node(Subscriber.make("billing", billing.handlers, { passesOver: ["trade.sold.v2"] }))
      yield* settled
      assert.deepStrictEqual(yield* notes("billing"), ["sold p1"])
      assert.deepStrictEqual(yield* entries("billing"), ["m3 processed 1"])
      assert.strictEqual((yield* status)?.counts["passed-over"], 2)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("gives up at once what it does not understand, and says why; nothing of another key waits", () =>
    Effect.gen(function* () {
      const { tenantid: _, ...nobodys } = said("m4", "p4")
      yield* say(
        said("m1", "p1", "trade.sold.v2"),
        said("m2", "p2", Sold.type, { data: { parcel: 7, buyer: "Ada" } }),
        said("m3", "p3", "ordering.order-placed.v1"),
        nobodys,
        said("m5", "p1"),
        said("m6", "p6")
      )
      const { status } = yield* node(billing)
      yield* settled
      assert.deepStrictEqual(yield* letters("billing"), [
        "m1: trade.sold.v2 is not understood: known of it are v1",
        "m2: trade.sold.v1 is not understood: its content does not fit its schema: parcel",
        "m3: ordering.order-placed.v1 is no message of trade",
        "m4: trade.sold.v1 does not say whose it is: it has no tenantid"
      ])
      assert.deepStrictEqual(yield* notes("billing"), ["sold p6"])
      const standing = yield* status
      assert.deepInclude(standing, { state: "catching-up", dead: 4, lag: 1 })
      assert.strictEqual(standing?.lastFailure?.again, false)
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("tries again what may pass, with growing waits, and holds no other key back", () =>
    Effect.gen(function* () {
      yield* say(said("m1", "p1"), said("m2", "p2"), said("m3", "p1", Sold.type))
      const { status } = yield* node(troubled(2, true))
      yield* settled
      assert.deepStrictEqual(yield* notes("billing"), ["sold p2"])
      assert.include(yield* entries("billing"), "m1 failed 1: NoAnswer")
      // The first wait is a second, the second two, each a fifth more or less.
      yield* TestClock.adjust("799 millis")
      yield* settled
      assert.strictEqual((yield* status)?.counts["put-back"], 1)
      yield* TestClock.adjust("401 millis")
      yield* settled
      assert.strictEqual((yield* status)?.counts["put-back"], 2)
      yield* TestClock.adjust("1199 millis")
      yield* settled
      assert.deepStrictEqual((yield* notes("billing")).length, 1)
      yield* TestClock.adjust("1201 millis")
      yield* settled
      assert.deepStrictEqual(yield* notes("billing"), ["sold p2", "sold p1", "sold p1"])
      assert.include(yield* entries("billing"), "m1 processed 3")
      assert.deepStrictEqual(yield* letters("billing"), [])
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect(
    "gives up when retries run out, at once when trying again cannot help, and keeps the name of the error",
    () =>
      Effect.gen(function* () {
        yield* say(said("m1", "p1"))
        yield* node(troubled(9, true), troubled(9, false, "mails"))
        yield* settled
        assert.deepStrictEqual(yield* letters("mails"), ["m1: NoAnswer"])
        yield* pass(10)
        assert.deepStrictEqual(yield* letters("billing"), ["m1: NoAnswer (it was tried 4 times)"])
        assert.deepStrictEqual(yield* entries("billing"), ["m1 failed 4: NoAnswer"])
      }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("delivers a letter again when somebody says so, and what waits behind it; or passes over it", () =>
    Effect.gen(function* () {
      yield* say(said("m1", "p1"), said("m2", "p1"), said("m3", "p1", "trade.sold.v7"), said("m4", "p1", Sold.type))
      const { desk } = yield* node(troubled(1, false))
      yield* settled
      const which = { subscriber: "billing", topic: "trade" }
      const acting = { ...which, by: "operator", reason: "mended", tenant: "acme" }
      const [letter] = yield* desk.list({ ...which, limit: 10 })
      assert.deepInclude(letter, { position: 1, reason: "NoAnswer", subscriber: "billing", topic: "trade" })
      yield* desk.replay({ ...acting, position: 1 })
      yield* settled
      assert.deepStrictEqual(yield* notes("billing"), ["sold p1", "sold p1"])
      assert.strictEqual((yield* Effect.flip(desk.replay({ ...acting, position: 1 })))._tag, "MessageLetterNotFound")
      yield* desk.discard({ ...acting, position: 3 })
      yield* settled
      assert.deepStrictEqual((yield* notes("billing")).length, 3)
      assert.deepStrictEqual(yield* desk.list({ ...which, limit: 10 }), [])
      assert.strictEqual(yield* desk.replayAll(acting), 0)
      const unknown = yield* Effect.flip(desk.list({ subscriber: "nobody", topic: "trade", limit: 1 }))
      assert.include(unknown.message, "there is no subscriber nobody")
      const elsewhere = yield* Effect.flip(desk.list({ subscriber: "billing", topic: "weather", limit: 1 }))
      assert.include(elsewhere.message, "does not listen to weather")
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("keeps of an error its name, and what is quoted of it, if anything is", () =>
    Effect.gen(function* () {
      const failing = Subscriber.on(Sold, ({ parcel }) => Effect.fail({ _tag: "NoRoom", retryable: false, parcel }), {
        quote: ({ parcel }) => (parcel === "p1" ? "the shelf is full" : "")
      })
      yield* say(said("m1", "p1"), said("m2", "p2"))
      yield* node(Subscriber.make("billing", [failing]))
      yield* settled
      assert.deepStrictEqual(yield* letters("billing"), ["m1: NoRoom: the shelf is full", "m2: NoRoom"])
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("has it noted for each tenant when all letters are delivered again, however many there are", () =>
    Effect.gen(function* () {
      const unknown = (index: number, tenantid: string) => said(`m${index}`, `p${index}`, "trade.sold.v2", { tenantid })
      yield* say(...Array.from({ length: 1000 }, (_, index) => unknown(index, "acme")))
      yield* say(unknown(1000, "umbrella"))
      const { desk } = yield* node(billing)
      yield* pass(1)
      const which = { subscriber: "billing", topic: "trade", by: "operator", reason: "mended", tenant: "main" }
      assert.strictEqual(yield* desk.replayAll(which), 1001)
      const audit = yield* Audit
      for (const tenant of ["acme", "umbrella"]) {
        const { entries } = yield* audit.page({ tenant, order: "oldest", limit: 10 })
        assert.deepStrictEqual(
          entries.map((entry) => (entry._tag === "Action" ? entry.action : entry.type)),
          ["SubscriberLettersReplayed"]
        )
      }
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("disturbs no other when it fails, dies or does not end", () =>
    Effect.gen(function* () {
      yield* say(said("m1", "p1"), said("m2", "p2"))
      const dying = Subscriber.make("dying", [Subscriber.on(Sold, () => Effect.die(new TypeError("of Ada")))])
      const stuck = Subscriber.make("stuck", [
        Subscriber.on(Sold, () => Effect.never, { delivery: "at-least-once", timeLimit: "3 seconds" })
      ])
      yield* node(troubled(99, true, "failing"), dying, stuck, billing)
      yield* settled
      assert.deepStrictEqual((yield* notes("billing")).toSorted(), ["sold p1", "sold p2"])
      const [first = ""] = yield* letters("dying")
      assert.match(first, /^m1: a defect: TypeError at .*SubscriberRunner\.test\.ts/u)
      assert.notInclude(first, "Ada")
      yield* pass(40)
      assert.include((yield* letters("stuck"))[0] ?? "", "it took longer than 3000 ms (it was tried 4 times)")
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("takes back what takes too long, notes that, and tries again", () =>
    Effect.gen(function* () {
      let first = true
      const slow = Subscriber.make("billing", [
        Subscriber.on(Sold, ({ parcel }) =>
          Effect.suspend(() => {
            const now = first
            first = false
            return Effect.andThen(note("billing", `sold ${parcel}`), now ? Effect.never : Effect.void)
          })
        )
      ])
      yield* say(said("m1", "p1"))
      yield* node(slow)
      yield* pass(3.5)
      assert.deepStrictEqual(yield* entries("billing"), ["m1 failed 1: it took longer than 3000 ms"])
      assert.deepStrictEqual(yield* notes("billing"), [])
      yield* pass(2)
      assert.deepStrictEqual(yield* notes("billing"), ["sold p1"])
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("handles without the inbox, and outside of a transaction, what is declared so", () =>
    Effect.gen(function* () {
      yield* say(said("m1", "p1"))
      const mails = Subscriber.make("mails", [
        Subscriber.on(
          Sold,
          () =>
            Effect.flatMap(Effect.serviceOption(Effect.Transaction), (open) => note("mails", `inside ${open._tag}`)),
          { delivery: "at-least-once" }
        )
      ])
      yield* node(mails)
      yield* settled
      assert.deepStrictEqual(yield* notes("mails"), ["inside None"])
      assert.deepStrictEqual(yield* entries("mails"), [])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )
})
