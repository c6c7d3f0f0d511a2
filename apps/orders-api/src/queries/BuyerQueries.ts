/** What can be asked of buyers, as typed queries: one, from their stream; a list, of a read model. */
import { Message } from "@eventfold/decider"
import { BuyerDescription, Buyers } from "@eventfold/domain-ordering"
import { StreamId } from "@eventfold/event-store"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Pages from "./Pages.ts"
import { shown } from "./Shown.ts"

/** Sales has not heard of a customer with this id. */
export class BuyerNotFound extends Schema.TaggedError<BuyerNotFound>()("BuyerNotFound", { customerId: CustomerId }) {
  override get message() {
    return `sales has not heard of ${this.customerId}`
  }
}

/** A customer as sales sees them. */
export const BuyerDetail = Schema.Struct({
  customerId: CustomerId,
  /** When they became a customer; absent while nobody has told. */
  registeredAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** How they buy; absent while nobody has told. */
  kind: Schema.optionalKey(BuyerDescription.BuyerKind),
  /** Who they are; absent while nobody has told. */
  description: Schema.optionalKey(shown(BuyerDescription.BuyerDescription)),
  /** The version of the buyer's stream: how many events it has. */
  version: Schema.Int
}).annotate({ identifier: "BuyerDetail", description: "A customer as sales sees them" })
/** A customer as sales sees them. */
export interface BuyerDetail extends Schema.Schema.Type<typeof BuyerDetail> {}

/** Asks for one customer as sales sees them. */
export const GetBuyer = Schema.TaggedStruct("GetBuyer", { tenant: StreamId.Tenant, customerId: CustomerId })
/** The message that carries {@link GetBuyer}. */
export const getBuyer = Message.query({
  context: "ordering",
  payload: GetBuyer,
  answer: BuyerDetail,
  refusal: BuyerNotFound
})

/** Asks for a page of customers as sales sees them, by their ids. What is left out does not restrict. */
export const FindBuyers = Schema.TaggedStruct("FindBuyers", {
  ...Pages.fields,
  kind: Schema.optionalKey(BuyerDescription.BuyerKind)
})
/** The message that carries {@link FindBuyers}. */
export const findBuyers = Pages.query("ordering", FindBuyers, Buyers.BuyerRow)
