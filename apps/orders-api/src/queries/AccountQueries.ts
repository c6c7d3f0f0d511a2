/**
 * What can be asked about accounts, as typed queries: one account, the history of its balances, one transfer.
 *
 * They are read from the stream of the account or the transfer, and always up to date.
 */
import { Message } from "@eventfold/decider"
import {
  AccountErrors,
  AccountStatus,
  BalanceHistory,
  Balances,
  TransferId,
  TransferStatus
} from "@eventfold/domain-accounts"
import { History, StreamId } from "@eventfold/event-store"
import { AccountId, Currency, PersonName } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { shown } from "./Shown.ts"

const ofAccount = { tenant: StreamId.Tenant, accountId: AccountId }

/** An account as it is now. */
export const AccountDetail = Schema.Struct({
  accountId: AccountId,
  owner: shown(PersonName.PersonName),
  status: AccountStatus.AccountStatus,
  /** The version of its last event: how many events it has. As of the past, that of the last event by then. */
  version: Schema.Int,
  /** One balance per currency, that of the opening first. */
  balances: Balances.Balances,
  /** When it was opened, in the business. */
  openedAt: Schema.DateTimeUtc,
  /** When it was closed; absent while it is open. */
  closedAt: Schema.optionalKey(Schema.DateTimeUtc)
}).annotate({ identifier: "AccountDetail", description: "The account as it is now" })
/** An account as it is now. */
export interface AccountDetail extends Schema.Schema.Type<typeof AccountDetail> {}

/** Asks for one account as it is now, or as it was as of a point in the past. */
export const GetAccount = Schema.TaggedStruct("GetAccount", {
  ...ofAccount,
  asOf: Schema.optionalKey(History.HistoryPoint)
})
/** The message that carries {@link GetAccount}. */
export const getAccount = Message.query({
  context: "accounts",
  payload: GetAccount,
  answer: AccountDetail,
  refusal: AccountErrors.AccountNotOpen
})

/** The most entries one page of a history of balances holds. */
export const largestBalanceHistoryPage = 1000

/** A page of the history of an account's balances, oldest version first. */
export const BalanceHistoryPage = Schema.Struct({
  accountId: AccountId,
  /** How many events the account has. */
  version: Schema.Int,
  entries: Schema.Array(BalanceHistory.BalanceEntry),
  /** The version after which the next page begins; absent on the last page. */
  next: Schema.optionalKey(Schema.Int)
})
/** A page of the history of an account's balances. */
export interface BalanceHistoryPage extends Schema.Schema.Type<typeof BalanceHistoryPage> {}

/** Asks for a page of the history of balances; `after` is the `next` of a page. What is left out does not restrict. */
export const GetBalanceHistory = Schema.TaggedStruct("GetBalanceHistory", {
  ...ofAccount,
  /** Entries that occurred then or later. */
  from: Schema.optionalKey(Schema.DateTimeUtc),
  /** Entries that occurred before. */
  to: Schema.optionalKey(Schema.DateTimeUtc),
  currency: Schema.optionalKey(Currency.Currency),
  after: Schema.optionalKey(Schema.Int),
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: largestBalanceHistoryPage }))
})
/** Asks for a page of the history of balances. */
export interface GetBalanceHistory extends Schema.Schema.Type<typeof GetBalanceHistory> {}
/** The message that carries {@link GetBalanceHistory}. */
export const getBalanceHistory = Message.query({
  context: "accounts",
  payload: GetBalanceHistory,
  answer: BalanceHistoryPage,
  refusal: AccountErrors.AccountNotOpen
})

/** Where the money of a transfer is. */
export const WhereTransferIs = Schema.Struct({
  /** `requested` until the money has left. */
  status: Schema.Literals(["requested", ...TransferStatus.TransferStatus.literals])
})
/** Where the money of a transfer is. */
export interface WhereTransferIs extends Schema.Schema.Type<typeof WhereTransferIs> {}

/** Asks where the money of a transfer is. */
export const GetTransfer = Schema.TaggedStruct("GetTransfer", {
  tenant: StreamId.Tenant,
  transferId: TransferId.TransferId
})
/** The message that carries {@link GetTransfer}. */
export const getTransfer = Message.query({ context: "accounts", payload: GetTransfer, answer: WhereTransferIs })
