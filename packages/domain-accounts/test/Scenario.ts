/** Given/when for accounts, with one of everything: an account, its owner, money, and a command of each kind. */
import { Account, AccountCommands, AccountMoves, TransferId } from "@eventfold/domain-accounts"
import { AccountId, type Currency, type Money, PersonName } from "@eventfold/shared-kernel"
import { DeciderScenario } from "@eventfold/testing"
import { DateTime } from "effect"

export { recorded, refusal, told } from "@eventfold/testing/DeciderScenario"

export const accountId = AccountId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000001")
export const owner = PersonName.PersonName.make("Ada Lovelace")
export const otherOwner = PersonName.PersonName.make("Grace Hopper")
export const occurredAt = DateTime.makeUnsafe("2024-05-01T00:00:00Z")
export const largest = Number.MAX_SAFE_INTEGER

export const money = (amount: number, currency: Currency.Currency): Money.Money => ({ amount, currency })
export const usd = (amount: number) => money(amount, "USD")
export const eur = (amount: number) => money(amount, "EUR")
export const day = (number: number) => DateTime.makeUnsafe(`2024-05-${String(number).padStart(2, "0")}T00:00:00Z`)

/** By how much an event changes a balance, told without the code under test. */
export const signOf = (event: string): 1 | -1 => (["MoneyWithdrawn", "MoneySent"].includes(event) ? -1 : 1)

const common = { accountId, occurredAt }
export const open = AccountCommands.OpenAccount.make({ ...common, owner, currency: "USD" })
export const deposit = (money: Money.Money, at = occurredAt) =>
  AccountCommands.Deposit.make({ accountId, occurredAt: at, money })
export const withdraw = (money: Money.Money, at = occurredAt) =>
  AccountCommands.Withdraw.make({ accountId, occurredAt: at, money })
export const transferId = TransferId.TransferId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000007")
export const otherId = AccountId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000002")
const move = { accountId, transferId, occurredAt }
export const send = (money: Money.Money) => AccountMoves.SendMoney.make({ ...move, to: otherId, money })
export const receive = (money: Money.Money) => AccountMoves.ReceiveMoney.make({ ...move, from: otherId, money })
export const giveBack = (money: Money.Money) => AccountMoves.ReturnMoney.make({ ...move, to: otherId, money })
export const close = AccountCommands.CloseAccount.make(common)

/** Accounts after events, after commands, and on the way of commands. */
export const { after, given, walk } = DeciderScenario.of(Account.Account)

/** What an account holds; nothing when there is none. */
export const balances = ({ state }: ReturnType<typeof given>) => (state.status === "none" ? [] : state.balances)

/** An account in every state; an open one with money and without. */
export const accounts = {
  none: after(),
  empty: after(open),
  filled: after(open, deposit(usd(500))),
  closed: after(open, close)
}

/** One command of each kind, such that each can follow some state. */
export const commands = { open, deposit: deposit(usd(500)), withdraw: withdraw(usd(200)), close }
