/** What billing is told of customers. */
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** Tells that somebody has become a customer. */
export const RegisterDebtor = Schema.TaggedStruct("RegisterDebtor", {
  customerId: CustomerId,
  occurredAt: Schema.DateTimeUtc
})
/** Tells that somebody has become a customer. */
export interface RegisterDebtor extends Schema.Schema.Type<typeof RegisterDebtor> {}
