/** What happens to a debtor. Names and shapes are a storage format. Nothing in them is personal: who it is, the customers context knows. */
import { DomainEvent } from "@eventfold/decider"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** A customer can be billed. */
export const DebtorRegistered = DomainEvent.make("DebtorRegistered", { customerId: CustomerId })
/** A customer can be billed. */
export interface DebtorRegistered extends Schema.Schema.Type<typeof DebtorRegistered> {}

/** The schema of everything that happens to a debtor. */
export const DebtorEvent = Schema.Union([DebtorRegistered])
/** Something that happened to a debtor. */
export type DebtorEvent = typeof DebtorEvent.Type
