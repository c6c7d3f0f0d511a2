/**
 * The bodies of the commands as JSON: what the command of the ordering context holds, less what is in the path.
 *
 * `occurredAt` may be left out: then it is the time of the request.
 */
import { OrderCommands } from "@eventfold/domain-ordering"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema, Struct } from "effect"
import { occurredAt, PointInTime } from "./PointInTime.ts"

const rest = <Fields extends Record<"_tag" | "orderId" | "occurredAt", unknown>>(fields: Fields) =>
  Struct.omit(fields, ["_tag", "orderId", "occurredAt"])
/** Who asks, a header says. */
const restOfItems = <Fields extends Record<"_tag" | "orderId" | "occurredAt" | "askedBy", unknown>>(fields: Fields) =>
  Struct.omit(fields, ["_tag", "orderId", "occurredAt", "askedBy"])

/** Begins an order. Without an `orderId` it is derived from the id of the command, so that a repetition names the same. */
export const DraftOrder = Schema.Struct({
  orderId: Schema.optionalKey(OrderId),
  ...restOfItems(OrderCommands.DraftOrder.fields),
  ...occurredAt
}).annotate({ identifier: "DraftOrder" })

/** Adds so many pieces of a product. */
export const AddItem = Schema.Struct({ ...restOfItems(OrderCommands.AddItem.fields), ...occurredAt }).annotate({
  identifier: "AddItem"
})

/** Sets the quantity of a line. */
export const ChangeItemQuantity = Schema.Struct({
  quantity: OrderCommands.ChangeItemQuantity.fields.quantity,
  ...occurredAt
}).annotate({ identifier: "ChangeItemQuantity" })

/** Commits the customer to the draft. */
export const PlaceOrder = Schema.Struct({ ...rest(OrderCommands.PlaceOrder.fields), ...occurredAt }).annotate({
  identifier: "PlaceOrder"
})

/** Allows the order to be shipped. */
export const ApproveOrder = Schema.Struct({ ...rest(OrderCommands.ApproveOrder.fields), ...occurredAt }).annotate({
  identifier: "ApproveOrder"
})

/** Tells that the goods left with a carrier. */
export const ShipOrder = Schema.Struct({
  ...rest(OrderCommands.ShipOrder.fields),
  estimatedDelivery: Schema.optionalKey(PointInTime),
  ...occurredAt
}).annotate({ identifier: "ShipOrder" })

/** Tells that somebody took the goods. */
export const DeliverOrder = Schema.Struct({ ...rest(OrderCommands.DeliverOrder.fields), ...occurredAt }).annotate({
  identifier: "DeliverOrder"
})

/** Calls the order off. */
export const CancelOrder = Schema.Struct({ ...rest(OrderCommands.CancelOrder.fields), ...occurredAt }).annotate({
  identifier: "CancelOrder"
})
