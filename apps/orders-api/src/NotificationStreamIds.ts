/** Which streams hold the news of orders and recipients. They are a storage format: they never change. */
import { OrderNews, Recipient } from "@eventfold/domain-notifications"
import { StreamId } from "@eventfold/event-store"
import type { CustomerId, OrderId } from "@eventfold/shared-kernel"

/** The stream of the news of an order. */
export const newsStreamOf = (tenant: string, orderId: OrderId): StreamId.StreamId =>
  StreamId.make(tenant, OrderNews.OrderNews.category, orderId)

/** The stream of a recipient. */
export const recipientStreamOf = (tenant: string, customerId: CustomerId): StreamId.StreamId =>
  StreamId.make(tenant, Recipient.Recipient.category, customerId)
