import { assert, describe, it } from "@effect/vitest"
import { Decider } from "@eventfold/decider"
import {
  Account,
  AccountCommands,
  AccountErrors,
  AccountEvents,
  AccountState,
  BalanceHistory,
  Balances
} from "@eventfold/domain-accounts"
import type { Currency } from "@eventfold/shared-kernel"
import { effort } from "@eventfold/testing"
import { Arbitrary, Effect, Equal, Result, Schema } from "effect"
import * as Scenario from "./Scenario.ts"
import { Walk, walk } from "./Walks.ts"

const { balances, given, signOf, told } = Scenario

const options = { arbitrary: { runs: 200 * effort, size: 30 } }

/** What came in less what went out, per currency, added up without the code under test. */
const sums = (events: ReadonlyArray<AccountEvents.AccountEvent>) => {
  const sums = new Map<Currency.Currency, bigint>()
  for (const event of events) {
    if (event._tag === "AccountOpened") sums.set(event.currency, 0n)
    if (event._tag === "AccountOpened" || event._tag === "AccountClosed") continue
    const { amount, currency } = event.money
    sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(signOf(event._tag) * amount))
  }
  return sums
}

describe("any sequence of commands", () => {
  it.effect("is tried far enough to meet every status and every refusal", () =>
    Effect.gen(function* () {
      const walks = yield* Arbitrary.sampleEffect(Walk, { count: 500, size: 30, seed: "accounts" })
      const steps = walks.flatMap(walk)
      assert.sameMembers([...new Set(steps.map(({ after }) => after.state.status))], ["none", "open", "closed"])
      const outcomes = new Set(steps.map(({ outcome }) => told(outcome)))
      const refusals = AccountErrors.AccountRefusal.members.map((member) => member.fields._tag.schema.literal)
      assert.deepStrictEqual(
        refusals.filter((refusal) => !outcomes.has(refusal)),
        []
      )
    })
  )

  it.prop(
    "leaves no balance negative, and each the sum of what came in less what went out",
    { commands: Walk },
    ({ commands }) => {
      for (const { after } of walk(commands)) {
        assert.isTrue(Schema.is(AccountState.AccountState)(after.state))
        const held = balances(after)
        for (const { amount } of held) assert.isTrue(Number.isSafeInteger(amount) && amount >= 0)
        assert.deepStrictEqual(
          held.map(({ amount, currency }) => [currency, BigInt(amount)] as const),
          [...sums(after.events)]
        )
      }
    },
    options
  )

  it.prop(
    "refuses that money goes out exactly when the balance does not cover it",
    { commands: Walk },
    ({ commands }) => {
      for (const { before, command, outcome } of walk(commands)) {
        if (command._tag !== "Withdraw" && command._tag !== "SendMoney") continue
        if (before.state.status !== "open") continue
        const covered = (sums(before.events).get(command.money.currency) ?? 0n) >= BigInt(command.money.amount)
        assert.strictEqual(Result.isSuccess(outcome), covered)
      }
    },
    options
  )

  it.prop(
    "replays to the state it was decided with, and changes nothing where it is refused or already so",
    { commands: Walk },
    ({ commands }) => {
      for (const { after, before, outcome } of walk(commands)) {
        if (Result.isSuccess(outcome)) {
          assert.deepStrictEqual(Decider.fold(Account.Account, after.events), outcome.success.state)
          assert.isTrue(outcome.success.events.every((event) => Object.isFrozen(event)))
        }
        if (Result.isFailure(outcome) || outcome.success.events.length === 0) {
          assert.deepStrictEqual(after.state, before.state)
        }
      }
    },
    options
  )

  it.prop(
    "repeated at once records nothing or is refused, moving money excepted",
    { commands: Walk },
    ({ commands }) => {
      for (const { after, command, outcome } of walk(commands)) {
        if (Result.isFailure(outcome)) continue
        const again = told(after.when(command))
        if (command._tag === "Deposit") assert.include(["MoneyDeposited", "BalanceTooLarge"], again)
        else if (command._tag === "Withdraw") assert.include(["MoneyWithdrawn", "InsufficientFunds"], again)
        else if (command._tag === "SendMoney") assert.include(["MoneySent", "InsufficientFunds"], again)
        else if (command._tag === "ReceiveMoney") assert.include(["MoneyReceived", "BalanceTooLarge"], again)
        else if (command._tag === "ReturnMoney") assert.include(["MoneyReturned", "BalanceTooLarge"], again)
        else assert.strictEqual(again, "nothing")
      }
    },
    options
  )

  it.prop(
    "has a history of balances whose every entry follows from the one before, and whose last ones are the balances",
    { commands: Walk },
    ({ commands }) => {
      const account = walk(commands).at(-1)?.after ?? given()
      const history = BalanceHistory.of(account.events)
      const running = new Map<string, number>()
      for (const { balance, event, money, version } of history) {
        const before = running.get(money.currency) ?? 0
        assert.strictEqual(balance.amount, before + signOf(event) * money.amount)
        assert.strictEqual(account.events[version - 1]?._tag, event)
        running.set(money.currency, balance.amount)
      }
      const moves = account.events.filter(({ _tag }) => _tag.startsWith("Money"))
      assert.strictEqual(history.length, moves.length)
      for (const { amount, currency } of balances(account)) assert.strictEqual(running.get(currency) ?? 0, amount)
    },
    options
  )
})

describe("in JSON", () => {
  const round = <A>(schema: Schema.Codec<A, unknown>, value: A): A => {
    const codec = Schema.toCodecJson(schema)
    return Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(value))))
  }

  it.prop("every event comes back as it went", [AccountEvents.AccountEvent], ([event]) => {
    assert.isTrue(Equal.equals(round(AccountEvents.AccountEvent, event), event))
  })

  it.prop("every command comes back as it went", [AccountCommands.AccountCommand], ([command]) => {
    assert.isTrue(Equal.equals(round(AccountCommands.AccountCommand, command), command))
  })

  it.prop("every state comes back as it went", { commands: Walk }, ({ commands }) => {
    for (const { after } of walk(commands)) {
      assert.isTrue(Equal.equals(round(AccountState.AccountState, after.state), after.state))
    }
  })

  it("a state that names a currency twice is none", () => {
    assert.isFalse(Schema.is(Balances.Balances)([Scenario.usd(1), Scenario.usd(2)]))
  })

  it("names of stored events and versions stay", () => {
    const names = AccountEvents.AccountEvent.members.map((member) => Schema.resolveAnnotations(member)?.["identifier"])
    assert.deepStrictEqual(names, [
      "AccountOpened.v2",
      "MoneyDeposited.v2",
      "MoneyWithdrawn.v2",
      "MoneySent.v1",
      "MoneyReceived.v1",
      "MoneyReturned.v1",
      "AccountClosed.v1"
    ])
    assert.strictEqual(Account.Account.category, "account")
  })
})
