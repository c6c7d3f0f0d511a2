/** Which streams hold buyers. They are a storage format: they never change. */
import { Buyer } from "@eventfold/domain-ordering"
import { StreamId } from "@eventfold/event-store"
import type { CustomerId } from "@eventfold/shared-kernel"

/** The stream of a buyer. */
export const buyerStreamOf = (tenant: string, customerId: CustomerId): StreamId.StreamId =>
  StreamId.make(tenant, Buyer.Buyer.category, customerId)
