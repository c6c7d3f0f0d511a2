/**
 * Names one attempt of a customer to have an e-mail address: of the registration, and of each change of the address. It
 * follows from the customer and the number of the attempt, so that asking again is the same attempt.
 */
import { NameId } from "@eventfold/decider"
import { type CustomerId, Identifier } from "@eventfold/shared-kernel"

/** The schema of identifiers of claims, `claim_<uuid>`, with `fromUuid` and `uuidOf`. */
export const EmailClaimId = Identifier.make("claim")
/** Names a claim. */
export type EmailClaimId = typeof EmailClaimId.Type

/** The claim of a customer with a number, from 1. */
export const of = (customerId: CustomerId, number: number): EmailClaimId =>
  EmailClaimId.fromUuid(NameId.make("email-claim", customerId, String(number)))
