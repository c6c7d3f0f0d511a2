/** When snapshots are taken, what they save, and that nothing ever depends on one. */
import { assert, describe, it } from "@effect/vitest"
import { Decider, DomainEvent } from "@eventfold/decider"
import { Effect, Logger, Option, Schema, SchemaTransformation } from "effect"
import { TestClock } from "effect/testing"
import {
  CommandHandler,
  EventStoreFailure,
  SnapshotCodec,
  SnapshotPolicy,
  SnapshotStore,
  StateCache
} from "../src/index.ts"
import { Account, deposit, Deposited, open, Opened, Withdrawn } from "./Account.ts"
import { callsOf } from "./CountedStore.ts"
import { onFreshStore, stream } from "./FreshStore.ts"

const every10 = CommandHandler.make(Account, { snapshots: SnapshotPolicy.everyEvents(10) })

type Handler = typeof every10

const openWith = (handler: Handler, deposits: number) =>
  Effect.gen(function* () {
    yield* handler.handle(stream, open())
    for (let count = 0; count < deposits; count += 1) yield* handler.handle(stream, deposit(1n))
    yield* settled
  })

const settled = Effect.flatMap(SnapshotStore, (store) => store.settled)
const forget = Effect.flatMap(StateCache, (cache) => cache.invalidateAll)
const count = Effect.flatMap(SnapshotStore, (store) => store.count())
const deleteAll = Effect.flatMap(SnapshotStore, (store) => store.deleteAll())

/** What a decider's newest snapshot stands for, 0 when there is none. */
const snapshotted = (decider: typeof Account = Account) =>
  Effect.gen(function* () {
    const store = yield* SnapshotStore
    const found = yield* store.load(stream, yield* SnapshotCodec.make(decider).fingerprint)
    return Option.match(found, { onNone: () => 0, onSome: ({ version }) => version })
  })

/** What a load asks of the store when nothing is cached, and that it answers what it should. */
const coldLoad = (handler: Handler, version: number) =>
  Effect.gen(function* () {
    yield* forget
    const expected = { state: { open: true, balance: BigInt(version - 1) }, version }
    return yield* callsOf(Effect.map(handler.load(stream), (loaded) => assert.deepStrictEqual(loaded, expected)))
  })

/** Runs an effect and answers what it has logged. */
const logged = <A, E, R>(effect: Effect.Effect<A, E, R>) => {
  const lines: Array<string> = []
  const logger = Logger.make(({ message }) => void lines.push(String(message)))
  return Effect.as(Effect.provide(effect, Logger.layer([logger])), lines)
}

describe("a policy that counts events", () => {
  it.effect("takes a snapshot whenever a multiple is crossed, also by several events at once", () =>
    Effect.gen(function* () {
      yield* openWith(every10, 8)
      assert.strictEqual(yield* snapshotted(), 0)
      yield* every10.handle(stream, deposit(1n))
      yield* settled
      assert.strictEqual(yield* snapshotted(), 10)
      yield* openWith(every10, 13)
      assert.strictEqual(yield* snapshotted(), 20)
    }).pipe(onFreshStore)
  )

  it.effect("makes a load read its last events and a snapshot, and not the stream", () =>
    Effect.gen(function* () {
      yield* openWith(every10, 36)
      assert.deepStrictEqual(yield* coldLoad(every10, 37), ["read 10"])
      assert.strictEqual((yield* every10.load(stream, 25)).state.balance, 24n)
    }).pipe(onFreshStore)
  )

  it.effect("asks for no snapshot of a stream that is short", () =>
    Effect.gen(function* () {
      yield* openWith(every10, 5)
      yield* forget
      const silent = Effect.updateService(SnapshotStore, (store) => ({ ...store, load: () => Effect.die("asked") }))
      assert.strictEqual((yield* silent(every10.load(stream))).version, 6)
    }).pipe(onFreshStore)
  )

  it.effect("takes one when a load has had to fold more than that", () =>
    Effect.gen(function* () {
      yield* openWith(every10, 36)
      yield* deleteAll
      assert.deepStrictEqual(yield* coldLoad(every10, 37), ["read 10", "read 27"])
      yield* settled
      assert.strictEqual(yield* snapshotted(), 37)
      assert.deepStrictEqual(yield* coldLoad(every10, 37), ["read 10"])
    }).pipe(onFreshStore)
  )

  it("counts whole numbers from 1", () => {
    for (const events of [0, -1, 1.5, Number.NaN]) assert.throws(() => SnapshotPolicy.everyEvents(events), RangeError)
    assert.deepStrictEqual(SnapshotPolicy.everyEvents(), { _tag: "EveryEvents", events: 100 })
  })
})

describe("the other policies", () => {
  it.effect("every period: when the newest snapshot is older than that, and something has changed", () =>
    Effect.gen(function* () {
      const hourly = CommandHandler.make(Account, { snapshots: SnapshotPolicy.every("1 hour") })
      yield* TestClock.setTime(1e12)
      yield* openWith(hourly, 120)
      assert.strictEqual(yield* snapshotted(), 0)
      yield* TestClock.adjust("1 hour")
      yield* hourly.handle(stream, deposit(1n))
      yield* hourly.handle(stream, deposit(1n))
      yield* settled
      const first = yield* snapshotted()
      assert.strictEqual(first, 122)
      yield* TestClock.adjust("59 minutes")
      yield* hourly.handle(stream, deposit(1n))
      yield* settled
      assert.strictEqual(yield* snapshotted(), first)
      // The time of the newest snapshot is known after a restart, too.
      yield* forget
      yield* hourly.handle(stream, deposit(1n))
      yield* settled
      assert.strictEqual(yield* snapshotted(), first)
      yield* TestClock.adjust("1 minute")
      yield* hourly.handle(stream, deposit(1n))
      yield* settled
      assert.strictEqual(yield* snapshotted(), 126)
    }).pipe(onFreshStore)
  )

  it.effect("on demand: only when asked, and then at once", () =>
    Effect.gen(function* () {
      const onDemand = CommandHandler.make(Account, { snapshots: SnapshotPolicy.onDemand })
      assert.isUndefined(yield* onDemand.snapshot(stream))
      yield* openWith(onDemand, 120)
      assert.strictEqual(yield* snapshotted(), 0)
      assert.strictEqual(yield* onDemand.snapshot(stream), 121)
      assert.strictEqual(yield* snapshotted(), 121)
      assert.deepStrictEqual(yield* coldLoad(onDemand, 121), ["read 100"])
    }).pipe(onFreshStore)
  )

  it.effect("never: none is stored, and none is looked for", () =>
    Effect.gen(function* () {
      const never = CommandHandler.make(Account, { snapshots: SnapshotPolicy.never })
      yield* openWith(never, 120)
      assert.isUndefined(yield* never.snapshot(stream))
      assert.strictEqual(yield* count, 0)
      assert.deepStrictEqual(yield* coldLoad(never, 121), ["read 121"])
    }).pipe(onFreshStore)
  )
})

describe("a snapshot", () => {
  const Noted = Schema.Struct({
    open: Schema.Boolean,
    balance: Schema.BigInt,
    note: Schema.optionalKey(Schema.String)
  })
  const Closed = DomainEvent.make("AccountClosed", {})

  it.effect("of another fold is not used: another schema of the state or an event, another declared version", () =>
    Effect.gen(function* () {
      yield* openWith(every10, 30)
      const prints = yield* Effect.all([
        SnapshotCodec.make(Account).fingerprint,
        SnapshotCodec.make({ ...Account, version: 2 }).fingerprint,
        SnapshotCodec.make({ ...Account, State: Noted }).fingerprint,
        SnapshotCodec.make({ ...Account, Event: Schema.Union([Opened, Deposited, Withdrawn, Closed]) }).fingerprint
      ])
      assert.strictEqual(new Set(prints).size, 4)
      assert.strictEqual(yield* SnapshotCodec.make({ ...Account, version: 1 }).fingerprint, prints[0])
      const changed = CommandHandler.make({ ...Account, version: 2 }, { snapshots: SnapshotPolicy.everyEvents(10) })
      assert.deepStrictEqual(yield* coldLoad(changed, 31), ["read 10", "read 21"])
      yield* settled
      // Each finds its own from now on.
      assert.deepStrictEqual(yield* coldLoad(changed, 31), ["read 10"])
      assert.deepStrictEqual(yield* coldLoad(every10, 31), ["read 10"])
    }).pipe(onFreshStore)
  )

  it.effect("that does not fit the schema is logged and done without", () =>
    Effect.gen(function* () {
      yield* openWith(every10, 30)
      const corrupt = Effect.updateService(SnapshotStore, (store) => ({
        ...store,
        load: (...of) =>
          Effect.map(
            store.load(...of),
            Option.map((found) => ({ ...found, state: { open: "maybe" } }))
          )
      }))
      const lines = yield* logged(
        Effect.map(corrupt(coldLoad(every10, 31)), (calls) => assert.deepStrictEqual(calls, ["read 10", "read 21"]))
      )
      assert.include(lines.join(), "acme/account/a-1")
    }).pipe(onFreshStore)
  )

  it.effect("that cannot be loaded is logged and done without", () =>
    Effect.gen(function* () {
      yield* openWith(every10, 30)
      const failure = new EventStoreFailure({ operation: "SnapshotStore.load", retryable: true, cause: "gone" })
      const broken = Effect.updateService(SnapshotStore, (store) => ({ ...store, load: () => Effect.fail(failure) }))
      const lines = yield* logged(
        Effect.map(broken(coldLoad(every10, 31)), (calls) => assert.deepStrictEqual(calls, ["read 10", "read 21"]))
      )
      assert.include(lines.join(), "no snapshot of acme/account/a-1 was loaded")
    }).pipe(onFreshStore)
  )

  it.effect("is not taken of a state that its schema does not keep whole", () =>
    Effect.gen(function* () {
      // Its schema keeps the whole euros only.
      const State = Schema.Struct({
        open: Schema.Boolean,
        balance: Schema.String.pipe(
          Schema.decodeTo(
            Schema.BigInt,
            SchemaTransformation.transform({
              decode: (euros: string) => BigInt(euros) * 100n,
              encode: (cents: bigint) => String(cents / 100n)
            })
          )
        )
      })
      const forgetful = Decider.make({ ...Account, State })
      const handler = CommandHandler.make(forgetful, { snapshots: SnapshotPolicy.onDemand })
      yield* openWith(handler, 2)
      const error = yield* Effect.flip(handler.snapshot(stream))
      assert.instanceOf(error, SnapshotCodec.StateNotStorable)
      assert.strictEqual(yield* count, 0)
    }).pipe(onFreshStore)
  )
})
