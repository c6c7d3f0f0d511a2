/**
 * What happens to an e-mail address, known by its hash. Names and shapes are a storage format: a changed shape gets a higher
 * version. Every event carries `emailHash`, `claimId` and `occurredAt`.
 *
 * Who holds an address is personal, of the holder: once they are forgotten the address is nobody's.
 */
import { DomainEvent, Personal } from "@eventfold/decider"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { EmailClaimId } from "./EmailClaimId.ts"
import { EmailHash } from "./EmailHash.ts"

const claim = { emailHash: EmailHash, claimId: EmailClaimId }

/** The schema of who holds an address. It can be forgotten. */
export const Holder = Personal.schema(CustomerId)
/** Who holds an address. */
export type Holder = typeof Holder.Type

/** The address is kept for a customer who waits for it. */
export const EmailReserved = DomainEvent.make("EmailReserved", { ...claim, holder: Holder })
/** The address is kept for a customer who waits for it. */
export interface EmailReserved extends Schema.Schema.Type<typeof EmailReserved> {}

/** The customer has taken the address. */
export const EmailConfirmed = DomainEvent.make("EmailConfirmed", claim)
/** The customer has taken the address. */
export interface EmailConfirmed extends Schema.Schema.Type<typeof EmailConfirmed> {}

/** The address is free again. */
export const EmailReleased = DomainEvent.make("EmailReleased", claim)
/** The address is free again. */
export interface EmailReleased extends Schema.Schema.Type<typeof EmailReleased> {}

/** The claim was given up before it was heard of: it will not reserve the address any more. */
export const EmailClaimBarred = DomainEvent.make("EmailClaimBarred", claim)
/** The claim was given up before it was heard of: it will not reserve the address any more. */
export interface EmailClaimBarred extends Schema.Schema.Type<typeof EmailClaimBarred> {}

/** The schema of everything that happens to an address. */
export const EmailClaimEvent = Schema.Union([EmailReserved, EmailConfirmed, EmailReleased, EmailClaimBarred])
/** Something that happened to an address. */
export type EmailClaimEvent = typeof EmailClaimEvent.Type
