/**
 * What can be asked of an account. Each command is a schema of its payload (`Deposit`) and a message with a typed answer
 * and typed refusals (`deposit`), for a bus to carry.
 *
 * Every command carries `accountId` and `occurredAt`, the business time of what it asks for.
 */
import { Message, Personal } from "@eventfold/decider"
import { AccountId, Currency, PersonName } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { AccountRefusal } from "./AccountErrors.ts"
import { AccountStatus } from "./AccountStatus.ts"
import { Balances, PositiveMoney } from "./Balances.ts"

/** The schema of what every command on an account answers: where the account stands now. */
export const AccountAnswer = Schema.Struct({
  accountId: AccountId,
  status: AccountStatus,
  /** The version of the account's stream: how many events it has. */
  version: Schema.Int,
  balances: Balances
}).annotate({ identifier: "AccountAnswer" })
/** What every command on an account answers: where the account stands now. */
export interface AccountAnswer extends Schema.Schema.Type<typeof AccountAnswer> {}

const accounts = { context: "accounts", answer: AccountAnswer, refusal: AccountRefusal } as const
const common = { accountId: AccountId, occurredAt: Schema.DateTimeUtc }

/** Opens an account, in a currency to begin with. */
export const OpenAccount = Schema.TaggedStruct("OpenAccount", {
  ...common,
  owner: Personal.inTransit(PersonName.PersonName),
  currency: Currency.Currency
})
/** Opens an account, in a currency to begin with. */
export interface OpenAccount extends Schema.Schema.Type<typeof OpenAccount> {}
/** The message that carries {@link OpenAccount}. */
export const openAccount = Message.command({ ...accounts, payload: OpenAccount })

/** Pays money in, of any currency. Not repeatable: each time it pays in as much. */
export const Deposit = Schema.TaggedStruct("Deposit", { ...common, money: PositiveMoney })
/** Pays money in, of any currency. Not repeatable: each time it pays in as much. */
export interface Deposit extends Schema.Schema.Type<typeof Deposit> {}
/** The message that carries {@link Deposit}. */
export const deposit = Message.command({ ...accounts, payload: Deposit })

/** Pays money out, of a currency the account holds. Not repeatable: each time it pays out as much. */
export const Withdraw = Schema.TaggedStruct("Withdraw", { ...common, money: PositiveMoney })
/** Pays money out, of a currency the account holds. Not repeatable: each time it pays out as much. */
export interface Withdraw extends Schema.Schema.Type<typeof Withdraw> {}
/** The message that carries {@link Withdraw}. */
export const withdraw = Message.command({ ...accounts, payload: Withdraw })

/** Closes an account in which nothing is left. */
export const CloseAccount = Schema.TaggedStruct("CloseAccount", common)
/** Closes an account in which nothing is left. */
export interface CloseAccount extends Schema.Schema.Type<typeof CloseAccount> {}
/** The message that carries {@link CloseAccount}. */
export const closeAccount = Message.command({ ...accounts, payload: CloseAccount })

/** The schema of everything that can be asked of an account. */
export const AccountCommand = Schema.Union([OpenAccount, Deposit, Withdraw, CloseAccount])
/** Something that can be asked of an account. */
export type AccountCommand = typeof AccountCommand.Type
