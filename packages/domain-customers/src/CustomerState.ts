/**
 * The state of a customer. It is rebuilt from events; a snapshot of it is checked against the schema.
 * `none` is a customer of whom nothing has been heard.
 */
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Claimed } from "./CustomerEvents.ts"
import { WhyNot } from "./CustomerStatus.ts"
import { EmailClaimId } from "./EmailClaimId.ts"
import { PersonalEmail, PersonalProfile } from "./Profile.ts"

const known = { customerId: CustomerId, profile: PersonalProfile, email: PersonalEmail, claimed: Claimed }

/** The schema of the state of a customer; `status` tells the shapes apart. */
export const CustomerState = Schema.Union([
  Schema.Struct({ status: Schema.tag("none") }),
  Schema.Struct({ status: Schema.tag("requested"), ...known }),
  Schema.Struct({ status: Schema.tag("rejected"), customerId: CustomerId, claimId: EmailClaimId, reason: WhyNot }),
  Schema.Struct({
    status: Schema.tag("registered"),
    ...known,
    /** How many e-mail addresses were claimed for the customer so far, that of the registration included. */
    claims: Schema.Int.check(Schema.isGreaterThan(0)),
    /** The address that is to take the place of the present one. */
    awaited: Schema.optionalKey(Schema.Struct({ email: PersonalEmail, claimed: Claimed })),
    /** Why the last change came to nothing; absent when it did not. */
    lastRejected: Schema.optionalKey(WhyNot)
  })
])
/** The state of a customer. */
export type CustomerState = typeof CustomerState.Type

/** A customer in one status, or in one of several. */
export type CustomerIn<Status extends CustomerState["status"]> = Extract<CustomerState, { readonly status: Status }>
