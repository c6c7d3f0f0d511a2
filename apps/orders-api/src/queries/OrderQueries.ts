/**
 * What can be asked about orders, as typed queries: one order, its history, a page of the list.
 *
 * One order and its history are read from its stream and always up to date; the list is a read model.
 */
import { Message } from "@eventfold/decider"
import { OrderErrors, OrderLines, OrderStatus, OrderSummary } from "@eventfold/domain-ordering"
import { EventMetadata, History, StreamId } from "@eventfold/event-store"
import { Address, Currency, CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Pages from "./Pages.ts"
import { shown } from "./Shown.ts"

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
  /** The version of its last event: how many events it has. As of the past, that of the last event by then. */
  version: Schema.Int,
  currency: Currency.Currency,
  ...OrderLines.OrderLines.fields,
  shippingAddress: Schema.optionalKey(shown(Address.Address)),
  approvedBy: Schema.optionalKey(Schema.String),
  shipment: Schema.optionalKey(
    Schema.Struct({
      trackingNumber: Schema.String,
      carrier: Schema.String,
      estimatedDelivery: Schema.optionalKey(Schema.DateTimeUtc)
    })
  ),
  signedBy: Schema.optionalKey(shown(Schema.String)),
  cancellation: Schema.optionalKey(
    Schema.Struct({ cancelledBy: Schema.String, reason: Schema.String, refundDue: Schema.Boolean })
  ),
  timeline: Schema.Array(Milestone)
}).annotate({ identifier: "OrderDetail", description: "The order as it is now" })
/** An order as it is now. */
export interface OrderDetail extends Schema.Schema.Type<typeof OrderDetail> {}

/** Asks for one order as it is now, or as it was as of a point in the past. */
export const GetOrder = Schema.TaggedStruct("GetOrder", {
  ...ofOrder,
  asOf: Schema.optionalKey(History.HistoryPoint)
})
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
  /** What it holds, as it was stored; a value about a person as it is, or `[REDACTED]`. */
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
  events: Schema.Array(HistoryEntry),
  /** The version after which the next page begins; absent on the last page. */
  next: Schema.optionalKey(Schema.Int)
}).annotate({ identifier: "OrderHistory" })
/** A page of an order's history. */
export interface OrderHistory extends Schema.Schema.Type<typeof OrderHistory> {}

/** Asks for the history of one order: at most `limit` events after version `after`, of a time or of all times. */
export const GetOrderHistory = Schema.TaggedStruct("GetOrderHistory", {
  ...ofOrder,
  after: Schema.Natural,
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: largestHistoryPage })),
  /** Events of that time or later. */
  from: Schema.optionalKey(Schema.DateTimeUtc),
  /** Events before that time. */
  to: Schema.optionalKey(Schema.DateTimeUtc),
  /** Which time of the events is meant: by default, when they were recorded. */
  by: Schema.optionalKey(History.HistoryTime)
})
/** The message that carries {@link GetOrderHistory}. */
export const getOrderHistory = Message.query({
  context: "orders",
  payload: GetOrderHistory,
  answer: OrderHistory,
  refusal: OrderErrors.OrderNotFound
})

/** The most rows one page of orders holds. */
export const largestListPage = Pages.largestPage

/** In which order a list of orders comes; what is sorted by a total should be of one currency. */
export const OrderSort = Schema.Literals(["newest", "oldest", "placed", "total", "-total"])
/** In which order a list of orders comes. */
export type OrderSort = typeof OrderSort.Type

/** Which orders to list; what is left out does not restrict. */
export const OrderFilter = {
  customerId: Schema.optionalKey(CustomerId),
  status: Schema.optionalKey(OrderStatus.OrderStatus),
  currency: Schema.optionalKey(Currency.Currency),
  /** In minor units; included. */
  minTotal: Schema.optionalKey(Schema.Natural),
  /** In minor units; included. */
  maxTotal: Schema.optionalKey(Schema.Natural),
  /** Placed then or later. */
  placedFrom: Schema.optionalKey(Schema.DateTimeUtc),
  /** Placed before. */
  placedTo: Schema.optionalKey(Schema.DateTimeUtc)
}

/** Asks for a page of the list of orders. */
export const FindOrders = Schema.TaggedStruct("FindOrders", {
  ...Pages.fields,
  ...OrderFilter,
  sort: Schema.optionalKey(OrderSort)
})
/** Asks for a page of the list of orders. */
export interface FindOrders extends Schema.Schema.Type<typeof FindOrders> {}
/** The message that carries {@link FindOrders}. */
export const findOrders = Pages.query("orders", FindOrders, OrderSummary.OrderSummary)

/** A page of all orders as of a point in the past, in the order of their ids. */
export const OrdersAsOf = Schema.Struct({
  /** Those that had been drafted by then. */
  orders: Schema.Array(OrderSummary.OrderSummary),
  /** The ids of those that cannot be told, because this version of the service cannot read one of their events. */
  unreadable: Schema.Array(Schema.String),
  /** The id after which the next page begins; absent on the last page. */
  next: Schema.optionalKey(Schema.String)
})
/** A page of all orders as of a point in the past. */
export interface OrdersAsOf extends Schema.Schema.Type<typeof OrdersAsOf> {}

/** Asks for a page of all orders as of a point in the past: `limit` of today's orders are looked at. */
export const FindOrdersAsOf = Schema.TaggedStruct("FindOrdersAsOf", {
  tenant: StreamId.Tenant,
  asOf: History.HistoryPoint,
  after: Schema.optionalKey(Schema.String),
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: largestListPage }))
})
/** Asks for a page of all orders as of a point in the past. */
export interface FindOrdersAsOf extends Schema.Schema.Type<typeof FindOrdersAsOf> {}
/** The message that carries {@link FindOrdersAsOf}. */
export const findOrdersAsOf = Message.query({ context: "orders", payload: FindOrdersAsOf, answer: OrdersAsOf })
