/**
 * What can be asked of an order. Each command is a schema of its payload (`PlaceOrder`) and a message with a typed
 * answer and typed refusals (`placeOrder`), for a bus to carry.
 *
 * What a command says of the customer is in clear: whose it is, only the order knows. It becomes personal in the event.
 * Every command carries `orderId` and `occurredAt`, the business time of what it asks for.
 *
 * What an item costs, the catalogue says; who gives another price is an operator, and says why. With their prices these
 * commands are `PricedCommand.ts`, which is what an order decides.
 */
import { Message, Personal } from "@eventfold/decider"
import { MadeBy } from "@eventfold/domain-catalog/published"
import { Address, Currency, CustomerId, Money, OrderId, Percentage, PersonName } from "@eventfold/shared-kernel"
import { Effect, Schema } from "effect"
import { OrderRefusal } from "./OrderErrors.ts"
import {
  CancelledBy,
  ItemQuantityChanged,
  ItemRemoved,
  OrderApproved,
  OrderCancelled,
  OrderPlaced,
  OrderShipped
} from "./OrderEvents.ts"
import { maximumLines, OrderItem } from "./OrderLines.ts"
import { OrderStatus } from "./OrderStatus.ts"

/** The schema of what every command on an order answers: where the order stands now. */
export const OrderAnswer = Schema.Struct({
  orderId: OrderId,
  status: OrderStatus,
  /** The version of the order's stream: how many events it has. */
  version: Schema.Int,
  /** What the order's lines cost, discounts taken off. */
  total: Money.NonNegativeMoney
}).annotate({ identifier: "OrderAnswer" })
/** What every command on an order answers: where the order stands now. */
export interface OrderAnswer extends Schema.Schema.Type<typeof OrderAnswer> {}

const ordering = { context: "ordering", answer: OrderAnswer, refusal: OrderRefusal } as const
const common = { orderId: OrderId, occurredAt: Schema.DateTimeUtc }

/** The schema of who asks: a customer, unless an operator is named. Only operators give prices. */
export const AskedBy = Schema.Literals(["customer", "operator"]).annotate({ message: "must be customer or operator" })
/** Who asks. */
export type AskedBy = typeof AskedBy.Type

const item = {
  productId: OrderItem.fields.productId,
  /** What the product is called, for a product the catalogue does not have; otherwise the catalogue says it. */
  productName: Schema.optionalKey(OrderItem.fields.productName),
  quantity: OrderItem.fields.quantity,
  /** Another price than that of the catalogue. */
  unitPrice: Schema.optionalKey(Money.NonNegativeMoney),
  /** In basis points; no discount when left out. To give one is to give a price. */
  discount: Percentage.Percentage.pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(0)),
    Schema.withConstructorDefault(Effect.succeed(Percentage.zero))
  ),
  /** Why a price is given. */
  priceReason: Schema.optionalKey(MadeBy.PriceReason)
}

/** The schema of an item that is asked for. */
export const AskedItem = Schema.Struct(item)
/** An item that is asked for. */
export interface AskedItem extends Schema.Schema.Type<typeof AskedItem> {}

/** Begins an order, with items at once if there are any. */
export const DraftOrder = Schema.TaggedStruct("DraftOrder", {
  ...common,
  customerId: CustomerId,
  currency: Currency.Currency,
  askedBy: Schema.optionalKey(AskedBy),
  items: Schema.optionalKey(
    Schema.Array(AskedItem).check(
      Schema.isMaxLength(maximumLines, { message: `must have at most ${maximumLines} items` })
    )
  )
})
/** Begins an order, with items at once if there are any. */
export interface DraftOrder extends Schema.Schema.Type<typeof DraftOrder> {}
/** The message that carries {@link DraftOrder}. */
export const draftOrder = Message.command({ ...ordering, payload: DraftOrder })

/** Adds so many pieces of a product to a draft. Not repeatable: each time it adds as many. */
export const AddItem = Schema.TaggedStruct("AddItem", {
  ...common,
  ...item,
  askedBy: Schema.optionalKey(AskedBy)
})
/** Adds so many pieces of a product to a draft. Not repeatable: each time it adds as many. */
export interface AddItem extends Schema.Schema.Type<typeof AddItem> {}
/** The message that carries {@link AddItem}. */
export const addItem = Message.command({ ...ordering, payload: AddItem })

/** Sets the quantity of a line of a draft. */
export const ChangeItemQuantity = Schema.TaggedStruct("ChangeItemQuantity", {
  ...common,
  productId: ItemQuantityChanged.fields.productId,
  quantity: ItemQuantityChanged.fields.quantity
})
/** Sets the quantity of a line of a draft. */
export interface ChangeItemQuantity extends Schema.Schema.Type<typeof ChangeItemQuantity> {}
/** The message that carries {@link ChangeItemQuantity}. */
export const changeItemQuantity = Message.command({ ...ordering, payload: ChangeItemQuantity })

/** Takes a line out of a draft. */
export const RemoveItem = Schema.TaggedStruct("RemoveItem", { ...common, productId: ItemRemoved.fields.productId })
/** Takes a line out of a draft. */
export interface RemoveItem extends Schema.Schema.Type<typeof RemoveItem> {}
/** The message that carries {@link RemoveItem}. */
export const removeItem = Message.command({ ...ordering, payload: RemoveItem })

/** Commits the customer to a draft that has items. */
export const PlaceOrder = Schema.TaggedStruct("PlaceOrder", {
  ...common,
  shippingAddress: Personal.inTransit(Address.Address),
  /** Stands for the card that is to pay; with it, the order is fulfilled by itself. */
  paymentToken: OrderPlaced.fields.paymentToken
})
/** Commits the customer to a draft that has items. */
export interface PlaceOrder extends Schema.Schema.Type<typeof PlaceOrder> {}
/** The message that carries {@link PlaceOrder}. */
export const placeOrder = Message.command({ ...ordering, payload: PlaceOrder })

/** Allows a placed order to be shipped. */
export const ApproveOrder = Schema.TaggedStruct("ApproveOrder", {
  ...common,
  approvedBy: OrderApproved.fields.approvedBy,
  notes: OrderApproved.fields.notes
})
/** Allows a placed order to be shipped. */
export interface ApproveOrder extends Schema.Schema.Type<typeof ApproveOrder> {}
/** The message that carries {@link ApproveOrder}. */
export const approveOrder = Message.command({ ...ordering, payload: ApproveOrder })

/** Tells that the goods of an approved order left with a carrier. */
export const ShipOrder = Schema.TaggedStruct("ShipOrder", {
  ...common,
  trackingNumber: OrderShipped.fields.trackingNumber,
  carrier: OrderShipped.fields.carrier,
  estimatedDelivery: OrderShipped.fields.estimatedDelivery
})
/** Tells that the goods of an approved order left with a carrier. */
export interface ShipOrder extends Schema.Schema.Type<typeof ShipOrder> {}
/** The message that carries {@link ShipOrder}. */
export const shipOrder = Message.command({ ...ordering, payload: ShipOrder })

/** Tells that somebody took the goods of a shipped order. */
export const DeliverOrder = Schema.TaggedStruct("DeliverOrder", {
  ...common,
  signedBy: Personal.inTransit(PersonName.PersonName)
})
/** Tells that somebody took the goods of a shipped order. */
export interface DeliverOrder extends Schema.Schema.Type<typeof DeliverOrder> {}
/** The message that carries {@link DeliverOrder}. */
export const deliverOrder = Message.command({ ...ordering, payload: DeliverOrder })

/** Calls an order off before it is shipped. */
export const CancelOrder = Schema.TaggedStruct("CancelOrder", {
  ...common,
  cancelledBy: CancelledBy,
  by: OrderCancelled.fields.by,
  reason: OrderCancelled.fields.reason,
  /** Whether money is owed back. When left out: it is for an approved order, and is not before. */
  refundDue: Schema.optionalKey(Schema.Boolean)
})
/** Calls an order off before it is shipped. */
export interface CancelOrder extends Schema.Schema.Type<typeof CancelOrder> {}
/** The message that carries {@link CancelOrder}. */
export const cancelOrder = Message.command({ ...ordering, payload: CancelOrder })

/** The schema of everything that can be asked of an order. */
export const OrderCommand = Schema.Union([
  DraftOrder,
  AddItem,
  ChangeItemQuantity,
  RemoveItem,
  PlaceOrder,
  ApproveOrder,
  ShipOrder,
  DeliverOrder,
  CancelOrder
])
/** Something that can be asked of an order. */
export type OrderCommand = typeof OrderCommand.Type
