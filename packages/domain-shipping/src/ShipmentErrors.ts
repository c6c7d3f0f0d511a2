/**
 * Why a shipment refuses a command: one typed error per reason, each naming the shipment and the facts that decide.
 *
 * Refusals are answers, not faults: fields to branch on for programs, a `message` for people. None tells anything about
 * the customer: refusals are kept with the ids of commands, and messages end up in logs.
 */
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { ShipmentId } from "./ShipmentId.ts"
import { ShipmentStatus } from "./ShipmentStatus.ts"

const shipment = { shipmentId: ShipmentId }
const shipmentIn = { shipmentId: ShipmentId, status: ShipmentStatus }

/** Nobody has asked for a shipment with this identifier. */
export class ShipmentNotFound extends Schema.TaggedError<ShipmentNotFound>()("ShipmentNotFound", shipment) {
  override get message() {
    return `there is no shipment ${this.shipmentId}`
  }
}

/** Why an order cannot be shipped. */
export const Impossible = Schema.Literals([
  "order-unknown",
  "order-not-approved",
  "order-cancelled",
  "order-shipped",
  "address-forgotten",
  "destination-not-served"
])
/** Why an order cannot be shipped. */
export type Impossible = typeof Impossible.Type

const whyNot = {
  "order-unknown": "there is no such order",
  "order-not-approved": "the order is not approved",
  "order-cancelled": "the order is cancelled",
  "order-shipped": "the order was shipped in another way",
  "address-forgotten": "nobody knows any more where it goes",
  "destination-not-served": "no carrier goes where it is to go"
} satisfies Record<Impossible, string>

/** The order cannot be shipped; `reason` says why. */
export class ShipmentImpossible extends Schema.TaggedError<ShipmentImpossible>()("ShipmentImpossible", {
  ...shipment,
  orderId: OrderId,
  reason: Impossible
}) {
  override get message() {
    return `order ${this.orderId} cannot be shipped: ${whyNot[this.reason]}`
  }
}

/** The identifier belongs to the shipment of another order, `orderId`. */
export class ShipmentOfAnotherOrder extends Schema.TaggedError<ShipmentOfAnotherOrder>()("ShipmentOfAnotherOrder", {
  ...shipmentIn,
  orderId: OrderId
}) {
  override get message() {
    return `shipment ${this.shipmentId} is that of another order, ${this.orderId}`
  }
}

/** The shipment was packed into another number of packages. */
export class ShipmentAlreadyPacked extends Schema.TaggedError<ShipmentAlreadyPacked>()("ShipmentAlreadyPacked", {
  ...shipmentIn,
  packages: Schema.Int
}) {
  override get message() {
    return `shipment ${this.shipmentId} is packed already, into ${this.packages} packages`
  }
}

/** The shipment must be packed first. */
export class ShipmentNotPacked extends Schema.TaggedError<ShipmentNotPacked>()("ShipmentNotPacked", shipmentIn) {
  override get message() {
    return `shipment ${this.shipmentId} is ${this.status}: it must be packed first`
  }
}

/** The shipment must be dispatched first. */
export class ShipmentNotDispatched extends Schema.TaggedError<ShipmentNotDispatched>()(
  "ShipmentNotDispatched",
  shipmentIn
) {
  override get message() {
    return `shipment ${this.shipmentId} is ${this.status}: it must be dispatched first`
  }
}

/** The shipment has left: it is past that, left otherwise, or is asked to be called off too late. */
export class ShipmentAlreadyDispatched extends Schema.TaggedError<ShipmentAlreadyDispatched>()(
  "ShipmentAlreadyDispatched",
  { ...shipmentIn, trackingNumber: Schema.String, carrier: Schema.String }
) {
  override get message() {
    return `shipment ${this.shipmentId} left with ${this.carrier} as ${this.trackingNumber}`
  }
}

/** The shipment was delivered: it is past that, or somebody else is known to have signed for it. */
export class ShipmentAlreadyDelivered extends Schema.TaggedError<ShipmentAlreadyDelivered>()(
  "ShipmentAlreadyDelivered",
  shipmentIn
) {
  override get message() {
    return `shipment ${this.shipmentId} is delivered`
  }
}

/** The shipment was called off: nothing more happens to it. */
export class ShipmentAlreadyCancelled extends Schema.TaggedError<ShipmentAlreadyCancelled>()(
  "ShipmentAlreadyCancelled",
  shipmentIn
) {
  override get message() {
    return `shipment ${this.shipmentId} is cancelled`
  }
}

/** The schema of every refusal of a shipment. */
export const ShipmentRefusal = Schema.Union([
  ShipmentNotFound,
  ShipmentImpossible,
  ShipmentOfAnotherOrder,
  ShipmentAlreadyPacked,
  ShipmentNotPacked,
  ShipmentNotDispatched,
  ShipmentAlreadyDispatched,
  ShipmentAlreadyDelivered,
  ShipmentAlreadyCancelled
])
/** Why a shipment refuses a command. */
export type ShipmentRefusal = typeof ShipmentRefusal.Type
