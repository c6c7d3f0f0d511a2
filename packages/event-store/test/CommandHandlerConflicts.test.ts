/** What a command handler does when somebody else was faster. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import { CommandHandler, EventStore, ExpectedVersion, VersionConflict } from "../src/index.ts"
import { Account, deposit, NotEnoughMoney, open, withdraw } from "./Account.ts"
import {
  beforeAppend,
  handler,
  onFreshStore,
  opened,
  rawEvent,
  somebodyDeposits,
  stored,
  stream
} from "./FreshStore.ts"

describe("a version conflict", () => {
  it.effect("is decided again, from the state as it is now", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      const fiber = yield* handler.handle(stream, deposit(10n)).pipe(
        beforeAppend((store, attempt) => (attempt <= 2 ? somebodyDeposits(store, attempt) : Effect.void)),
        Effect.forkChild({ startImmediately: true })
      )
      yield* TestClock.adjust("1 second")
      const handled = yield* Fiber.join(fiber)
      assert.deepStrictEqual(handled.state, { open: true, balance: 12n })
      assert.strictEqual(handled.version, 4)
      assert.lengthOf(yield* stored, 4)
    }).pipe(onFreshStore)
  )

  it.effect("can turn the decision into a refusal", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      yield* store.append(stream, ExpectedVersion.NoStream, [opened, rawEvent(1)])
      const withdrawn = rawEvent(2, {
        type: "MoneyWithdrawn",
        schemaVersion: 2,
        data: { cents: "1", by: { _tag: "None" } }
      })
      const fiber = yield* handler.handle(stream, withdraw(1n)).pipe(
        beforeAppend((store) => Effect.orDie(store.append(stream, ExpectedVersion.Any, [withdrawn]))),
        Effect.flip,
        Effect.forkChild({ startImmediately: true })
      )
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Fiber.join(fiber), new NotEnoughMoney({ asked: 1n, balance: 0n }))
    }).pipe(onFreshStore)
  )

  it.effect("that never ends is given up with a typed error, after ever longer waits", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      const times: Array<number> = []
      const fiber = yield* handler.handle(stream, deposit(10n)).pipe(
        beforeAppend((store, attempt) =>
          Effect.andThen(
            Effect.map(Clock.currentTimeMillis, (now) => times.push(now)),
            somebodyDeposits(store, attempt)
          )
        ),
        Effect.flip,
        Effect.forkChild({ startImmediately: true })
      )
      yield* TestClock.adjust("10 seconds")
      const error = yield* Fiber.join(fiber)
      assert.deepStrictEqual(error, new CommandHandler.TooManyConflicts({ stream, attempts: 10 }))
      assert.strictEqual(error.message, "acme/account/a-1: gave up after 10 attempts, because others kept changing it")
      // The first decision was on the cached state, which does not count; nobody waits before the second.
      assert.lengthOf(yield* stored, 12)
      const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0))
      const planned = [0, 5, 10, 20, 40, 80, 160, 320, 500, 500]
      assert.lengthOf(waits, planned.length)
      for (const [index, wait] of waits.entries()) {
        const plan = planned[index] ?? 0
        assert.isTrue(wait >= Math.floor(0.8 * plan) && wait <= Math.ceil(1.2 * plan), `wait ${index} is ${wait} ms`)
      }
      assert.isTrue(
        waits.some((wait, index) => wait !== planned[index]),
        "the waits must be jittered"
      )
    }).pipe(onFreshStore)
  )

  it.effect("is tried as often, and waited for as long, as the policy says", () =>
    Effect.gen(function* () {
      for (const attempts of [1, 3]) {
        const impatient = CommandHandler.make(Account, { conflicts: { attempts, backOffMillis: 1 } })
        let appends = 0
        const fiber = yield* impatient.handle(stream, open()).pipe(
          beforeAppend((_, attempt) => {
            appends = attempt
            const conflict = { stream, expected: ExpectedVersion.NoStream, actual: 1 }
            return Effect.fail(new VersionConflict(conflict))
          }),
          Effect.flip,
          Effect.forkChild({ startImmediately: true })
        )
        yield* TestClock.adjust("10 millis")
        assert.deepStrictEqual(yield* Fiber.join(fiber), new CommandHandler.TooManyConflicts({ stream, attempts }))
        // One more on the state at hand, before the stream was read.
        assert.strictEqual(appends, attempts + 1)
      }
    }).pipe(onFreshStore)
  )
})

describe("an expected version", () => {
  it.effect("that holds lets the command pass", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open(), { expectedVersion: 0 })
      const { version } = yield* handler.handle(stream, deposit(1n), { expectedVersion: 1 })
      assert.strictEqual(version, 2)
    }).pipe(onFreshStore)
  )

  it.effect("that does not hold is a conflict with the actual version, before anything is decided", () =>
    Effect.gen(function* () {
      const conflict = (expected: ExpectedVersion.ExpectedVersion, actual: number) =>
        Result.fail(new VersionConflict({ stream, expected, actual }))
      const handled = (expectedVersion: number) =>
        Effect.result(handler.handle(stream, withdraw(9n), { expectedVersion }))
      assert.deepStrictEqual(yield* handled(3), conflict(ExpectedVersion.Exact(3), 0))
      yield* handler.handle(stream, open())
      assert.deepStrictEqual(yield* handled(0), conflict(ExpectedVersion.NoStream, 1))
      assert.deepStrictEqual(yield* handled(2), conflict(ExpectedVersion.Exact(2), 1))
      assert.lengthOf(yield* stored, 1)
    }).pipe(onFreshStore)
  )

  it.effect("that somebody else overtakes is a conflict, and not decided again", () =>
    Effect.gen(function* () {
      yield* handler.handle(stream, open())
      const error = yield* handler
        .handle(stream, deposit(1n), { expectedVersion: 1 })
        .pipe(beforeAppend(somebodyDeposits), Effect.flip)
      assert.deepStrictEqual(error, new VersionConflict({ stream, expected: ExpectedVersion.Exact(1), actual: 2 }))
      assert.lengthOf(yield* stored, 2)
    }).pipe(onFreshStore)
  )
})
