import { assert, describe, it } from "@effect/vitest"
import { Account, AccountEvents, BalanceHistory } from "@eventfold/domain-accounts"
import * as Scenario from "./Scenario.ts"

const { accountId, after, close, day, deposit, eur, giveBack, open, receive, send, usd, withdraw } = Scenario

const account = after(
  open,
  deposit(usd(500), day(2)),
  deposit(eur(300), day(3)),
  withdraw(usd(200), day(4)),
  // Imported late: it occurred before what is in the account already.
  deposit(usd(50), day(1)),
  withdraw(eur(300), day(5))
)
const history = BalanceHistory.of(account.events)

describe("the history of balances", () => {
  it("tells each movement with the balance of its currency afterwards", () => {
    assert.deepStrictEqual(history, [
      { version: 2, occurredAt: day(2), event: "MoneyDeposited", money: usd(500), balance: usd(500) },
      { version: 3, occurredAt: day(3), event: "MoneyDeposited", money: eur(300), balance: eur(300) },
      { version: 4, occurredAt: day(4), event: "MoneyWithdrawn", money: usd(200), balance: usd(300) },
      { version: 5, occurredAt: day(1), event: "MoneyDeposited", money: usd(50), balance: usd(350) },
      { version: 6, occurredAt: day(5), event: "MoneyWithdrawn", money: eur(300), balance: eur(0) }
    ])
  })

  it("tells by which transfer money was sent, came, and came back", () => {
    const events = after(open, deposit(usd(500)), send(usd(200)), giveBack(usd(200)), receive(eur(7))).events
    assert.deepStrictEqual(
      BalanceHistory.of(events)
        .slice(1)
        .map(({ balance, event, transferId }) => [event, balance, transferId]),
      [
        ["MoneySent", usd(300), Scenario.transferId],
        ["MoneyReturned", usd(500), Scenario.transferId],
        ["MoneyReceived", eur(7), Scenario.transferId]
      ]
    )
  })

  it("is empty for an account in which nothing has moved, open, closed or neither", () => {
    for (const { events } of [after(), after(open), after(open, close)]) {
      assert.deepStrictEqual(BalanceHistory.of(events), [])
    }
  })

  it("can be narrowed to a currency and to business times from (included) to (not included)", () => {
    const versions = (selection: BalanceHistory.Selection) =>
      history.filter(BalanceHistory.isIn(selection)).map(({ version }) => version)
    assert.deepStrictEqual(versions({}), [2, 3, 4, 5, 6])
    assert.deepStrictEqual(versions({ currency: "USD" }), [2, 4, 5])
    assert.deepStrictEqual(versions({ from: day(2), to: day(4) }), [2, 3])
    assert.deepStrictEqual(versions({ to: day(3), currency: "USD" }), [2, 5])
    assert.deepStrictEqual(versions({ from: day(6) }), [])
  })

  it("passes over an event that cannot follow, as the account does", () => {
    const overdrawn = AccountEvents.MoneyWithdrawn.make({ accountId, occurredAt: day(6), money: usd(9_999) })
    const [state, entries] = BalanceHistory.step(account.state, overdrawn, 7)
    assert.strictEqual(state, account.state)
    assert.deepStrictEqual(entries, [])
    assert.deepStrictEqual(BalanceHistory.step(Account.initial, overdrawn, 1), [Account.initial, []])
  })
})
