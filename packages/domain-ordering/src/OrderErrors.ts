/**
 * Why an order refuses a command: one typed error per reason, each naming the order and, where it decides, the status.
 *
 * Refusals are answers, not faults: fields to branch on for programs, a `message` for people. None tells anything about
 * the customer: refusals are kept with the ids of commands, and messages end up in logs.
 */
import { PricingErrors } from "@eventfold/domain-catalog/published"
import { Currency, CustomerId, Money, OrderId, Percentage, ProductId, Quantity } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { OrderStatus } from "./OrderStatus.ts"

const order = { orderId: OrderId }
const orderIn = { orderId: OrderId, status: OrderStatus }
const item = { orderId: OrderId, productId: ProductId }

/** There is no order with this identifier. */
export class OrderNotFound extends Schema.TaggedError<OrderNotFound>()("OrderNotFound", order) {
  override get message() {
    return `there is no order ${this.orderId}`
  }
}

/** The identifier belongs to an order that differs from the draft asked for in what `differs` names. */
export class OrderAlreadyExists extends Schema.TaggedError<OrderAlreadyExists>()("OrderAlreadyExists", {
  ...orderIn,
  customerId: CustomerId,
  differs: Schema.Literals(["customer", "currency", "items"])
}) {
  override get message() {
    const other = this.differs === "items" ? "other items" : `another ${this.differs}`
    return `there is already an order ${this.orderId}, ${this.status}, with ${other}`
  }
}

/** Items change only while an order is a draft. */
export class OrderNotDraft extends Schema.TaggedError<OrderNotDraft>()("OrderNotDraft", orderIn) {
  override get message() {
    return `order ${this.orderId} is ${this.status}: its items change only while it is a draft`
  }
}

/** An order without items cannot be placed. */
export class OrderEmpty extends Schema.TaggedError<OrderEmpty>()("OrderEmpty", orderIn) {
  override get message() {
    return `order ${this.orderId} has no items: it cannot be placed`
  }
}

/** The order must be placed first. */
export class OrderNotPlaced extends Schema.TaggedError<OrderNotPlaced>()("OrderNotPlaced", orderIn) {
  override get message() {
    return `order ${this.orderId} is ${this.status}: it must be placed first`
  }
}

/** The order must be approved first. */
export class OrderNotApproved extends Schema.TaggedError<OrderNotApproved>()("OrderNotApproved", orderIn) {
  override get message() {
    return `order ${this.orderId} is ${this.status}: it must be approved first`
  }
}

/** The order must be shipped first. */
export class OrderNotShipped extends Schema.TaggedError<OrderNotShipped>()("OrderNotShipped", orderIn) {
  override get message() {
    return `order ${this.orderId} is ${this.status}: it must be shipped first`
  }
}

/** The order was placed: it is past that, or was placed with something else; an address that is forgotten is another. */
export class OrderAlreadyPlaced extends Schema.TaggedError<OrderAlreadyPlaced>()("OrderAlreadyPlaced", {
  ...orderIn,
  /** What it was placed with otherwise, while it is placed. Absent, too, in refusals that older versions have kept. */
  differs: Schema.optionalKey(Schema.Literals(["shippingAddress", "paymentToken"]))
}) {
  override get message() {
    const { differs, orderId, status } = this
    if (differs === "paymentToken") return `order ${orderId} is placed, with another payment token or none`
    return status === "placed"
      ? `order ${orderId} is placed, and not known to go to this shipping address`
      : `order ${orderId} is ${status}: it was placed before`
  }
}

/** The order was approved and is past that. */
export class OrderAlreadyApproved extends Schema.TaggedError<OrderAlreadyApproved>()("OrderAlreadyApproved", orderIn) {
  override get message() {
    return `order ${this.orderId} is ${this.status}: it was approved before`
  }
}

/** The order was shipped: it is past that, was shipped otherwise, or is asked to be cancelled too late. */
export class OrderAlreadyShipped extends Schema.TaggedError<OrderAlreadyShipped>()("OrderAlreadyShipped", {
  ...orderIn,
  trackingNumber: Schema.String,
  carrier: Schema.String
}) {
  override get message() {
    const shipment = `${this.carrier} ${this.trackingNumber}`
    return this.status === "shipped"
      ? `order ${this.orderId} is shipped with ${shipment}`
      : `order ${this.orderId} is ${this.status}: it was shipped before, with ${shipment}`
  }
}

/** The order was delivered, and somebody has signed for it. */
export class OrderAlreadyDelivered extends Schema.TaggedError<OrderAlreadyDelivered>()(
  "OrderAlreadyDelivered",
  orderIn
) {
  override get message() {
    return `order ${this.orderId} is delivered, and somebody has signed for it`
  }
}

/** The order was cancelled: nothing more happens to it, and whether a refund is due is settled. */
export class OrderAlreadyCancelled extends Schema.TaggedError<OrderAlreadyCancelled>()("OrderAlreadyCancelled", {
  ...orderIn,
  refundDue: Schema.Boolean
}) {
  override get message() {
    return `order ${this.orderId} is cancelled, with ${this.refundDue ? "a" : "no"} refund due`
  }
}

/** The order has no item of this product. */
export class ItemNotFound extends Schema.TaggedError<ItemNotFound>()("ItemNotFound", item) {
  override get message() {
    return `order ${this.orderId} has no item of product ${this.productId}`
  }
}

/** The product is in the order at another price or discount, the ones named here. */
export class ItemPriceDiffers extends Schema.TaggedError<ItemPriceDiffers>()("ItemPriceDiffers", {
  ...item,
  unitPrice: Money.NonNegativeMoney,
  discount: Percentage.Percentage
}) {
  override get message() {
    const price = `${Money.format(this.unitPrice)} less ${this.discount / 100} %`
    return `order ${this.orderId} has product ${this.productId} at ${price}: remove it first to change its price`
  }
}

/** The price of an item is in another currency than the order. */
export class ItemCurrencyDiffers extends Schema.TaggedError<ItemCurrencyDiffers>()("ItemCurrencyDiffers", {
  ...item,
  orderCurrency: Currency.Currency,
  itemCurrency: Currency.Currency
}) {
  override get message() {
    const { orderId, orderCurrency, productId, itemCurrency } = this
    return `order ${orderId} is in ${orderCurrency}, product ${productId} is priced in ${itemCurrency}`
  }
}

/** Together with what the order has, there would be more pieces of the product than a line can hold. */
export class ItemQuantityTooLarge extends Schema.TaggedError<ItemQuantityTooLarge>()("ItemQuantityTooLarge", {
  ...item,
  quantity: Schema.Int
}) {
  override get message() {
    const { orderId, productId, quantity } = this
    return `order ${orderId} would have ${quantity} pieces of product ${productId}: at most ${Quantity.maximum}`
  }
}

/** The order has as many lines as an order can have. */
export class TooManyLines extends Schema.TaggedError<TooManyLines>()("TooManyLines", {
  ...order,
  maximum: Schema.Int
}) {
  override get message() {
    return `order ${this.orderId} would have more than ${this.maximum} lines`
  }
}

/** The order would be worth more than an amount of money can hold. */
export class OrderTotalTooLarge extends Schema.TaggedError<OrderTotalTooLarge>()("OrderTotalTooLarge", order) {
  override get message() {
    return `the total of order ${this.orderId} would be more than an amount of money can hold`
  }
}

/** The prices to place the order with are not those of its lines: they have changed meanwhile. */
export class PricesOfOtherLines extends Schema.TaggedError<PricesOfOtherLines>()("PricesOfOtherLines", order) {
  override get message() {
    return `order ${this.orderId} has other lines than those that were priced`
  }
}

/** The schema of every refusal that an order decides by itself. */
export const OwnRefusal = Schema.Union([
  OrderNotFound,
  OrderAlreadyExists,
  OrderNotDraft,
  OrderEmpty,
  OrderNotPlaced,
  OrderNotApproved,
  OrderNotShipped,
  OrderAlreadyPlaced,
  OrderAlreadyApproved,
  OrderAlreadyShipped,
  OrderAlreadyDelivered,
  OrderAlreadyCancelled,
  ItemNotFound,
  ItemPriceDiffers,
  ItemCurrencyDiffers,
  ItemQuantityTooLarge,
  TooManyLines,
  OrderTotalTooLarge,
  PricesOfOtherLines
])
/** Why an order refuses a command by itself. */
export type OwnRefusal = typeof OwnRefusal.Type

/** The schema of every refusal of a command on an order: also that there is no price for it. */
export const OrderRefusal = Schema.Union([...OwnRefusal.members, ...PricingErrors.PricingRefusal.members])
/** Why a command on an order is refused. */
export type OrderRefusal = typeof OrderRefusal.Type
