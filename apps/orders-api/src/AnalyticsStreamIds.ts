/** Which streams hold orders that are counted. They are a storage format: they never change. */
import { CountedOrder } from "@eventfold/domain-analytics"
import { StreamId } from "@eventfold/event-store"
import type { OrderId } from "@eventfold/shared-kernel"

/** The stream of an order that is counted. */
export const countedOrderStreamOf = (tenant: string, orderId: OrderId): StreamId.StreamId =>
  StreamId.make(tenant, CountedOrder.CountedOrder.category, orderId)
