/**
 * Why a transfer refuses a command: one typed error per reason, each naming the transfer and the facts that decide. What the
 * account in question refuses is refused with the account's own error.
 */
import { AccountId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Account from "./AccountErrors.ts"
import { TransferId } from "./TransferId.ts"
import { CancelledStatus } from "./TransferStatus.ts"

const transfer = { transferId: TransferId }

/** Money is transferred from one account to another. */
export class TransferToSameAccount extends Schema.TaggedError<TransferToSameAccount>()("TransferToSameAccount", {
  ...transfer,
  accountId: AccountId
}) {
  override get message() {
    return `transfer ${this.transferId} is from account ${this.accountId} to itself`
  }
}

/** The identifier belongs to a transfer that differs from the one asked for in what `differs` names. */
export class TransferDiffers extends Schema.TaggedError<TransferDiffers>()("TransferDiffers", {
  ...transfer,
  differs: Schema.Literals(["from", "to", "money"])
}) {
  override get message() {
    const what = { from: "from another account", to: "to another account", money: "of another amount" }
    return `transfer ${this.transferId} is there already, ${what[this.differs]}`
  }
}

/** No money has left for this transfer, so none can arrive. */
export class TransferNotSent extends Schema.TaggedError<TransferNotSent>()("TransferNotSent", transfer) {
  override get message() {
    return `no money has been sent for transfer ${this.transferId}`
  }
}

/** The transfer was cancelled: its money went back, or never left. */
export class TransferCancelled extends Schema.TaggedError<TransferCancelled>()("TransferCancelled", {
  ...transfer,
  status: CancelledStatus
}) {
  override get message() {
    return this.status === "returned"
      ? `transfer ${this.transferId} was cancelled: its money went back`
      : `transfer ${this.transferId} was cancelled before any money left`
  }
}

/** The schema of what an account refuses when money of a transfer is to leave it, or to come to it. */
export const MoveRefusal = Schema.Union([
  Account.AccountNotOpen,
  Account.AccountAlreadyClosed,
  Account.CurrencyNotHeld,
  Account.InsufficientFunds,
  Account.BalanceTooLarge
])
/** What an account refuses when money of a transfer is to leave it, or to come to it. */
export type MoveRefusal = typeof MoveRefusal.Type

/** The schema of what a transfer itself refuses. */
export const OwnRefusal = Schema.Union([TransferToSameAccount, TransferDiffers, TransferNotSent, TransferCancelled])
/** What a transfer itself refuses. */
export type OwnRefusal = typeof OwnRefusal.Type

/** The schema of every refusal of a command on a transfer. */
export const TransferRefusal = Schema.Union([...OwnRefusal.members, ...MoveRefusal.members])
/** Why a command on a transfer is refused. */
export type TransferRefusal = typeof TransferRefusal.Type
