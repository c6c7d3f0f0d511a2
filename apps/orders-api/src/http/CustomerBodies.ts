/**
 * The bodies of the commands on customers as JSON: what the command holds, less what is in the path.
 *
 * `occurredAt` may be left out: then it is the time of the request.
 */
import { CustomerCommands } from "@eventfold/domain-customers"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { occurredAt } from "./PointInTime.ts"

const { email, profile } = CustomerCommands.RegisterCustomer.fields

/** Registers a customer. Without a `customerId` it is derived from the id of the command, so that a repetition names the same. */
export const RegisterCustomer = Schema.Struct({
  customerId: Schema.optionalKey(CustomerId),
  profile,
  email,
  ...occurredAt
}).annotate({ identifier: "RegisterCustomer" })

/** Puts another profile in the place of the one there is. */
export const ChangeProfile = Schema.Struct({ profile, ...occurredAt }).annotate({ identifier: "ChangeProfile" })

/** Asks for another e-mail address. */
export const ChangeEmail = Schema.Struct({ email, ...occurredAt }).annotate({ identifier: "ChangeEmail" })
