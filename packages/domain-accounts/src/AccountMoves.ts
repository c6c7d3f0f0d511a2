/**
 * What follows from an event of a transfer for the accounts it is between: the table between the two aggregates of the
 * context. What follows belongs into the transaction of the event.
 *
 * The moves are commands to an account that no bus carries: nobody asks for them but a transfer.
 */
import { AccountId } from "@eventfold/shared-kernel"
import { Option, Schema } from "effect"
import { PositiveMoney } from "./Balances.ts"
import type { TransferEvent } from "./TransferEvents.ts"
import { TransferId } from "./TransferId.ts"

const common = { accountId: AccountId, transferId: TransferId, money: PositiveMoney, occurredAt: Schema.DateTimeUtc }

/** Has money leave the account, for the account `to`. */
export const SendMoney = Schema.TaggedStruct("SendMoney", { ...common, to: AccountId })
/** Has money leave the account, for the account `to`. */
export interface SendMoney extends Schema.Schema.Type<typeof SendMoney> {}

/** Has money come to the account, of the account `from`. */
export const ReceiveMoney = Schema.TaggedStruct("ReceiveMoney", { ...common, from: AccountId })
/** Has money come to the account, of the account `from`. */
export interface ReceiveMoney extends Schema.Schema.Type<typeof ReceiveMoney> {}

/** Has money come back that had left for the account `to`. An account that was closed meanwhile takes it too. */
export const ReturnMoney = Schema.TaggedStruct("ReturnMoney", { ...common, to: AccountId })
/** Has money come back that had left for the account `to`. An account that was closed meanwhile takes it too. */
export interface ReturnMoney extends Schema.Schema.Type<typeof ReturnMoney> {}

/** The schema of what a transfer does to an account. */
export const AccountMove = Schema.Union([SendMoney, ReceiveMoney, ReturnMoney])
/** What a transfer does to an account. */
export type AccountMove = typeof AccountMove.Type

/** The move that follows from an event; none when no money moves. */
export const of = (event: TransferEvent): Option.Option<AccountMove> => {
  if (event._tag === "TransferBarred") return Option.none()
  const { from, money, occurredAt, to, transferId } = event
  const moves = { transferId, money, occurredAt }
  switch (event._tag) {
    case "TransferSent":
      return Option.some({ _tag: "SendMoney", accountId: from, to, ...moves })
    case "TransferArrived":
      return Option.some({ _tag: "ReceiveMoney", accountId: to, from, ...moves })
    case "TransferReturned":
      return Option.some({ _tag: "ReturnMoney", accountId: from, to, ...moves })
  }
}
