/** Given/when/then: what it accepts, and what it says when something is not as expected. */
import { assert, describe, it } from "@effect/vitest"
import { Decider } from "@eventfold/decider"
import { DateTime, Option, Result } from "effect"
import { AssertionError, DeciderSpec } from "../src/index.ts"
import {
  Account,
  AccountNotOpen,
  AccountOpened,
  type Command,
  MoneyDeposited,
  MoneyWithdrawn,
  NotEnoughMoney
} from "./Account.ts"

const occurredAt = DateTime.makeUnsafe("2024-05-01T10:00:00Z")
const euros = (amount: number) => ({ amount, currency: "EUR" })
const opened = AccountOpened.make({
  occurredAt,
  owner: { name: "Ada", email: "ada@example.org" },
  limit: Option.some(euros(50_000))
})
const deposited = (amount: number) => MoneyDeposited.make({ occurredAt, amount: euros(amount) })
const withdrawn = (amount: number) => MoneyWithdrawn.make({ occurredAt, amount: euros(amount) })
const deposit = (amount: number): Command => ({ _tag: "Deposit", amount: euros(amount), occurredAt })
const withdraw = (amount: number): Command => ({ _tag: "Withdraw", amount: euros(amount), occurredAt })

const history = [opened, deposited(100)]

/** The message of the error that an expectation throws. */
const messageOf = (expectation: () => unknown): string => {
  try {
    expectation()
  } catch (error) {
    assert.instanceOf(error, AssertionError)
    return error.message
  }
  return assert.fail("the expectation holds, though it should not")
}

describe("an expectation that holds", () => {
  it("is one of the very events, compared by value", () => {
    DeciderSpec.given(Account, history)
      .when(withdraw(30))
      .thenEvents([withdrawn(30)])
  })

  it("is one that nothing is recorded", () => {
    DeciderSpec.given(Account, history).when(deposit(0)).thenNothing().thenEvents([])
  })

  it("is one of a refusal: itself, its class, or its tag", () => {
    DeciderSpec.given(Account, history)
      .when(withdraw(101))
      .thenRefused(new NotEnoughMoney({ asked: euros(101), balance: euros(100) }))
      .thenRefused(NotEnoughMoney)
      .thenRefused("NotEnoughMoney")
    DeciderSpec.given(Account).when(deposit(1)).thenRefused(AccountNotOpen)
  })

  it("is one of the state after the command", () => {
    DeciderSpec.given(Account, history)
      .when(withdraw(30))
      .thenEvents([withdrawn(30)])
      .thenState({ open: true, balance: Option.some(euros(70)) })
  })

  it("is one of the state before a command that is refused", () => {
    DeciderSpec.given(Account, history)
      .when(withdraw(101))
      .thenState({ open: true, balance: Option.some(euros(100)) })
  })

  it("takes refusals that are plain strings", () => {
    const plain = Decider.make({ ...Account, decide: (_: Command) => Result.fail<"closed" | "frozen">("closed") })
    DeciderSpec.given(plain).when(deposit(1)).thenRefused("closed")
    assert.include(
      messageOf(() => DeciderSpec.given(plain).when(deposit(1)).thenRefused("frozen")),
      '"closed"'
    )
  })
})

describe("an expectation that does not hold", () => {
  it("shows the command, the history and where the events differ", () => {
    assert.strictEqual(
      messageOf(() =>
        DeciderSpec.given(Account, history)
          .when(withdraw(30))
          .thenEvents([withdrawn(35)])
      ),
      `The command recorded other events.

Command
  Withdraw {
    amount: { amount: 30, currency: "EUR" }
    occurredAt: DateTime.Utc(2024-05-01T10:00:00.000Z)
  }

Given 2 events
  AccountOpened {
    occurredAt: DateTime.Utc(2024-05-01T10:00:00.000Z)
    owner: { name: "Ada", email: "ada@example.org" }
    limit: some({ amount: 50000, currency: "EUR" })
  }
  MoneyDeposited {
    occurredAt: DateTime.Utc(2024-05-01T10:00:00.000Z)
    amount: { amount: 100, currency: "EUR" }
  }

Difference (- expected, + found)
    [
      MoneyWithdrawn {
        occurredAt: DateTime.Utc(2024-05-01T10:00:00.000Z)
  -     amount: { amount: 35, currency: "EUR" }
  +     amount: { amount: 30, currency: "EUR" }
      }
    ]`
    )
  })

  it("shows an event too many, one too few and one of another kind", () => {
    const none = messageOf(() => DeciderSpec.given(Account, history).when(withdraw(30)).thenEvents([]))
    assert.include(none, "- []\n")
    assert.include(none, "+   MoneyWithdrawn {")
    const more = messageOf(() =>
      DeciderSpec.given(Account, history)
        .when(withdraw(30))
        .thenEvents([withdrawn(30), deposited(1)])
    )
    assert.include(more, "-   MoneyDeposited {")
    const other = messageOf(() =>
      DeciderSpec.given(Account, history)
        .when(withdraw(30))
        .thenEvents([deposited(30)])
    )
    assert.include(other, "-   MoneyDeposited {\n  +   MoneyWithdrawn {")
  })

  it("shows times that differ by a millisecond, and options", () => {
    const later = DateTime.makeUnsafe("2024-05-01T10:00:00.001Z")
    const time = messageOf(() =>
      DeciderSpec.given(Account, history)
        .when(withdraw(30))
        .thenEvents([{ ...withdrawn(30), occurredAt: later }])
    )
    assert.include(time, "-     occurredAt: DateTime.Utc(2024-05-01T10:00:00.001Z)")
    assert.include(time, "+     occurredAt: DateTime.Utc(2024-05-01T10:00:00.000Z)")
    const state = messageOf(() =>
      DeciderSpec.given(Account, history).when(withdraw(30)).thenState({ open: true, balance: Option.none() })
    )
    assert.include(state, "The command led to another state.")
    assert.include(state, "- { open: true, balance: none() }")
    assert.include(state, '+ { open: true, balance: some({ amount: 70, currency: "EUR" }) }')
  })

  it("shows what was recorded when a refusal was expected", () => {
    const message = messageOf(() => DeciderSpec.given(Account, [opened]).when(deposit(5)).thenRefused(NotEnoughMoney))
    assert.match(
      message,
      /^Expected the command to be refused with NotEnoughMoney, but it was accepted\.\n\nCommand\n/u
    )
    assert.match(message, /\n\nIt recorded 1 event\n  MoneyDeposited \{\n    occurredAt: .*\n    amount: .*5.*\n  \}$/u)
    const nothing = messageOf(() => DeciderSpec.given(Account, [opened]).when(deposit(0)).thenRefused("NotEnoughMoney"))
    assert.match(nothing, /\n\nIt recorded nothing\.$/u)
  })

  it("shows the refusal when events were expected", () => {
    const message = messageOf(() =>
      DeciderSpec.given(Account)
        .when(deposit(5))
        .thenEvents([deposited(5)])
    )
    assert.match(message, /^Expected the command to record 1 event, but it was refused\.\n\n/u)
    assert.include(message, "\n\nGiven no history\n\nIt was refused:\n  AccountNotOpen {")
    assert.include(message, "\n\nExpected\n  [\n    MoneyDeposited {")
  })

  it("shows what came when nothing was expected", () => {
    const recorded = messageOf(() => DeciderSpec.given(Account, history).when(deposit(1)).thenNothing())
    assert.match(recorded, /^Expected the command to record nothing, but it recorded 1 event\./u)
    assert.include(recorded, "It recorded 1 event\n  MoneyDeposited {")
    const refused = messageOf(() => DeciderSpec.given(Account, history).when(withdraw(900)).thenNothing())
    assert.match(refused, /^Expected the command to record nothing, but it was refused\./u)
    assert.include(refused, "It was refused:\n  NotEnoughMoney {")
  })

  it("shows another refusal, and where a refusal of the same class differs", () => {
    const other = messageOf(() => DeciderSpec.given(Account, history).when(withdraw(101)).thenRefused(AccountNotOpen))
    assert.match(other, /^Expected the command to be refused with AccountNotOpen, but it was refused otherwise\./u)
    assert.include(other, "It was refused:\n  NotEnoughMoney {")
    const same = new NotEnoughMoney({ asked: euros(101), balance: euros(99) })
    const fields = messageOf(() => DeciderSpec.given(Account, history).when(withdraw(101)).thenRefused(same))
    assert.match(fields, /^The command was refused otherwise than expected\./u)
    assert.include(fields, '-   balance: { amount: 99, currency: "EUR" }')
    assert.include(fields, '+   balance: { amount: 100, currency: "EUR" }')
  })

  it("points at the line of the test", () => {
    try {
      DeciderSpec.given(Account, history).when(deposit(1)).thenNothing()
      assert.fail("the expectation holds, though it should not")
    } catch (error) {
      assert.instanceOf(error, AssertionError)
      assert.strictEqual(error.name, "AssertionError")
      const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "))
      assert.include(frames[0], "DeciderSpec.test.ts")
    }
  })
})

describe("a decider that breaks the rules", () => {
  it("fails when it changes an event of the past", () => {
    const careless = Decider.make({
      ...Account,
      evolve: (state, event) => {
        if (event._tag === "MoneyDeposited") Object.assign(event.amount, { amount: 0 })
        return state
      }
    })
    assert.throws(() => DeciderSpec.given(careless, [opened, deposited(1)]).when(deposit(1)), TypeError)
  })
})
