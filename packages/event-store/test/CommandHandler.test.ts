/** Load, decide, append. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { EventNotDecodable, EventStore, EventStoreFailure, ExpectedVersion, pageSize } from "../src/index.ts"
import { Account, AccountNotOpen, deposit, Deposited, NotEnoughMoney, occurredAt, open, withdraw } from "./Account.ts"
import { beforeAppend, handler, onFreshStore, opened, rawEvent, stored, stream } from "./FreshStore.ts"

describe("handling a command", () => {
  it.effect("stores what is decided, and answers the events, the state, the version and the position", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      const handled = yield* handler.handle(stream, deposit(100n), { metadata: { actor: "Ada" } })
      const events = yield* stored
      assert.deepStrictEqual(handled, {
        events: [Deposited.make({ cents: 100n, occurredAt })],
        state: { open: true, balance: 100n },
        version: 2,
        position: events[1]?.position
      })
      assert.deepStrictEqual(
        events.map((event) => [event.type, event.metadata]),
        [
          ["AccountOpened", {}],
          ["MoneyDeposited", { actor: "Ada" }]
        ]
      )
      assert.isTrue(events.every((event) => DateTime.Equivalence(event.occurredAt, occurredAt)))
      // Version 7 ids grow, which keeps the index of a database small.
      assert.match(events[1]?.id ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-7/u)
      assert.isTrue((events[0]?.id ?? "") < (events[1]?.id ?? ""))
    }).pipe(onFreshStore)
  )

  it.effect("stores nothing when there is nothing to record", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      const handled = yield* handler.handle(stream, open())
      assert.deepStrictEqual(handled, {
        events: [],
        state: { open: true, balance: 0n },
        version: 1,
        position: undefined
      })
      assert.lengthOf(yield* stored, 1)
    }).pipe(onFreshStore)
  )

  it.effect("fails with the typed refusal, and stores nothing", () =>
    Effect.gen(function* () {
      const closed = yield* Effect.flip(handler.handle(stream, deposit(1n)))
      assert.instanceOf(closed, AccountNotOpen)
      yield* handler.handle(stream, open())
      const poor = yield* Effect.flip(handler.handle(stream, withdraw(1n)))
      assert.deepStrictEqual(poor, new NotEnoughMoney({ asked: 1n, balance: 0n }))
      assert.lengthOf(yield* stored, 1)
    }).pipe(onFreshStore)
  )

  it.effect("fails with the failure of the store", () =>
    Effect.gen(function* () {
      const failure = new EventStoreFailure({ operation: "append", retryable: true, cause: "full" })
      const error = yield* Effect.flip(
        handler
          .handle(stream, open())
          .pipe(beforeAppend((_, attempt) => (attempt === 1 ? Effect.fail(failure) : Effect.void)))
      )
      assert.strictEqual(error, failure)
    }).pipe(onFreshStore)
  )

  it.effect("fails when the stream holds an event it cannot decode", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      yield* store.append(stream, ExpectedVersion.NoStream, [opened, rawEvent(1, { type: "MoneyBurnt" })])
      const error = yield* Effect.flip(handler.handle(stream, deposit(1n)))
      assert.instanceOf(error, EventNotDecodable)
      assert.strictEqual(error.version, 2)
    }).pipe(onFreshStore)
  )
})

describe("loading", () => {
  it.effect("answers the state and the version, of a stream that does not exist, too", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* handler.load(stream), { state: Account.initial, version: 0 })
      yield* handler.handle(stream, open())
      yield* handler.handle(stream, deposit(5n))
      assert.deepStrictEqual(yield* handler.load(stream), { state: { open: true, balance: 5n }, version: 2 })
    }).pipe(onFreshStore)
  )

  it.effect("answers the state as of an earlier version, across page boundaries", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      const deposits = Array.from({ length: 2 * pageSize + 9 }, (_, index) => rawEvent(index + 1))
      yield* store.append(stream, ExpectedVersion.NoStream, [opened, ...deposits])
      const all = deposits.length + 1
      for (const version of [0, 1, 2, pageSize - 1, pageSize, pageSize + 1, 2 * pageSize, all, all + 1]) {
        const loaded = yield* handler.load(stream, version)
        const reached = Math.min(version, all)
        const balance = BigInt(Math.max(reached - 1, 0))
        assert.deepStrictEqual(loaded, { state: { open: reached > 0, balance }, version: reached })
      }
      assert.strictEqual((yield* handler.load(stream)).version, all)
    }).pipe(onFreshStore)
  )
})
