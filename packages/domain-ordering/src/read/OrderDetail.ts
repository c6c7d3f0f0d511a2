/**
 * A whole order in a row: its lines and sums, who approved it, its shipment or cancellation, and its way so far.
 *
 * Gotcha: what is personal is left out, because a row outlives the forgetting of a person: the shipping address and who
 * signed for the goods are read from the stream of the order, where they are sealed.
 */
import { Projection, ReadModel } from "@eventfold/decider"
import { Currency, CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Result, Schema } from "effect"
import { Order } from "../Order.ts"
import { OrderApproved, OrderCancelled, OrderEvent, OrderShipped } from "../OrderEvents.ts"
import * as OrderLines from "../OrderLines.ts"
import { OrderStatus } from "../OrderStatus.ts"

/** A step of an order's way: the status it reached, and when. */
const Milestone = Schema.Struct({
  status: OrderStatus,
  /** When it happened in the business. */
  occurredAt: Schema.DateTimeUtc,
  /** When the store took it. */
  recordedAt: Schema.DateTimeUtc,
  /** The version of the order at which it got there. */
  version: Schema.Int
})

/** The schema of a row. What the order has not reached is absent. */
export const OrderDetailRow = Schema.Struct({
  orderId: OrderId,
  customerId: CustomerId,
  status: OrderStatus,
  currency: Currency.Currency,
  ...OrderLines.OrderLines.fields,
  approvedBy: Schema.optionalKey(OrderApproved.fields.approvedBy),
  shipment: Schema.optionalKey(
    Schema.Struct({
      trackingNumber: OrderShipped.fields.trackingNumber,
      carrier: OrderShipped.fields.carrier,
      estimatedDelivery: OrderShipped.fields.estimatedDelivery
    })
  ),
  cancellation: Schema.optionalKey(
    Schema.Struct({
      cancelledBy: OrderCancelled.fields.cancelledBy,
      reason: OrderCancelled.fields.reason,
      refundDue: OrderCancelled.fields.refundDue
    })
  ),
  /** The statuses it reached, the first one first. */
  timeline: Schema.Array(Milestone),
  /** When the last event occurred. */
  updatedAt: Schema.DateTimeUtc,
  /** The version of the order's stream that the row tells about. */
  version: Schema.Int
}).annotate({ identifier: "OrderDetailRow" })
/** A whole order. */
export type OrderDetailRow = typeof OrderDetailRow.Type

/** The details, as what keeps their rows knows them. */
export const readModel = ReadModel.make({ name: "order_detail", key: ["orderId"], row: OrderDetailRow })

/** The details of every order. An event that cannot follow the status, or is told about already, changes nothing. */
export const OrderDetail = Projection.make({
  readModel,
  readsPersonal: false,
  events: OrderEvent,
  keys: Projection.byStream(Order.category, "orderId"),
  project: (event, [row], recorded) => {
    const before = row ?? (event._tag === "OrderDrafted" ? begun(event) : undefined)
    if (before === undefined || recorded.version <= before.version) return Projection.unchanged
    const changes = changesOf(before, event)
    if (changes === undefined) return Projection.unchanged
    const { recordedAt, version } = recorded
    const { occurredAt } = event
    const milestone = changes.status === undefined ? [] : [{ status: changes.status, occurredAt, recordedAt, version }]
    const timeline = [...before.timeline, ...milestone]
    return [Projection.upsert({ ...before, ...changes, timeline, updatedAt: occurredAt, version })]
  }
})

const begun = ({
  currency,
  customerId,
  occurredAt,
  orderId
}: Extract<OrderEvent, { readonly _tag: "OrderDrafted" }>): OrderDetailRow => ({
  orderId,
  customerId,
  status: "draft",
  currency,
  ...OrderLines.empty(currency),
  timeline: [],
  updatedAt: occurredAt,
  version: 0
})

type Changes = Partial<OrderDetailRow> | undefined

/** What an event changes, as `Order.evolve` does; nothing when it cannot follow the status. */
const changesOf = (row: OrderDetailRow, event: OrderEvent): Changes => {
  const { status } = row
  switch (event._tag) {
    case "OrderDrafted":
      return row.version === 0 ? { status: "draft" } : undefined
    case "ItemAdded":
      return edited(row, OrderLines.add(row, event))
    case "ItemQuantityChanged":
      return edited(row, OrderLines.changeQuantity(row, event.productId, event.quantity))
    case "ItemRemoved":
      return edited(row, OrderLines.remove(row, event.productId))
    case "OrderPlaced": {
      const { discount, gross, lines, total } = event
      return status === "draft" ? { status: "placed", discount, gross, lines, total } : undefined
    }
    case "OrderApproved":
      return status === "placed" ? { status: "approved", approvedBy: event.approvedBy } : undefined
    case "OrderShipped": {
      const { carrier, estimatedDelivery, trackingNumber } = event
      const shipment = {
        trackingNumber,
        carrier,
        ...(estimatedDelivery === undefined ? {} : { estimatedDelivery })
      }
      return status === "approved" ? { status: "shipped", shipment } : undefined
    }
    case "OrderDelivered":
      return status === "shipped" ? { status: "delivered" } : undefined
    case "OrderCancelled": {
      const { cancelledBy, reason, refundDue } = event
      const over = status === "shipped" || status === "delivered" || status === "cancelled"
      return over ? undefined : { status: "cancelled", cancellation: { cancelledBy, reason, refundDue } }
    }
  }
}

const edited = <E>({ status }: OrderDetailRow, lines: Result.Result<OrderLines.OrderLines, E>): Changes =>
  status === "draft" && Result.isSuccess(lines) ? lines.success : undefined
