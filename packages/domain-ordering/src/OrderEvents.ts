/**
 * What happens to an order. Names and shapes are a storage format: a changed shape gets a higher version, and
 * `OrderUpcasts.ts` says what the lower ones mean.
 *
 * What is known of the customer (where the goods go, who signed for them) is personal: it can be forgotten. Who of the
 * staff approved or cancelled, and what they noted, is the record of the business about its own doings and stays.
 *
 * Every event carries `orderId` and `occurredAt`. Where `total` and `lineCount` stand, they are the order's after the
 * event, so that readers need not do the arithmetic of lines again.
 */
import { DomainEvent, Personal } from "@eventfold/decider"
import {
  Address,
  Currency,
  CustomerId,
  Money,
  OrderId,
  PersonName,
  ProductId,
  Quantity,
  Text
} from "@eventfold/shared-kernel"
import { CardToken } from "@eventfold/domain-payments/published"
import { Schema } from "effect"
import { OrderItem, OrderLines } from "./OrderLines.ts"
import { OrderStatus } from "./OrderStatus.ts"
import * as Upcasts from "./OrderUpcasts.ts"

/** The schema of who can cancel an order. */
export const CancelledBy = Schema.Literals(["customer", "admin", "system"]).annotate({
  message: "must be customer, admin or system"
})
/** Who cancelled an order. */
export type CancelledBy = typeof CancelledBy.Type

const orderId = OrderId
const afterwards = { lineCount: Schema.Natural, total: Money.NonNegativeMoney }

/** A customer began an order. */
export const OrderDrafted = DomainEvent.make("OrderDrafted", {
  orderId,
  customerId: CustomerId,
  currency: Currency.Currency
})
/** A customer began an order. */
export interface OrderDrafted extends Schema.Schema.Type<typeof OrderDrafted> {}

/** So many pieces were added to a draft: as a new line, or to the line that had the product already. */
export const ItemAdded = DomainEvent.make("ItemAdded", { orderId, ...OrderItem.fields, ...afterwards })
/** So many pieces were added to a draft: as a new line, or to the line that had the product already. */
export interface ItemAdded extends Schema.Schema.Type<typeof ItemAdded> {}

/** A line of a draft got another quantity. */
export const ItemQuantityChanged = DomainEvent.make("ItemQuantityChanged", {
  orderId,
  productId: ProductId,
  quantity: Quantity.Quantity,
  ...afterwards
})
/** A line of a draft got another quantity. */
export interface ItemQuantityChanged extends Schema.Schema.Type<typeof ItemQuantityChanged> {}

/** A line was taken out of a draft. */
export const ItemRemoved = DomainEvent.make("ItemRemoved", { orderId, productId: ProductId, ...afterwards })
/** A line was taken out of a draft. */
export interface ItemRemoved extends Schema.Schema.Type<typeof ItemRemoved> {}

/** The customer committed to the order: what it holds, what it costs, where it goes. */
export const OrderPlaced = DomainEvent.nextVersion(
  Upcasts.OrderPlacedV1,
  {
    orderId,
    ...OrderLines.fields,
    shippingAddress: Personal.schema(Address.Address),
    /** Stands for the card that is to pay. Without it, people see to the payment. */
    paymentToken: Schema.optionalKey(CardToken)
  },
  Upcasts.orderPlaced
)
/** The customer committed to the order: what it holds, what it costs, where it goes. */
export interface OrderPlaced extends Schema.Schema.Type<typeof OrderPlaced> {}

/** The order may be shipped. */
export const OrderApproved = DomainEvent.make("OrderApproved", {
  orderId,
  approvedBy: Text.line(200),
  notes: Schema.optionalKey(Text.block(2_000))
})
/** The order may be shipped. */
export interface OrderApproved extends Schema.Schema.Type<typeof OrderApproved> {}

/** The goods left with a carrier. */
export const OrderShipped = DomainEvent.make("OrderShipped", {
  orderId,
  trackingNumber: Text.line(100),
  carrier: Text.line(100),
  estimatedDelivery: Schema.optionalKey(Schema.DateTimeUtc)
})
/** The goods left with a carrier. */
export interface OrderShipped extends Schema.Schema.Type<typeof OrderShipped> {}

/** Somebody took the goods and signed for them. */
export const OrderDelivered = DomainEvent.nextVersion(
  Upcasts.OrderDeliveredV1,
  { orderId, signedBy: Personal.schema(PersonName.PersonName) },
  Upcasts.orderDelivered
)
/** Somebody took the goods and signed for them. */
export interface OrderDelivered extends Schema.Schema.Type<typeof OrderDelivered> {}

/** The order came to nothing: by whose will, why, from which status, and whether money is owed back. */
export const OrderCancelled = DomainEvent.make("OrderCancelled", {
  orderId,
  cancelledBy: CancelledBy,
  by: Schema.optionalKey(Text.line(200)),
  reason: Text.block(2_000),
  refundDue: Schema.Boolean,
  previousStatus: OrderStatus
})
/** The order came to nothing: by whose will, why, from which status, and whether money is owed back. */
export interface OrderCancelled extends Schema.Schema.Type<typeof OrderCancelled> {}

/** The schema of everything that happens to an order. */
export const OrderEvent = Schema.Union([
  OrderDrafted,
  ItemAdded,
  ItemQuantityChanged,
  ItemRemoved,
  OrderPlaced,
  OrderApproved,
  OrderShipped,
  OrderDelivered,
  OrderCancelled
])
/** Something that happened to an order. */
export type OrderEvent = typeof OrderEvent.Type
