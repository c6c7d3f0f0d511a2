/** What events of orders mean for the rows of the list: between the log and the rows, pure but for the decoding. */
import { Order, type OrderEvents, OrderSummary } from "@eventfold/domain-ordering"
import { EventCodec, StreamId } from "@eventfold/event-store"
import type { OrderListKey, OrderListRow } from "./OrderListStorage.ts"

/** Decodes the events of orders. */
export const codec: EventCodec.EventCodec<OrderEvents.OrderEvent> = EventCodec.make(Order.Order.Event)

/** The order of a stream: its id is that of the stream. */
export const keyOf = ({ id, tenant }: StreamId.StreamId): OrderListKey => ({ tenant, orderId: id })

/** The stream of an order. Throws for a key that no stream has. */
export const streamOf = ({ orderId, tenant }: OrderListKey): StreamId.StreamId =>
  StreamId.make(tenant, Order.Order.category, orderId)

/** A key as text, for maps. No tenant has a `/` in it. */
export const textOf = ({ orderId, tenant }: OrderListKey): string => `${tenant}/${orderId}`

/**
 * The row after an event. An event that the row already tells about leaves it as it is, the very same value; before the
 * order was drafted there is no row.
 */
export const fold = (
  row: OrderListRow | undefined,
  { event, recorded }: EventCodec.DecodedEvent<OrderEvents.OrderEvent>
): OrderListRow | undefined => {
  const summary = OrderSummary.evolve(row?.summary, event, recorded.version)
  if (summary === undefined || summary === row?.summary) return row
  return { tenant: recorded.stream.tenant, place: row?.place ?? recorded.position, summary }
}
