/**
 * The state of a transfer. It is rebuilt from events; a snapshot of it is checked against the schema.
 * `none` is a transfer of which nothing has been heard; `barred` one that was cancelled before, and will never be.
 */
import { AccountId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { PositiveMoney } from "./Balances.ts"
import { TransferId } from "./TransferId.ts"

const sent = { transferId: TransferId, from: AccountId, to: AccountId, money: PositiveMoney }

/** The schema of the state of a transfer; `status` tells the shapes apart. */
export const TransferState = Schema.Union([
  Schema.Struct({ status: Schema.tag("none") }),
  Schema.Struct({ status: Schema.tag("sent"), ...sent }),
  Schema.Struct({ status: Schema.tag("arrived"), ...sent }),
  Schema.Struct({ status: Schema.tag("returned"), ...sent }),
  Schema.Struct({ status: Schema.tag("barred"), transferId: TransferId })
])
/** The state of a transfer. */
export type TransferState = typeof TransferState.Type

/** A transfer in one status, or in one of several. */
export type TransferIn<Status extends TransferState["status"]> = Extract<TransferState, { readonly status: Status }>
