/** Where a customer stands. Stored in snapshots: the names never change. */
import { Schema } from "effect"

/**
 * The schema of a customer's status: `requested`, the registration waits for the e-mail address; `registered`; `rejected`,
 * the registration came to nothing.
 */
export const CustomerStatus = Schema.Literals(["requested", "registered", "rejected"]).annotate({
  identifier: "CustomerStatus",
  message: "must be requested, registered or rejected"
})
/** Where a customer stands. */
export type CustomerStatus = typeof CustomerStatus.Type

/** The schema of why a customer did not get an e-mail address: it is another customer's, or the attempt was given up. */
export const WhyNot = Schema.Literals(["email-taken", "given-up"]).annotate({ identifier: "WhyNot" })
/** Why a customer did not get an e-mail address. */
export type WhyNot = typeof WhyNot.Type

/** Why, for people. */
export const whyNot = {
  "email-taken": "the e-mail address belongs to another customer",
  "given-up": "the e-mail address could not be reserved"
} satisfies Record<WhyNot, string>
