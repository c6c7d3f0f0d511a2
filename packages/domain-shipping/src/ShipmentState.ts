/**
 * The state of a shipment: one shape per status, each with just what is true of a shipment that got that far.
 *
 * It is rebuilt from events; a snapshot of it is checked against the schema. `none` is a shipment nobody has asked for.
 */
import { OrderId } from "@eventfold/shared-kernel"
import { Schema, Struct } from "effect"
import { Consignment } from "./OrderToShip.ts"
import {
  CancelledFrom,
  ShipmentDelayed,
  ShipmentDelivered,
  ShipmentDispatched,
  ShipmentPacked
} from "./ShipmentEvents.ts"
import { ShipmentId } from "./ShipmentId.ts"

const named = { shipmentId: ShipmentId, orderId: OrderId }
const requested = { ...named, ...Consignment.fields }
const packed = { ...requested, packages: ShipmentPacked.fields.packages }
const dispatched = {
  ...packed,
  ...Struct.pick(ShipmentDispatched.fields, ["trackingNumber", "carrier", "estimatedDelivery"])
}
const delayed = { ...dispatched, delay: ShipmentDelayed.fields.reason }
const delivered = { ...dispatched, signedBy: ShipmentDelivered.fields.signedBy }

/** The schema of the state of a shipment; `status` tells the shapes apart. */
export const ShipmentState = Schema.Union([
  Schema.Struct({ status: Schema.tag("none") }),
  Schema.Struct({ status: Schema.tag("requested"), ...requested }),
  Schema.Struct({ status: Schema.tag("packed"), ...packed }),
  Schema.Struct({ status: Schema.tag("dispatched"), ...dispatched }),
  Schema.Struct({ status: Schema.tag("delayed"), ...delayed }),
  Schema.Struct({ status: Schema.tag("delivered"), ...delivered }),
  Schema.Struct({ status: Schema.tag("cancelled"), ...named, reason: Schema.String, previousStatus: CancelledFrom })
])
/** The state of a shipment. */
export type ShipmentState = typeof ShipmentState.Type

/** A shipment in one status, or in one of several. */
export type ShipmentIn<Status extends ShipmentState["status"]> = Extract<ShipmentState, { readonly status: Status }>

/** A shipment somebody has asked for or called off, whatever became of it. */
export type KnownShipment = Exclude<ShipmentState, { readonly status: "none" }>
