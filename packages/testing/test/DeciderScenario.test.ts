/** Scenarios: what they answer, and what fails a test. */
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent } from "@eventfold/decider"
import { DateTime, Option, Result, Schema } from "effect"
import { DeciderScenario } from "../src/index.ts"
import { Account, AccountNotOpen, AccountOpened, type Command, MoneyDeposited, MoneyWithdrawn } from "./Account.ts"

const { recorded, refusal, table, told, transitions } = DeciderScenario
const occurredAt = DateTime.makeUnsafe("2024-05-01T10:00:00Z")
const euros = (amount: number) => ({ amount, currency: "EUR" })
const opened = AccountOpened.make({ occurredAt, owner: { name: "Ada", email: "a@example.org" }, limit: Option.none() })
const deposit = (amount: number): Command => ({ _tag: "Deposit", amount: euros(amount), occurredAt })
const withdraw = (amount: number): Command => ({ _tag: "Withdraw", amount: euros(amount), occurredAt })
const deposited = (amount: number) => MoneyDeposited.make({ occurredAt, amount: euros(amount) })
const withdrawn = (amount: number) => MoneyWithdrawn.make({ occurredAt, amount: euros(amount) })

const accounts = DeciderScenario.of(Account)
/** Accounts as they are after opening: nothing that is asked of one opens it. */
const open = DeciderScenario.of({ ...Account, initial: { open: true, balance: Option.none() } })

const Moved = DomainEvent.make("Moved", { to: Schema.Literals(["off", "on", "broken"]) })
type Lamp = { readonly status: (typeof Moved.Type)["to"] }
type Hand = { readonly _tag: "Press" | "Dust" | "Smash" }
const press: Hand = { _tag: "Press" }
const dust: Hand = { _tag: "Dust" }
const smash: Hand = { _tag: "Smash" }
const lamps = DeciderScenario.of({
  category: "lamp",
  State: Schema.Struct({ status: Moved.fields.to }),
  Event: Schema.Union([Moved]),
  initial: { status: "off" },
  evolve: (_, { to }) => ({ status: to }),
  decide: ({ _tag }: Hand, { status }: Lamp) => {
    const to = (to: Lamp["status"]) => Result.succeed([Moved.make({ to, occurredAt })])
    if (status === "broken") return Result.fail({ _tag: "LampBroken" })
    if (_tag === "Dust") return Result.succeed([])
    return to(_tag === "Smash" ? "broken" : status === "on" ? "off" : "on")
  }
})

describe("a scenario", () => {
  it("has its events and its state, and decides on them", () => {
    const account = accounts.given(opened, deposited(100))
    assert.deepStrictEqual(account.events, [opened, deposited(100)])
    assert.deepStrictEqual(account.state, { open: true, balance: Option.some(euros(100)) })
    assert.deepStrictEqual(recorded(account.when(withdraw(100))), [withdrawn(100)])
    assert.strictEqual(told(account.when(withdraw(101))), "NotEnoughMoney")
  })

  it("is what commands lead to, each after the ones before it", () => {
    const { events, state } = open.after(deposit(100), withdraw(30), deposit(0), withdraw(70))
    assert.deepStrictEqual(events, [deposited(100), withdrawn(30), withdrawn(70)])
    assert.deepStrictEqual(state.balance, Option.some(euros(0)))
  })

  it("fails the test with the refusal of a command that should have led to it", () => {
    assert.throws(() => accounts.after(deposit(1)), AccountNotOpen)
    assert.throws(() => recorded(accounts.given().when(deposit(1))), AccountNotOpen)
  })

  it("has a refusal, or fails the test with what was recorded", () => {
    assert.instanceOf(refusal(accounts.given().when(deposit(1))), AccountNotOpen)
    assert.throws(() => refusal(open.given().when(deposit(1))), "recorded MoneyDeposited")
    assert.throws(() => refusal(open.given().when(deposit(0))), "recorded nothing")
  })

  it("goes on after a refusal, where it walks", () => {
    const met = open.walk([withdraw(1), deposit(5), withdraw(6), withdraw(4)])
    assert.deepStrictEqual(
      met.map(({ outcome }) => told(outcome)),
      ["NotEnoughMoney", "MoneyDeposited", "NotEnoughMoney", "MoneyWithdrawn"]
    )
    assert.deepStrictEqual(
      met.map(({ after, before }) => [before.events.length, after.events.length]),
      [
        [0, 0],
        [0, 1],
        [1, 1],
        [1, 2]
      ]
    )
  })
})

describe("what commands lead to in scenarios", () => {
  it("is a table, with a row per command", () => {
    assert.deepStrictEqual(
      table([accounts.given(), open.given(), open.after(deposit(9))], [deposit(5), withdraw(9), deposit(0)]),
      [
        ["Deposit", "AccountNotOpen", "MoneyDeposited", "MoneyDeposited"],
        ["Withdraw", "AccountNotOpen", "NotEnoughMoney", "MoneyWithdrawn"],
        ["Deposit", "AccountNotOpen", "nothing", "nothing"]
      ]
    )
  })

  it("is a set of transitions, without what records nothing or is refused", () => {
    const scenarios = [lamps.after(), lamps.after(press), lamps.after(press, press), lamps.after(smash)]
    assert.deepStrictEqual(transitions(scenarios, [press, dust, smash]), [
      "off broken Smash",
      "off on Press",
      "on broken Smash",
      "on off Press"
    ])
    assert.deepStrictEqual(
      transitions(scenarios, [press, smash], () => "a hand"),
      ["off broken a hand", "off on a hand", "on broken a hand", "on off a hand"]
    )
  })
})
