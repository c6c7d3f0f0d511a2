import { assert, describe, it } from "@effect/vitest"
import { AccountErrors } from "@eventfold/domain-accounts"
import { Schema, Struct } from "effect"
import * as Scenario from "./Scenario.ts"

const { accounts, commands, told } = Scenario

/** What each command leads to in each state. */
const table: Record<keyof typeof accounts, Record<keyof typeof commands, string>> = {
  none: {
    open: "AccountOpened",
    deposit: "AccountNotOpen",
    withdraw: "AccountNotOpen",
    close: "AccountNotOpen"
  },
  empty: {
    open: "nothing",
    deposit: "MoneyDeposited",
    withdraw: "InsufficientFunds",
    close: "AccountClosed"
  },
  filled: {
    open: "nothing",
    deposit: "MoneyDeposited",
    withdraw: "MoneyWithdrawn",
    close: "AccountNotEmpty"
  },
  closed: {
    open: "AccountAlreadyClosed",
    deposit: "AccountAlreadyClosed",
    withdraw: "AccountAlreadyClosed",
    close: "nothing"
  }
}

const Refusal = Schema.toCodecJson(AccountErrors.AccountRefusal)

for (const state of Struct.keys(table)) {
  describe(`an account that is ${state}`, () => {
    for (const name of Struct.keys(commands)) {
      const expected = table[state][name]
      it(`${name}: ${expected}`, () => {
        const outcome = accounts[state].when(commands[name])
        assert.strictEqual(told(outcome), expected)
        if (outcome._tag === "Success") return
        const refusal = outcome.failure
        assert.strictEqual(refusal.accountId, Scenario.accountId)
        assert.include(refusal.message, Scenario.accountId)
        assert.notInclude(refusal.message, Scenario.owner)
        const received = Schema.decodeUnknownSync(Refusal)(
          JSON.parse(JSON.stringify(Schema.encodeSync(Refusal)(refusal)))
        )
        assert.deepStrictEqual({ ...received, message: received.message }, { ...refusal, message: refusal.message })
      })
    }
  })
}
