/**
 * What can be asked about orders, as typed queries: one order, its history, a page of the list.
 *
 * One order and its history are read from its stream and always up to date; the list is a read model.
 */
import { Message } from "@eventfold/decider"
import { OrderErrors, OrderLines, OrderStatus, OrderSummary } from "@eventfold/domain-ordering"
import { EventMetadata, StreamId } from "@eventfold/event-store"
import { Address, Currency, CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"

const ofOrder = { tenant: StreamId.Tenant, orderId: OrderId }

/** A step of an order's way: the status it reached, and when. */
export const Milestone = Schema.Struct({
  status: OrderStatus.OrderStatus,
  /** When it happened in the business. */
  occurredAt: Schema.DateTimeUtc,
  /** When the store took it. */
  recordedAt: Schema.DateTimeUtc,
  /** The version of the order at which it got there. */
  version: Schema.Int
}).annotate({ identifier: "Milestone" })

/** An order as it is now. What it has not reached yet is absent. */
export const OrderDetail = Schema.Struct({
  orderId: OrderId,
  customerId: CustomerId,
  status: OrderStatus.OrderStatus,
  /** How many events the order has. */
  version: Schema.Int,
  currency: Currency.Currency,
  ...OrderLines.OrderLines.fields,
  shippingAddress: Schema.optionalKey(Address.Address),
  approvedBy: Schema.optionalKey(Schema.String),
  shipment: Schema.optionalKey(
    Schema.Struct({
      trackingNumber: Schema.String,
      carrier: Schema.String,
      estimatedDelivery: Schema.optionalKey(Schema.DateTimeUtc)
    })
  ),
  signedBy: Schema.optionalKey(Schema.String),
  cancellation: Schema.optionalKey(
    Schema.Struct({ cancelledBy: Schema.String, reason: Schema.String, refundDue: Schema.Boolean })
  ),
  timeline: Schema.Array(Milestone)
}).annotate({ identifier: "OrderDetail", description: "The order as it is now" })
/** An order as it is now. */
export interface OrderDetail extends Schema.Schema.Type<typeof OrderDetail> {}

/** Asks for one order as it is now. */
export const GetOrder = Schema.TaggedStruct("GetOrder", ofOrder)
/** The message that carries {@link GetOrder}. */
export const getOrder = Message.query({
  context: "orders",
  payload: GetOrder,
  answer: OrderDetail,
  refusal: OrderErrors.OrderNotFound
})

/** The most events one page of a history holds. */
export const largestHistoryPage = 1000

/** One event of an order's history, for people and programs. */
export const HistoryEntry = Schema.Struct({
  version: Schema.Int,
  eventId: Schema.String,
  type: Schema.String,
  schemaVersion: Schema.Int,
  /** What happened, in a few words. */
  summary: Schema.String,
  occurredAt: Schema.DateTimeUtc,
  recordedAt: Schema.DateTimeUtc,
  data: Schema.Json,
  metadata: EventMetadata
}).annotate({ identifier: "HistoryEntry" })
/** One event of an order's history. */
export interface HistoryEntry extends Schema.Schema.Type<typeof HistoryEntry> {}

/** A page of an order's history, oldest event first. */
export const OrderHistory = Schema.Struct({
  orderId: OrderId,
  /** How many events the order has, on this page and on others. */
  version: Schema.Int,
  events: Schema.Array(HistoryEntry)
}).annotate({ identifier: "OrderHistory" })
/** A page of an order's history. */
export interface OrderHistory extends Schema.Schema.Type<typeof OrderHistory> {}

/** Asks for the history of one order: at most `limit` events after version `after`. */
export const GetOrderHistory = Schema.TaggedStruct("GetOrderHistory", {
  ...ofOrder,
  after: Schema.Natural,
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: largestHistoryPage }))
})
/** The message that carries {@link GetOrderHistory}. */
export const getOrderHistory = Message.query({
  context: "orders",
  payload: GetOrderHistory,
  answer: OrderHistory,
  refusal: OrderErrors.OrderNotFound
})

/** The most rows one page of the list holds. */
export const largestListPage = 100

/** A page of the list of orders, the newest order first. */
export const OrderPage = Schema.Struct({
  orders: Schema.Array(OrderSummary.OrderSummary),
  /** Where the next page begins; absent on the last page. */
  next: Schema.optionalKey(Schema.Int),
  /** Whether the list holds everything that was stored when it was asked for. */
  upToDate: Schema.Boolean
})
/** A page of the list of orders. */
export interface OrderPage extends Schema.Schema.Type<typeof OrderPage> {}

/** Asks for a page of the list: the orders of a customer, in a status, or all; `before` is the `next` of a page. */
export const FindOrders = Schema.TaggedStruct("FindOrders", {
  tenant: StreamId.Tenant,
  customerId: Schema.optionalKey(CustomerId),
  status: Schema.optionalKey(OrderStatus.OrderStatus),
  before: Schema.optionalKey(Schema.Int),
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: largestListPage }))
})
/** Asks for a page of the list. */
export interface FindOrders extends Schema.Schema.Type<typeof FindOrders> {}
/** The message that carries {@link FindOrders}. */
export const findOrders = Message.query({ context: "orders", payload: FindOrders, answer: OrderPage })
