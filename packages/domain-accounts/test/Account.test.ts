import { assert, describe, it } from "@effect/vitest"
import { Personal } from "@eventfold/decider"
import { Account, AccountCommands, AccountErrors } from "@eventfold/domain-accounts"
import { Result, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const { accountId, after, balances, close, deposit, eur, given, giveBack, largest, money, open, receive } = Scenario
const { recorded, refusal, send, told, usd, withdraw } = Scenario

describe("opening", () => {
  it("begins with nothing in the currency asked for; the owner's name is personal, of the account", () => {
    const owner = Personal.of(accountId, Scenario.owner)
    assert.deepStrictEqual(recorded(given().when(open)), [
      { _tag: "AccountOpened", accountId, occurredAt: Scenario.occurredAt, owner, currency: "USD" }
    ])
    assert.deepStrictEqual(balances(after(open)), [usd(0)])
  })

  it("refuses an identifier in use and says what differs", () => {
    const account = after(open, deposit(eur(100)))
    const owner = refusal(account.when({ ...open, owner: Scenario.otherOwner }))
    assert.deepInclude(owner, { _tag: "AccountAlreadyOpen", differs: "owner" })
    assert.strictEqual(owner.message, `account ${accountId} is open already, with another owner`)
    // It is the currency of the opening that counts, not those that came later.
    assert.deepInclude(refusal(account.when({ ...open, currency: "EUR" })), { differs: "currency" })
  })
})

describe("an account whose owner is forgotten", () => {
  const opened = recorded(given().when(open)).map((event) =>
    event._tag === "AccountOpened" ? { ...event, owner: Personal.redacted(accountId) } : event
  )
  const account = given(...opened, ...recorded(given(...opened).when(deposit(usd(500)))))

  it("goes on holding money, paying out and being closed", () => {
    assert.deepStrictEqual(balances(account), [usd(500)])
    const emptied = given(...account.events, ...recorded(account.when(withdraw(usd(500)))))
    assert.strictEqual(told(emptied.when(close)), "AccountClosed")
  })

  it("is not known to be in anybody's name", () => {
    assert.deepInclude(refusal(account.when(open)), { _tag: "AccountAlreadyOpen", differs: "owner" })
  })
})

describe("paying in", () => {
  it("adds to the balance of its currency, and leaves the others as they are", () => {
    const account = after(open, deposit(usd(500)), deposit(eur(300)), deposit(eur(50)), deposit(money(7, "JPY")))
    assert.deepStrictEqual(balances(account), [usd(500), eur(350), money(7, "JPY")])
  })

  it("again pays in again", () => {
    assert.deepStrictEqual(balances(after(open, deposit(usd(500)), deposit(usd(500)))), [usd(1_000)])
  })

  it("refuses more than an amount of money can be, to the minor unit", () => {
    const account = after(open, deposit(usd(largest - 10)))
    assert.strictEqual(told(account.when(deposit(usd(10)))), "MoneyDeposited")
    const refused = refusal(account.when(deposit(usd(11))))
    assert.strictEqual(refused.message, `account ${accountId} would hold more USD than an amount of money can be`)
    assert.strictEqual(told(account.when(deposit(eur(11)))), "MoneyDeposited")
  })
})

describe("paying out", () => {
  const account = after(open, deposit(usd(500)), deposit(eur(300)))

  it("takes from the balance of its currency, down to nothing", () => {
    const rest = given(...account.events, ...recorded(account.when(withdraw(usd(500)))))
    assert.deepStrictEqual(balances(rest), [usd(0), eur(300)])
  })

  it("refuses more than there is, with the balance and what was requested", () => {
    const refused = refusal(account.when(withdraw(eur(301))))
    assert.deepInclude(refused, { _tag: "InsufficientFunds", balance: eur(300), requested: eur(301) })
    assert.strictEqual(refused.message, `account ${accountId} holds 3.00 EUR, 3.01 EUR were requested`)
  })

  it("refuses a currency the account has never held, and names those it has", () => {
    const refused = refusal(account.when(withdraw(money(1, "GBP"))))
    assert.deepInclude(refused, { _tag: "CurrencyNotHeld", currency: "GBP", held: ["USD", "EUR"] })
    assert.strictEqual(refused.message, `account ${accountId} holds no GBP, only USD, EUR`)
  })
})

describe("a transfer", () => {
  it("takes out what is there, of a currency the account holds", () => {
    const account = after(open, deposit(eur(300)))
    assert.deepStrictEqual(balances(after(open, deposit(eur(300)), send(eur(300)))), [usd(0), eur(0)])
    assert.strictEqual(told(account.when(send(eur(301)))), "InsufficientFunds")
    assert.strictEqual(told(account.when(send(money(1, "GBP")))), "CurrencyNotHeld")
  })

  it("brings money of any currency, but not to an account that is closed, or that nobody has opened", () => {
    assert.deepStrictEqual(balances(after(open, receive(money(7, "JPY")))), [usd(0), money(7, "JPY")])
    assert.strictEqual(told(after(open, close).when(receive(usd(1)))), "AccountAlreadyClosed")
    assert.strictEqual(told(given().when(receive(usd(1)))), "AccountNotOpen")
    assert.strictEqual(told(after(open, deposit(usd(largest))).when(receive(usd(1)))), "BalanceTooLarge")
  })

  it("brings money back to an account that was closed meanwhile, which is open again", () => {
    const account = after(open, deposit(usd(5)), send(usd(5)), close, giveBack(usd(5)))
    assert.deepInclude(account.state, { status: "open", balances: [usd(5)] })
    assert.strictEqual(told(account.when(withdraw(usd(5)))), "MoneyWithdrawn")
  })
})

describe("closing", () => {
  it("refuses while money is left in any currency, and says how much", () => {
    const refused = refusal(after(open, deposit(eur(300)), deposit(money(7, "JPY"))).when(close))
    assert.deepInclude(refused, { _tag: "AccountNotEmpty", balances: [usd(0), eur(300), money(7, "JPY")] })
    assert.strictEqual(refused.message, `account ${accountId} cannot be closed: it holds 3.00 EUR and 7 JPY`)
  })

  it("is done when all has been paid out", () => {
    const account = after(open, deposit(eur(300)), withdraw(eur(300)), close)
    assert.strictEqual(account.state.status, "closed")
    assert.strictEqual(refusal(account.when(deposit(eur(1)))).message, `account ${accountId} is closed`)
  })
})

describe("an amount to pay in or out", () => {
  const decode = Schema.decodeUnknownResult(Schema.toCodecJson(AccountCommands.Deposit))
  const told = (money: unknown) =>
    Result.match(decode({ _tag: "Deposit", accountId, occurredAt: "2024-05-01T00:00:00Z", money }), {
      onSuccess: () => "taken",
      onFailure: ({ message }) => message.split("\n")[0]
    })

  it("is a whole number of minor units from 1", () => {
    const rule = `must be a whole number of minor units from 1 to ${largest}`
    for (const amount of [0, -1, 0.5, -0, largest + 1, NaN, "5"]) {
      assert.strictEqual(told({ amount, currency: "USD" }), rule, String(amount))
    }
    assert.deepStrictEqual([told(usd(1)), told(usd(largest))], ["taken", "taken"])
    assert.match(told({ amount: 1, currency: "XYZ" }) ?? "", /ISO 4217/u)
  })
})

describe("folding", () => {
  const events = [...after(open, deposit(usd(9)), withdraw(usd(9)), close).events]

  it("leaves the state as it is on an event that cannot follow it", () => {
    const follows: Record<keyof typeof Scenario.accounts, ReadonlyArray<string>> = {
      none: ["AccountOpened"],
      empty: ["MoneyDeposited", "AccountClosed"],
      filled: ["MoneyDeposited", "MoneyWithdrawn", "AccountClosed"],
      closed: []
    }
    for (const [name, account] of Object.entries(Scenario.accounts)) {
      const moved = events
        .filter((event) => Account.evolve(account.state, event) !== account.state)
        .map(({ _tag }) => _tag)
      assert.deepStrictEqual(moved, follows[name as keyof typeof follows], name)
    }
  })

  it("answers where the account stands, and not whose it is", () => {
    const account = after(open, deposit(usd(9)))
    assert.deepStrictEqual(Account.answerOf(account.state, 2), {
      accountId,
      status: "open",
      version: 2,
      balances: [usd(9)]
    })
    assert.throws(() => Account.answerOf(Account.initial, 0), RangeError)
  })
})

describe("messages", () => {
  it("of commands to an account that nobody opened say what to do", () => {
    assert.strictEqual(
      refusal(given().when(close)).message,
      `there is no account ${accountId}: it must be opened first`
    )
  })

  it("name each command by its context", () => {
    const { closeAccount, openAccount } = AccountCommands
    assert.deepStrictEqual(
      [openAccount, AccountCommands.deposit, AccountCommands.withdraw, closeAccount].map((message) => message.name),
      AccountCommands.AccountCommand.members.map((member) => `accounts.${member.fields._tag.schema.literal}`)
    )
    assert.strictEqual(openAccount.Answer, AccountCommands.AccountAnswer)
    assert.strictEqual(openAccount.Refusal, AccountErrors.AccountRefusal)
  })
})
