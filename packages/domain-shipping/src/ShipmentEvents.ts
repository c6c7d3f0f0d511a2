/**
 * What happens to a shipment. Names and shapes are a storage format: a changed shape gets a higher version.
 *
 * What is known of the customer (where the goods go, who signed for them) is personal: it can be forgotten. Who packed
 * and what they noted is the record of the business about its own doings and stays.
 *
 * Every event carries `shipmentId`, `orderId` and `occurredAt`.
 */
import { DomainEvent, Personal } from "@eventfold/decider"
import { CustomerId, OrderId, PersonName, Text, WholeNumber } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Consignment } from "./OrderToShip.ts"
import { ShipmentId } from "./ShipmentId.ts"

const ids = { shipmentId: ShipmentId, orderId: OrderId }

/** Goods are to be sent to a customer. */
export const ShipmentRequested = DomainEvent.make("ShipmentRequested", { ...ids, ...Consignment.fields })
/** Goods are to be sent to a customer. */
export interface ShipmentRequested extends Schema.Schema.Type<typeof ShipmentRequested> {}

/** The goods are in so many packages, ready for a carrier. */
export const ShipmentPacked = DomainEvent.make("ShipmentPacked", {
  ...ids,
  packedBy: Text.line(200),
  packages: WholeNumber.between({ minimum: 1, maximum: 1_000, of: "packages" })
})
/** The goods are in so many packages, ready for a carrier. */
export interface ShipmentPacked extends Schema.Schema.Type<typeof ShipmentPacked> {}

/** A carrier has taken the packages. */
export const ShipmentDispatched = DomainEvent.make("ShipmentDispatched", {
  ...ids,
  trackingNumber: Text.line(100),
  carrier: Text.line(100),
  estimatedDelivery: Schema.optionalKey(Schema.DateTimeUtc)
})
/** A carrier has taken the packages. */
export interface ShipmentDispatched extends Schema.Schema.Type<typeof ShipmentDispatched> {}

/** The carrier will be later than it was thought. */
export const ShipmentDelayed = DomainEvent.make("ShipmentDelayed", {
  ...ids,
  reason: Text.block(2_000),
  estimatedDelivery: Schema.optionalKey(Schema.DateTimeUtc)
})
/** The carrier will be later than it was thought. */
export interface ShipmentDelayed extends Schema.Schema.Type<typeof ShipmentDelayed> {}

/** Somebody took the packages and signed for them. The signature is personal, of the customer. */
export const ShipmentDelivered = DomainEvent.make("ShipmentDelivered", {
  ...ids,
  signedBy: Personal.schema(PersonName.PersonName)
})
/** Somebody took the packages and signed for them. */
export interface ShipmentDelivered extends Schema.Schema.Type<typeof ShipmentDelivered> {}

/** The schema of where a shipment stood that is cancelled; `none`: nobody had asked for it yet. */
export const CancelledFrom = Schema.Literals(["none", "requested", "packed"])

/** The shipment was called off before it left, or before it was asked for: a request that comes late is refused. */
export const ShipmentCancelled = DomainEvent.make("ShipmentCancelled", {
  ...ids,
  /** Absent when nobody had asked for the shipment yet. */
  customerId: Schema.optionalKey(CustomerId),
  reason: Text.block(2_000),
  previousStatus: CancelledFrom
})
/** The shipment was called off before it left, or before it was asked for. */
export interface ShipmentCancelled extends Schema.Schema.Type<typeof ShipmentCancelled> {}

/** The schema of everything that happens to a shipment. */
export const ShipmentEvent = Schema.Union([
  ShipmentRequested,
  ShipmentPacked,
  ShipmentDispatched,
  ShipmentDelayed,
  ShipmentDelivered,
  ShipmentCancelled
])
/** Something that happened to a shipment. */
export type ShipmentEvent = typeof ShipmentEvent.Type
