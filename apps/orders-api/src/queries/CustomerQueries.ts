/** What can be asked about customers, as typed queries: one, read from their stream, and always up to date. */
import { Message } from "@eventfold/decider"
import { CustomerErrors, type CustomerStatus, Profile } from "@eventfold/domain-customers"
import { StreamId } from "@eventfold/event-store"
import { CustomerId, EmailAddress } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { shown } from "./Shown.ts"

/** A customer as they are now. */
export const CustomerDetail = Schema.Struct({
  customerId: CustomerId,
  /** Who is not registered after all is no customer. */
  status: Schema.Literals(["requested", "registered"] satisfies ReadonlyArray<CustomerStatus.CustomerStatus>),
  /** The version of their last event: how many events they have. */
  version: Schema.Int,
  profile: shown(Profile.Profile),
  /** Theirs alone, once they are registered. */
  email: shown(EmailAddress.EmailAddress),
  /** The address that is to take its place; absent when none is. */
  awaitedEmail: Schema.optionalKey(shown(EmailAddress.EmailAddress)),
  /** When they registered, in the business; absent until they have. */
  registeredAt: Schema.optionalKey(Schema.DateTimeUtc)
}).annotate({ identifier: "CustomerDetail", description: "The customer as they are now" })
/** A customer as they are now. */
export interface CustomerDetail extends Schema.Schema.Type<typeof CustomerDetail> {}

/** Asks for one customer as they are now. */
export const GetCustomer = Schema.TaggedStruct("GetCustomer", { tenant: StreamId.Tenant, customerId: CustomerId })
/** The message that carries {@link GetCustomer}. */
export const getCustomer = Message.query({
  context: "customers",
  payload: GetCustomer,
  answer: CustomerDetail,
  refusal: CustomerErrors.CustomerNotFound
})
