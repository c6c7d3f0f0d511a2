/** What a command costs on a state at hand, and that an outdated one never makes a wrong answer. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import {
  CommandHandler,
  type CommandServices,
  EventStore,
  ExpectedVersion,
  StateCache,
  Transaction,
  VersionConflict
} from "../src/index.ts"
import { Account, AccountNotOpen, deposit, NotEnoughMoney, open, withdraw } from "./Account.ts"
import { callsOf } from "./CountedStore.ts"
import { beforeAppend, handler, onFreshStore, opened, rawEvent, stored, stream } from "./FreshStore.ts"

/** Another process changes the account: this one's cache hears nothing of it. */
const elsewhere = (...parts: ReadonlyArray<Parameters<typeof rawEvent>>) =>
  Effect.flatMap(EventStore, (store) =>
    store.append(
      stream,
      ExpectedVersion.Any,
      parts.map((event) => rawEvent(...event))
    )
  )
const transaction = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (service) => service.run(effect))

describe("a command on a hot aggregate", () => {
  it.effect("is one append, and nothing is read", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* callsOf(handler.handle(stream, open())), ["append"])
      for (const cents of [1n, 2n, 3n]) {
        assert.deepStrictEqual(yield* callsOf(handler.handle(stream, deposit(cents))), ["append"])
      }
      assert.deepStrictEqual(yield* callsOf(handler.handle(stream, withdraw(6n), { expectedVersion: 4 })), ["append"])
      assert.deepStrictEqual((yield* handler.load(stream)).state, { open: true, balance: 0n })
    }).pipe(onFreshStore)
  )

  it.effect("is one append for another handler of the same decider, and not for another decider", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      const same = CommandHandler.make(Account)
      assert.deepStrictEqual(yield* callsOf(same.handle(stream, deposit(1n))), ["append"])
      const other = CommandHandler.make({ ...Account })
      // It takes the account for a new one, is refused, and looks.
      assert.deepStrictEqual(yield* callsOf(other.handle(stream, deposit(1n))), ["read 2", "append"])
    }).pipe(onFreshStore)
  )

  it.effect("that has been changed elsewhere is decided again at once, on what is new only", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      yield* elsewhere([1], [2])
      // The test clock stands still: a wait would never end.
      const calls = yield* callsOf(handler.handle(stream, deposit(10n)))
      assert.deepStrictEqual(calls, ["append", "read 2", "append"])
      assert.deepStrictEqual(yield* handler.load(stream), { state: { open: true, balance: 12n }, version: 4 })
    }).pipe(onFreshStore)
  )

  it.effect("that another command of this process overtakes is decided again without reading", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      const both = Effect.all([handler.handle(stream, deposit(1n)), handler.handle(stream, deposit(2n))], {
        concurrency: 2
      })
      // Both have decided before either appends.
      const calls = yield* callsOf(both.pipe(beforeAppend(() => Effect.yieldNow)))
      assert.deepStrictEqual(calls, ["append", "append", "append"])
      assert.deepStrictEqual(yield* handler.load(stream), { state: { open: true, balance: 3n }, version: 3 })
    }).pipe(onFreshStore)
  )

  it.effect("ends in the same state whatever is at the same moment", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      const patient = CommandHandler.make(Account, { conflicts: { attempts: 1000, backOffMillis: 0 } })
      yield* Effect.forEach(Array.from({ length: 50 }), () => patient.handle(stream, deposit(1n)), {
        concurrency: "unbounded",
        discard: true
      })
      assert.deepStrictEqual(yield* handler.load(stream), { state: { open: true, balance: 50n }, version: 51 })
      assert.lengthOf(yield* stored, 51)
    }).pipe(onFreshStore)
  )
})

describe("a state at hand that is outdated", () => {
  it.effect("refuses nothing: the refusal is checked against what is new", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      yield* elsewhere([1])
      const calls = yield* callsOf(handler.handle(stream, withdraw(1n)))
      assert.deepStrictEqual(calls, ["read 1", "append"])
      // A refusal that stands costs one look.
      const refusal = Effect.flip(handler.handle(stream, withdraw(1n)))
      assert.deepStrictEqual(yield* callsOf(refusal), ["read 0"])
      assert.deepStrictEqual(yield* refusal, new NotEnoughMoney({ asked: 1n, balance: 0n }))
    }).pipe(onFreshStore)
  )

  it.effect("does not say that there is nothing to do", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      yield* store.append(stream, ExpectedVersion.NoStream, [opened])
      yield* handler.load(stream)
      yield* elsewhere([1])
      const handled = yield* handler.handle(stream, open())
      assert.deepStrictEqual(handled, {
        state: { open: true, balance: 1n },
        version: 2,
        events: [],
        position: undefined
      })
    }).pipe(onFreshStore)
  )

  it.effect("does not fail a version that the caller expects and that is there", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      yield* elsewhere([1])
      const handled = yield* handler.handle(stream, deposit(1n), { expectedVersion: 2 })
      assert.strictEqual(handled.version, 3)
    }).pipe(onFreshStore)
  )

  it.effect("does not let a refusal hide that the version the caller expects has passed", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      yield* elsewhere([1])
      const error = yield* Effect.flip(handler.handle(stream, withdraw(9n), { expectedVersion: 1 }))
      assert.deepStrictEqual(error, new VersionConflict({ stream, expected: ExpectedVersion.Exact(1), actual: 2 }))
    }).pipe(onFreshStore)
  )

  it.effect("is loaded as it is now", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      yield* elsewhere([1], [2])
      assert.deepStrictEqual(yield* handler.load(stream), { state: { open: true, balance: 2n }, version: 3 })
      assert.deepStrictEqual(yield* handler.load(stream, 2), { state: { open: true, balance: 1n }, version: 2 })
    }).pipe(onFreshStore)
  )

  it.effect("that is ahead of the store is dropped", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      const cache = yield* StateCache
      const slot = yield* cache.slot(Account, stream)
      yield* slot.keep({ state: { open: true, balance: 99n }, version: 9, snapshot: { version: 0, millis: 0 } })
      const handled = yield* handler.handle(stream, deposit(1n))
      assert.deepStrictEqual(handled.state, { open: true, balance: 1n })
      assert.deepStrictEqual(yield* callsOf(handler.handle(stream, deposit(1n))), ["append"])
    }).pipe(onFreshStore)
  )
})

describe("an aggregate that is not in the cache", () => {
  it.effect("is taken for a new one: to begin it is one append", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* callsOf(handler.handle(stream, open())), ["append"])
      const { invalidateAll } = yield* StateCache
      yield* invalidateAll
      // It was not: opening an account that is open appends nothing, as ever.
      assert.deepStrictEqual(yield* callsOf(handler.handle(stream, open())), ["append", "read 1"])
      assert.lengthOf(yield* stored, 1)
    }).pipe(onFreshStore)
  )

  it.effect("is read first when the handler is told to", () =>
    Effect.gen(function* () {
      const cautious = CommandHandler.make(Account, { readFirst: true })
      assert.deepStrictEqual(yield* callsOf(cautious.handle(stream, open())), ["read 0", "append"])
      assert.deepStrictEqual(yield* callsOf(cautious.handle(stream, deposit(1n))), ["append"])
    }).pipe(onFreshStore)
  )

  it.effect("leaves nothing in the cache when it does not exist", () =>
    Effect.gen(function* () {
      yield* handler.load(stream)
      assert.instanceOf(yield* Effect.flip(handler.handle(stream, deposit(1n))), AccountNotOpen)
      assert.strictEqual((yield* (yield* StateCache).size).entries, 0)
    }).pipe(onFreshStore)
  )
})

describe("inside a transaction", () => {
  it.effect("a command sees what was appended before it", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      const loaded = yield* transaction(
        Effect.gen(function* () {
          yield* handler.handle(stream, deposit(5n))
          yield* handler.handle(stream, withdraw(5n))
          const refused = yield* Effect.result(handler.handle(stream, withdraw(1n)))
          assert.deepStrictEqual(refused, Result.fail(new NotEnoughMoney({ asked: 1n, balance: 0n })))
          return yield* handler.load(stream)
        })
      )
      assert.deepStrictEqual(loaded, { state: { open: true, balance: 0n }, version: 3 })
      assert.deepStrictEqual(yield* callsOf(handler.handle(stream, deposit(1n))), ["append"])
    }).pipe(onFreshStore)
  )

  it.effect("nothing is cached before it commits, and nothing of it when it fails", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      const cached = Effect.map(
        Effect.flatMap(StateCache, (cache) => cache.slot(Account, stream)),
        ({ known }) => known?.version
      )
      const inside = Effect.gen(function* () {
        yield* handler.handle(stream, deposit(5n))
        yield* handler.load(stream)
        assert.strictEqual(yield* cached, 1)
      })
      yield* Effect.exit(transaction(Effect.andThen(inside, Effect.fail("no"))))
      assert.strictEqual(yield* cached, 1)
      assert.deepStrictEqual(yield* callsOf(handler.handle(stream, deposit(1n))), ["append"])
      yield* transaction(
        Effect.ignore(transaction(Effect.andThen(handler.handle(stream, deposit(5n)), Effect.fail("no"))))
      )
      assert.strictEqual(yield* cached, 2)
      assert.deepStrictEqual((yield* handler.load(stream)).state, { open: true, balance: 1n })
      yield* transaction(handler.handle(stream, deposit(1n)))
      assert.strictEqual(yield* cached, 3)
    }).pipe(onFreshStore)
  )

  it.effect("a cached state that is ahead of it is not decided on", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      const outside = yield* Effect.context<CommandServices>()
      const faster = <A, E>(effect: Effect.Effect<A, E, CommandServices>) =>
        Effect.promise(() => Effect.runPromiseWith(outside)(effect))
      let runs = 0
      const handled = yield* transaction(
        Effect.gen(function* () {
          runs += 1
          // The transaction has looked; then, at its first run, somebody else is faster.
          const before = yield* handler.load(stream)
          if (runs === 1) yield* faster(handler.handle(stream, deposit(7n)))
          const after = yield* handler.handle(stream, deposit(1n))
          assert.strictEqual(after.version, before.version + 1)
          return after
        })
      )
      assert.strictEqual(runs, 2)
      assert.deepStrictEqual(handled.state, { open: true, balance: 8n })
    }).pipe(onFreshStore)
  )
})
