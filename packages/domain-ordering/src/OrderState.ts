/**
 * The state of an order: one shape per status, each with just what is true of an order that got that far.
 *
 * It is rebuilt from events; a snapshot of it is checked against the schema. `none` is an order not yet drafted.
 */
import { CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Schema, Struct } from "effect"
import { OrderApproved, OrderCancelled, OrderDelivered, OrderPlaced, OrderShipped } from "./OrderEvents.ts"
import { OrderLines } from "./OrderLines.ts"

const drafted = { orderId: OrderId, customerId: CustomerId, ...OrderLines.fields }
const addressed = { ...drafted, shippingAddress: OrderPlaced.fields.shippingAddress }
const placed = { ...addressed, paymentToken: OrderPlaced.fields.paymentToken }
const approved = { ...addressed, approvedBy: OrderApproved.fields.approvedBy }
const shipped = { ...approved, ...Struct.pick(OrderShipped.fields, ["trackingNumber", "carrier", "estimatedDelivery"]) }
const delivered = { ...shipped, signedBy: OrderDelivered.fields.signedBy }
const cancelled = { ...drafted, ...Struct.pick(OrderCancelled.fields, ["cancelledBy", "reason", "refundDue"]) }

/** The schema of the state of an order; `status` tells the shapes apart. */
export const OrderState = Schema.Union([
  Schema.Struct({ status: Schema.tag("none") }),
  Schema.Struct({ status: Schema.tag("draft"), ...drafted }),
  Schema.Struct({ status: Schema.tag("placed"), ...placed }),
  Schema.Struct({ status: Schema.tag("approved"), ...approved }),
  Schema.Struct({ status: Schema.tag("shipped"), ...shipped }),
  Schema.Struct({ status: Schema.tag("delivered"), ...delivered }),
  Schema.Struct({ status: Schema.tag("cancelled"), ...cancelled })
])
/** The state of an order. */
export type OrderState = typeof OrderState.Type

/** An order in one status, or in one of several. */
export type OrderIn<Status extends OrderState["status"]> = Extract<OrderState, { readonly status: Status }>

/** An order that was drafted, whatever became of it. */
export type DraftedOrder = Exclude<OrderState, { readonly status: "none" }>
