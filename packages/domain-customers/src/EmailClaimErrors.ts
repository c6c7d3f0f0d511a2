/**
 * Why a claim to an e-mail address is refused: one typed error per reason. None tells whose the address is, nor the address.
 */
import { Schema } from "effect"
import { EmailClaimId } from "./EmailClaimId.ts"

const claim = { claimId: EmailClaimId }

/** The address is another customer's, or kept for one. */
export class EmailTaken extends Schema.TaggedError<EmailTaken>()("EmailTaken", claim) {
  override get message() {
    return `what ${this.claimId} claims belongs to another customer`
  }
}

/** The claim was given up: what comes of it late has no effect any more. */
export class EmailClaimEnded extends Schema.TaggedError<EmailClaimEnded>()("EmailClaimEnded", claim) {
  override get message() {
    return `${this.claimId} was given up`
  }
}

/** The claim does not hold the address, so it cannot be confirmed. */
export class EmailNotReserved extends Schema.TaggedError<EmailNotReserved>()("EmailNotReserved", claim) {
  override get message() {
    return `${this.claimId} does not hold what it claims`
  }
}

/** The schema of every refusal of a claim. */
export const EmailClaimRefusal = Schema.Union([EmailTaken, EmailClaimEnded, EmailNotReserved])
/** Why a claim is refused. */
export type EmailClaimRefusal = typeof EmailClaimRefusal.Type
