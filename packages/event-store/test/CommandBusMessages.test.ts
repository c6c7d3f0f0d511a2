/** Commands that are known by their name only, and commands that are wrong before anybody handles them. */
import { assert, describe, it } from "@effect/vitest"
import { Message } from "@eventfold/decider"
import { Effect, Schema } from "effect"
import { CommandBus, MalformedMessage, UnknownMessage } from "../src/index.ts"
import { deposit, depositMoney, open, openAccount } from "./Account.ts"
import { envelope, onFreshBus, stored } from "./FreshBus.ts"

const closeAccount = Message.command({
  context: "bank",
  payload: Schema.TaggedStruct("CloseAccount", {}),
  answer: Schema.Int
})

describe("a command known by its name", () => {
  const json = { _tag: "DepositMoney", account: "a-1", cents: "70", occurredAt: "2024-05-01T10:00:00Z" }

  it.effect("is handled like any other, with JSON going in and coming out", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const refused = yield* bus.dispatchJson("bank.DepositMoney", envelope(1, json))
      assert.deepStrictEqual(refused, { _tag: "Refused", refusal: { _tag: "AccountNotOpen" } })
      yield* bus.dispatch(openAccount, envelope(2, open()))
      const answered = yield* bus.dispatchJson("bank.DepositMoney", envelope(3, json))
      assert.deepStrictEqual(answered, { _tag: "Answered", answer: { balance: "70", version: 2 } })
    }).pipe(onFreshBus())
  )

  it.effect("is the same command as the typed one, whatever else its JSON holds", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.dispatch(openAccount, envelope(1, open()))
      yield* bus.dispatch(depositMoney, envelope(2, deposit(70n)))
      const reordered = { occurredAt: json.occurredAt, note: "dropped", cents: "70", account: "a-1", _tag: json._tag }
      const again = yield* bus.dispatchJson("bank.DepositMoney", envelope(2, reordered))
      assert.deepStrictEqual(again, { _tag: "Answered", answer: { balance: "70", version: 2 } })
      assert.lengthOf(yield* stored(), 2)
    }).pipe(onFreshBus())
  )

  it.effect("that nobody handles is a typed error that names those that are known", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const known = ["bank.OpenAccount", "bank.DepositMoney", "bank.WithdrawMoney"]
      const byName = yield* Effect.flip(bus.dispatchJson("bank.CloseAccount", envelope(1, {})))
      assert.deepStrictEqual(byName, new UnknownMessage({ name: "bank.CloseAccount", known }))
      const typed = yield* Effect.flip(bus.dispatch(closeAccount, envelope(1, { _tag: "CloseAccount" })))
      assert.deepStrictEqual(typed, new UnknownMessage({ name: "bank.CloseAccount", known }))
    }).pipe(onFreshBus())
  )

  it.effect("whose content does not fit is a typed error that names every wrong field", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const malformed = (payload: unknown) =>
        Effect.flip(bus.dispatchJson("bank.DepositMoney", envelope(1, payload))).pipe(
          Effect.map((error) => {
            assert.instanceOf(error, MalformedMessage)
            assert.strictEqual(error.name, "bank.DepositMoney")
            assert.isTrue(error.problems.every(({ rule }) => rule !== ""))
            return error.problems.map(({ field }) => field).toSorted()
          })
        )
      assert.deepStrictEqual(yield* malformed({ ...json, account: "", cents: "many" }), ["account", "cents"])
      assert.deepStrictEqual(yield* malformed({ _tag: "DepositMoney", occurredAt: "soon" }), [
        "account",
        "cents",
        "occurredAt"
      ])
      assert.deepStrictEqual(yield* malformed({ ...json, _tag: "OpenAccount" }), ["_tag"])
      assert.deepStrictEqual(yield* malformed(null), ["(all of it)"])
      assert.deepStrictEqual(yield* stored(), [])
      yield* bus.dispatch(openAccount, envelope(1, open()))
      assert.lengthOf(yield* stored(), 1)
    }).pipe(onFreshBus())
  )

  it.effect("whose id or tenant breaks the rules is a typed error that names both", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const wrong = { id: "1", tenant: "Acme Inc.", payload: open() }
      const typed = yield* Effect.flip(bus.dispatch(openAccount, wrong))
      assert.instanceOf(typed, MalformedMessage)
      assert.deepStrictEqual(
        typed.problems.map(({ field }) => field),
        ["id", "tenant"]
      )
      const byName = yield* Effect.flip(bus.dispatchJson("bank.DepositMoney", { ...wrong, payload: json }))
      assert.instanceOf(byName, MalformedMessage)
      assert.deepStrictEqual(
        byName.problems.map(({ field }) => field),
        ["id", "tenant"]
      )
    }).pipe(onFreshBus())
  )
})
