/** Which stream holds an order. It is a storage format: it never changes. */
import { Order } from "@eventfold/domain-ordering"
import { StreamId } from "@eventfold/event-store"
import type { OrderId } from "@eventfold/shared-kernel"

/** The stream of an order. */
export const streamOf = (tenant: string, orderId: OrderId): StreamId.StreamId =>
  StreamId.make(tenant, Order.Order.category, orderId)
