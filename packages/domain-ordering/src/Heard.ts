/**
 * What the messages of other contexts mean to sales: each becomes a command of its own language. The messages say that there is
 * a customer, or that something about one has changed; who it is, is asked of the `CustomerDirectory`.
 */
import type { PublishedMessage } from "@eventfold/decider"
import type { CustomersMessages } from "@eventfold/domain-customers/published"
import type { CustomerId } from "@eventfold/shared-kernel"
import type { DateTime } from "effect"
import type { DescribeBuyer, RegisterBuyer } from "./BuyerCommands.ts"
import type { Found } from "./CustomerDirectory.ts"

/** Somebody has become a customer, and can buy. */
export const customerRegistered = (
  said: PublishedMessage.Said<typeof CustomersMessages.CustomerRegisteredV1>
): RegisterBuyer => ({
  _tag: "RegisterBuyer",
  customerId: said.customerId,
  occurredAt: said.registeredAt
})

/** Who a customer is, once that was asked; nothing when nobody knows, or knows any more. */
export const customerFound = (
  customerId: CustomerId,
  occurredAt: DateTime.Utc,
  found: Found
): DescribeBuyer | undefined =>
  found._tag === "Known" ? { _tag: "DescribeBuyer", customerId, occurredAt, description: found.description } : undefined
