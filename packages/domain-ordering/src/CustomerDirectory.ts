/**
 * The port by which sales asks who a customer is, once it has heard that there is something to know: messages say nothing
 * personal. What is answered is what is true when it is asked, in the words of sales.
 */
import type { CustomerId } from "@eventfold/shared-kernel"
import { Context, type Effect, Schema } from "effect"
import type { BuyerDescription } from "./BuyerDescription.ts"

/** Who a customer is; or why nobody can tell. */
export type Found =
  | { readonly _tag: "Known"; readonly description: BuyerDescription }
  | { readonly _tag: "Forgotten" }
  | { readonly _tag: "Unknown" }

/** Who the customers are cannot be asked now. */
export class CustomerDirectoryUnavailable extends Schema.TaggedError<CustomerDirectoryUnavailable>()(
  "CustomerDirectoryUnavailable",
  { reason: Schema.String }
) {
  readonly retryable = true
  override get message() {
    return `customers cannot be looked up now: ${this.reason}`
  }
}

/** Knows who the customers are. */
export class CustomerDirectory extends Context.Service<
  CustomerDirectory,
  {
    /** Who a customer is now. */
    find(tenant: string, customerId: CustomerId): Effect.Effect<Found, CustomerDirectoryUnavailable>
  }
>()("@eventfold/domain-ordering/CustomerDirectory") {}
