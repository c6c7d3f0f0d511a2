/**
 * What can be asked of the read models of orders besides the list: the search, one order's details, what is to be shipped.
 *
 * Each follows the log by itself, so between two events one can know of an order what another does not know yet. Nothing
 * in them is personal: addresses and signatures are told by `getOrder`, which reads the order's events.
 */
import { Message } from "@eventfold/decider"
import { OrderDetail, OrderErrors, ShippingQueue } from "@eventfold/domain-ordering"
import { StreamId } from "@eventfold/event-store"
import { CustomerId, Money, OrderId, ProductId } from "@eventfold/shared-kernel"
import { Schema, Struct } from "effect"
import * as Pages from "./Pages.ts"
import { SearchText } from "./SearchText.ts"

/** An order that was found. */
export const FoundOrder = Schema.Struct({
  orderId: OrderId,
  customerId: CustomerId,
  products: Schema.Array(Schema.Struct({ productId: ProductId, productName: Schema.String }))
}).annotate({ identifier: "FoundOrder" })

/**
 * Asks for the orders with all the words of a text: in their ids and products, where the last word may be the beginning of
 * one, or in the shipping address, where words are found as a whole.
 */
export const SearchOrders = Schema.TaggedStruct("SearchOrders", {
  ...Pages.fields,
  text: SearchText
})
/** Asks for the orders with all the words of a text. */
export interface SearchOrders extends Schema.Schema.Type<typeof SearchOrders> {}
/** The message that carries {@link SearchOrders}. */
export const searchOrders = Pages.query("orders", SearchOrders, FoundOrder)

/** Asks for all there is of one order but what is personal. */
export const GetOrderDetails = Schema.TaggedStruct("GetOrderDetails", { tenant: StreamId.Tenant, orderId: OrderId })
/** The message that carries {@link GetOrderDetails}. */
export const getOrderDetails = Message.query({
  context: "orders",
  payload: GetOrderDetails,
  answer: OrderDetail.OrderDetailRow,
  refusal: OrderErrors.OrderNotFound
})

/** An order that waits to be shipped. */
export const WaitingOrder = Schema.Struct({
  ...Struct.omit(ShippingQueue.ShippingQueueRow.fields, ["currency", "total"]),
  total: Money.NonNegativeMoney
}).annotate({ identifier: "WaitingOrder" })

/** Asks for the orders that may be shipped, the one that was approved first to begin with. */
export const FindOrdersToShip = Schema.TaggedStruct("FindOrdersToShip", Pages.fields)
/** Asks for the orders that may be shipped. */
export interface FindOrdersToShip extends Schema.Schema.Type<typeof FindOrdersToShip> {}
/** The message that carries {@link FindOrdersToShip}. */
export const findOrdersToShip = Pages.query("orders", FindOrdersToShip, WaitingOrder)
