/** The command bus: every command is handled once, and its first outcome is remembered. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { CommandBus, CommandIdReused, VersionConflict } from "../src/index.ts"
import {
  deposit,
  depositMoney,
  NotEnoughMoney,
  occurredAt,
  open,
  openAccount,
  streamOf,
  withdraw,
  withdrawMoney
} from "./Account.ts"
import { envelope, onFreshBus, stored, uuid } from "./FreshBus.ts"

describe("a command", () => {
  it.effect("is handled, and answered from the state after it", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      assert.deepStrictEqual(yield* bus.dispatch(openAccount, envelope(1, open())), { balance: 0n, version: 1 })
      assert.deepStrictEqual(yield* bus.dispatch(depositMoney, envelope(2, deposit(70n))), { balance: 70n, version: 2 })
      const elsewhere = { ...envelope(3, open()), tenant: "other" }
      assert.deepStrictEqual(yield* bus.dispatch(openAccount, elsewhere), { balance: 0n, version: 1 })
      assert.lengthOf(yield* stored(), 2)
    }).pipe(onFreshBus())
  )

  it.effect("leaves its id in the metadata of its events, unless the sender says otherwise", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.dispatch(openAccount, envelope(1, open()))
      const metadata = { correlationId: "request-9", actor: "Ada" }
      yield* bus.dispatch(depositMoney, { ...envelope(2, deposit(1n)), metadata })
      assert.deepStrictEqual(
        (yield* stored()).map((event) => event.metadata),
        [
          { correlationId: uuid(1), causationId: uuid(1) },
          { correlationId: "request-9", causationId: uuid(2), actor: "Ada" }
        ]
      )
    }).pipe(onFreshBus())
  )

  it.effect("that is refused fails with the typed refusal", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.dispatch(openAccount, envelope(1, open()))
      const refusal = yield* Effect.flip(bus.dispatch(withdrawMoney, envelope(2, withdraw(5n))))
      assert.deepStrictEqual(refusal, new NotEnoughMoney({ asked: 5n, balance: 0n }))
      assert.instanceOf(refusal, NotEnoughMoney)
    }).pipe(onFreshBus())
  )

  it.effect("that expects another version is a conflict, which is not remembered", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const command = { ...envelope(2, deposit(1n)), expectedVersion: 1 }
      const conflict = yield* Effect.flip(bus.dispatch(depositMoney, command))
      assert.instanceOf(conflict, VersionConflict)
      assert.strictEqual(conflict.actual, 0)
      yield* bus.dispatch(openAccount, envelope(1, open()))
      assert.deepStrictEqual(yield* bus.dispatch(depositMoney, command), { balance: 1n, version: 2 })
    }).pipe(onFreshBus())
  )
})

describe("a command that comes again", () => {
  it.effect("is answered like the first one, though the account has changed since, and stores nothing", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.dispatch(openAccount, envelope(1, open()))
      const first = yield* bus.dispatch(depositMoney, envelope(2, deposit(70n)))
      yield* bus.dispatch(depositMoney, envelope(3, deposit(5n)))
      const again = yield* bus.dispatch(depositMoney, envelope(2, deposit(70n)))
      assert.deepStrictEqual(again, first)
      assert.lengthOf(yield* stored(), 3)
    }).pipe(onFreshBus())
  )

  it.effect("is refused like the first one, though it would be accepted now", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.dispatch(openAccount, envelope(1, open()))
      const first = yield* Effect.flip(bus.dispatch(withdrawMoney, envelope(2, withdraw(5n))))
      yield* bus.dispatch(depositMoney, envelope(3, deposit(100n)))
      const again = yield* Effect.flip(bus.dispatch(withdrawMoney, envelope(2, withdraw(5n))))
      assert.deepStrictEqual(again, first)
      assert.instanceOf(again, NotEnoughMoney)
      assert.lengthOf(yield* stored(), 2)
    }).pipe(onFreshBus())
  )

  it.effect("eight times at once is handled once, and all get its answer", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.dispatch(openAccount, envelope(1, open()))
      const command = bus.dispatch(depositMoney, envelope(2, deposit(70n)))
      const answers = yield* Effect.all(
        Array.from({ length: 8 }, () => command),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        answers,
        Array.from(answers, () => ({ balance: 70n, version: 2 }))
      )
      assert.lengthOf(yield* stored(), 2)
    }).pipe(onFreshBus())
  )

  it.effect("eight times at once is refused once, and all get its refusal", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.dispatch(openAccount, envelope(1, open()))
      const command = Effect.flip(bus.dispatch(withdrawMoney, envelope(2, withdraw(5n))))
      const refusals = yield* Effect.all(
        Array.from({ length: 8 }, () => command),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        refusals,
        Array.from(refusals, () => new NotEnoughMoney({ asked: 5n, balance: 0n }))
      )
    }).pipe(onFreshBus())
  )

  it.effect("is the same though its id is in capital letters and its time is another", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const id = "abcdef00-0000-4000-8000-000000000001"
      const later = DateTime.add(occurredAt, { hours: 1 })
      yield* bus.dispatch(openAccount, { ...envelope(0, open()), id })
      yield* bus.dispatch(openAccount, { ...envelope(0, { ...open(), occurredAt: later }), id: id.toUpperCase() })
      assert.lengthOf(yield* stored(), 1)
    }).pipe(onFreshBus())
  )

  it.effect("with other content is refused: the id was used before", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.dispatch(openAccount, envelope(1, open()))
      yield* bus.dispatch(depositMoney, envelope(2, deposit(1n)))
      const reused = new CommandIdReused({ commandId: uuid(2), command: "bank.DepositMoney" })
      const content = yield* Effect.flip(bus.dispatch(depositMoney, envelope(2, deposit(2n))))
      assert.deepStrictEqual(content, reused)
      const command = yield* Effect.flip(bus.dispatch(withdrawMoney, envelope(2, withdraw(1n))))
      assert.deepStrictEqual(command, reused)
      assert.strictEqual(
        reused.message,
        `command id ${uuid(2)} was used before, for bank.DepositMoney with other content: use a new id`
      )
      assert.lengthOf(yield* stored(), 2)
    }).pipe(onFreshBus())
  )

  it.effect("in another tenant is another command", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.dispatch(openAccount, envelope(1, open()))
      yield* bus.dispatch(openAccount, { ...envelope(1, open("a-2")), tenant: "other" })
      assert.lengthOf(yield* stored(streamOf("other", "a-2")), 1)
    }).pipe(onFreshBus())
  )
})
