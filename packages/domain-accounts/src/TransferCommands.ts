/**
 * What can be asked of transfers. Each command is a schema of its payload (`SendTransfer`) and a message with a typed answer
 * and typed refusals (`sendTransfer`), for a bus to carry.
 *
 * Every command carries `transferId`, chosen by whoever asks, and `occurredAt`. Each can be repeated without harm, and
 * `CancelTransfer` may come at any time: also before what it cancels, which is then refused.
 */
import { Message } from "@eventfold/decider"
import { AccountId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { PositiveMoney } from "./Balances.ts"
import { TransferRefusal } from "./TransferErrors.ts"
import { TransferId } from "./TransferId.ts"
import { TransferStatus } from "./TransferStatus.ts"

/** The schema of what every command answers: where the transfer stands now. */
export const TransferAnswer = Schema.Struct({
  transferId: TransferId,
  status: TransferStatus,
  /** The version of the transfer's stream: how many events it has. */
  version: Schema.Int,
  /** From which account, as `to` and `money` absent when it was barred. */
  from: Schema.optionalKey(AccountId),
  to: Schema.optionalKey(AccountId),
  money: Schema.optionalKey(PositiveMoney)
}).annotate({ identifier: "TransferAnswer" })
/** What every command answers: where the transfer stands now. */
export interface TransferAnswer extends Schema.Schema.Type<typeof TransferAnswer> {}

const transfers = { context: "accounts", answer: TransferAnswer, refusal: TransferRefusal } as const
const common = { transferId: TransferId, occurredAt: Schema.DateTimeUtc }

/** Has money leave the account `from`, to arrive on the account `to`. */
export const SendTransfer = Schema.TaggedStruct("SendTransfer", {
  ...common,
  from: AccountId,
  to: AccountId,
  money: PositiveMoney
})
/** Has money leave the account `from`, to arrive on the account `to`. */
export interface SendTransfer extends Schema.Schema.Type<typeof SendTransfer> {}
/** The message that carries {@link SendTransfer}. */
export const sendTransfer = Message.command({ ...transfers, payload: SendTransfer })

/** Has the money that was sent arrive. */
export const ReceiveTransfer = Schema.TaggedStruct("ReceiveTransfer", common)
/** Has the money that was sent arrive. */
export interface ReceiveTransfer extends Schema.Schema.Type<typeof ReceiveTransfer> {}
/** The message that carries {@link ReceiveTransfer}. */
export const receiveTransfer = Message.command({ ...transfers, payload: ReceiveTransfer })

/** Has the money go back that is on its way; before any has left, bars that it ever does. What has arrived stays. */
export const CancelTransfer = Schema.TaggedStruct("CancelTransfer", common)
/** Has the money go back that is on its way; before any has left, bars that it ever does. What has arrived stays. */
export interface CancelTransfer extends Schema.Schema.Type<typeof CancelTransfer> {}
/** The message that carries {@link CancelTransfer}. */
export const cancelTransfer = Message.command({ ...transfers, payload: CancelTransfer })

/** The schema of everything that can be asked of a transfer. */
export const TransferCommand = Schema.Union([SendTransfer, ReceiveTransfer, CancelTransfer])
/** Something that can be asked of a transfer. */
export type TransferCommand = typeof TransferCommand.Type
