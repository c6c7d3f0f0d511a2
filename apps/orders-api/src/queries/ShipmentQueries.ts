/** What can be asked about shipments, as typed queries: one, read from its stream; and a list, from a read model. */
import { Message } from "@eventfold/decider"
import {
  OrderToShip,
  ShipmentErrors,
  ShipmentEvents,
  ShipmentId,
  Shipments,
  ShipmentStatus
} from "@eventfold/domain-shipping"
import { StreamId } from "@eventfold/event-store"
import { Address, CustomerId, OrderId, PersonName } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Pages from "./Pages.ts"
import { shown } from "./Shown.ts"

/** A shipment as it is now. What it has not reached is absent. */
export const ShipmentDetail = Schema.Struct({
  shipmentId: ShipmentId.ShipmentId,
  orderId: OrderId,
  status: ShipmentStatus.ShipmentStatus,
  /** The version of its last event: how many events it has. */
  version: Schema.Int,
  customerId: Schema.optionalKey(CustomerId),
  lines: Schema.optionalKey(OrderToShip.ShipmentLines),
  destination: Schema.optionalKey(shown(Address.Address)),
  packages: Schema.optionalKey(ShipmentEvents.ShipmentPacked.fields.packages),
  carrier: Schema.optionalKey(ShipmentEvents.ShipmentDispatched.fields.carrier),
  trackingNumber: Schema.optionalKey(ShipmentEvents.ShipmentDispatched.fields.trackingNumber),
  estimatedDelivery: Schema.optionalKey(Schema.DateTimeUtc),
  /** Why it is late. */
  delay: Schema.optionalKey(Schema.String),
  signedBy: Schema.optionalKey(shown(PersonName.PersonName)),
  /** Why it was called off. */
  cancelledBecause: Schema.optionalKey(Schema.String),
  /** The statuses it reached, the first one first. */
  timeline: Schema.Array(
    Schema.Struct({
      status: ShipmentStatus.ShipmentStatus,
      occurredAt: Schema.DateTimeUtc,
      recordedAt: Schema.DateTimeUtc,
      version: Schema.Int
    })
  )
}).annotate({ identifier: "ShipmentDetail", description: "The shipment as it is now" })
/** A shipment as it is now. */
export interface ShipmentDetail extends Schema.Schema.Type<typeof ShipmentDetail> {}

/** Asks for one shipment as it is now. */
export const GetShipment = Schema.TaggedStruct("GetShipment", {
  tenant: StreamId.Tenant,
  shipmentId: ShipmentId.ShipmentId
})
/** The message that carries {@link GetShipment}. */
export const getShipment = Message.query({
  context: "shipping",
  payload: GetShipment,
  answer: ShipmentDetail,
  refusal: ShipmentErrors.ShipmentNotFound
})

/** Asks for a page of shipments, the one that was asked for first to begin with. What is left out does not restrict. */
export const FindShipments = Schema.TaggedStruct("FindShipments", {
  ...Pages.fields,
  orderId: Schema.optionalKey(OrderId),
  status: Schema.optionalKey(ShipmentStatus.ShipmentStatus),
  /** Those the warehouse has something to do about, or the others. */
  waiting: Schema.optionalKey(Schema.Boolean)
})
/** The message that carries {@link FindShipments}. */
export const findShipments = Pages.query("shipping", FindShipments, Shipments.ShipmentRow)
