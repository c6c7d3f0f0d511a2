/**
 * What happens to a transfer. Names and shapes are a storage format: a changed shape gets a higher version.
 *
 * Every event carries `transferId` and `occurredAt`; what moves money carries whole what moves.
 */
import { DomainEvent } from "@eventfold/decider"
import { AccountId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { PositiveMoney } from "./Balances.ts"
import { TransferId } from "./TransferId.ts"

const moved = { transferId: TransferId, from: AccountId, to: AccountId, money: PositiveMoney }

/** The money has left the first account, and is on its way. */
export const TransferSent = DomainEvent.make("TransferSent", moved)
/** The money has left the first account, and is on its way. */
export interface TransferSent extends Schema.Schema.Type<typeof TransferSent> {}

/** The money has arrived on the second account. */
export const TransferArrived = DomainEvent.make("TransferArrived", moved)
/** The money has arrived on the second account. */
export interface TransferArrived extends Schema.Schema.Type<typeof TransferArrived> {}

/** The money went back to the first account. */
export const TransferReturned = DomainEvent.make("TransferReturned", moved)
/** The money went back to the first account. */
export interface TransferReturned extends Schema.Schema.Type<typeof TransferReturned> {}

/** It was cancelled before any money left: none ever will. */
export const TransferBarred = DomainEvent.make("TransferBarred", { transferId: TransferId })
/** It was cancelled before any money left: none ever will. */
export interface TransferBarred extends Schema.Schema.Type<typeof TransferBarred> {}

/** The schema of everything that happens to a transfer. */
export const TransferEvent = Schema.Union([TransferSent, TransferArrived, TransferReturned, TransferBarred])
/** Something that happened to a transfer. */
export type TransferEvent = typeof TransferEvent.Type
