/**
 * A bank account, as a decider: it holds one balance per currency, and none is ever negative.
 *
 * What is already so records nothing: opening the same account again, closing a closed one. Paying in and out is never
 * "already so": each command moves money, and its id is what makes a repetition harmless. What a transfer moves, it moves
 * once: see `Transfer.ts`. Money that comes back to an account which was closed meanwhile opens it again.
 */
import { Decider } from "@eventfold/decider"
import { Money } from "@eventfold/shared-kernel"
import { Option, Result } from "effect"
import type * as Commands from "./AccountCommands.ts"
import * as Refused from "./AccountErrors.ts"
import { AccountEvent, changeOf, type MoneyMoved } from "./AccountEvents.ts"
import type { AccountMove } from "./AccountMoves.ts"
import * as AccountOwner from "./AccountOwner.ts"
import { type AccountIn, AccountState, type OpenedAccount } from "./AccountState.ts"
import * as Balances from "./Balances.ts"

/** No account yet. */
export const initial: AccountState = { status: "none" }

/** Folds one event into the state. An event that cannot follow the state leaves it as it is. */
export const evolve = (account: AccountState, event: AccountEvent): AccountState => {
  switch (event._tag) {
    case "AccountOpened": {
      const { accountId, currency, owner } = event
      if (account.status !== "none") return account
      return { status: "open", accountId, owner, currency, balances: [Money.zero(currency)] }
    }
    case "AccountClosed":
      return account.status === "open" ? { ...account, status: "closed" } : account
    default:
      return moved(account, event)
  }
}

const moved = (account: AccountState, event: MoneyMoved): AccountState =>
  account.status === "open" || (account.status === "closed" && event._tag === "MoneyReturned")
    ? Option.match(Balances.changed(account.balances, changeOf(event)), {
        onNone: () => account,
        onSome: (balances) => ({ ...account, status: "open", balances })
      })
    : account

// Decisions: one per command.

type Decision = Result.Result<ReadonlyArray<AccountEvent>, Refused.AccountRefusal>

const record = (...events: ReadonlyArray<AccountEvent>): Decision => Result.succeed(events)
const nothing = record()
const refuse = (refusal: Refused.AccountRefusal): Decision => Result.fail(refusal)

const openAgain = (command: Commands.OpenAccount, { accountId, currency, owner }: AccountIn<"open">): Decision => {
  if (!AccountOwner.isCalled(owner, command.owner)) {
    return refuse(new Refused.AccountAlreadyOpen({ accountId, differs: "owner" }))
  }
  if (command.currency !== currency) return refuse(new Refused.AccountAlreadyOpen({ accountId, differs: "currency" }))
  return nothing
}

const paidIn = (event: MoneyMoved, { accountId, balances }: OpenedAccount): Decision =>
  Option.isSome(Balances.changed(balances, event.money))
    ? record(event)
    : refuse(new Refused.BalanceTooLarge({ accountId, currency: event.money.currency }))

const paidOut = (event: MoneyMoved, { accountId, balances }: AccountIn<"open">): Decision => {
  const requested = event.money
  const { currency } = requested
  const balance = Balances.balanceIn(balances, currency)
  if (Option.isNone(balance)) {
    const held = balances.map((balance) => balance.currency)
    return refuse(new Refused.CurrencyNotHeld({ accountId, currency, held }))
  }
  return Option.isSome(Balances.changed(balances, Money.negate(requested)))
    ? record(event)
    : refuse(new Refused.InsufficientFunds({ accountId, balance: balance.value, requested }))
}

const close = (command: Commands.CloseAccount, { accountId, balances }: AccountIn<"open">): Decision =>
  Balances.hasMoney(balances)
    ? refuse(new Refused.AccountNotEmpty({ accountId, balances }))
    : record({ ...command, _tag: "AccountClosed" })

/** The events a command causes in a state, none when it is already so; or why it is refused. */
export const decide = (command: Commands.AccountCommand | AccountMove, account: AccountState): Decision => {
  const { accountId } = command
  if (account.status === "none") {
    if (command._tag === "OpenAccount") {
      return record({ ...command, owner: AccountOwner.of(accountId, command.owner), _tag: "AccountOpened" })
    }
    return refuse(new Refused.AccountNotOpen({ accountId }))
  }
  if (command._tag === "ReturnMoney") return paidIn({ ...command, _tag: "MoneyReturned" }, account)
  if (account.status === "closed") {
    return command._tag === "CloseAccount" ? nothing : refuse(new Refused.AccountAlreadyClosed({ accountId }))
  }
  switch (command._tag) {
    case "OpenAccount":
      return openAgain(command, account)
    case "Deposit":
      return paidIn({ ...command, _tag: "MoneyDeposited" }, account)
    case "Withdraw":
      return paidOut({ ...command, _tag: "MoneyWithdrawn" }, account)
    case "SendMoney":
      return paidOut({ ...command, _tag: "MoneySent" }, account)
    case "ReceiveMoney":
      return paidIn({ ...command, _tag: "MoneyReceived" }, account)
    case "CloseAccount":
      return close(command, account)
  }
}

/** An account as a decider. Its streams are named `account`. */
export const Account = Decider.make({
  category: "account",
  State: AccountState,
  Event: AccountEvent,
  initial,
  evolve,
  decide
})

/**
 * What a command on the account answers, for a state at a version of its stream.
 *
 * @throws RangeError for a state without an account: no command succeeds without one, so it is a mistake of the program.
 */
export const answerOf = (account: AccountState, version: number): Commands.AccountAnswer => {
  if (account.status === "none") throw new RangeError("There is no account to answer about")
  const { accountId, balances, status } = account
  return { accountId, status, version, balances }
}
