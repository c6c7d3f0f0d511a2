/**
 * What other contexts may know of shipping: the ids of shipments, the messages it says, and the events they act upon.
 *
 * How a shipment is packed is a matter of the warehouse, and not told.
 */
import { Schema } from "effect"
import * as Events from "./ShipmentEvents.ts"

export * as ShippingMeanings from "./ShippingMeanings.ts"
export * as ShippingMessages from "./ShippingMessages.ts"
export { ofOrder, ShipmentId } from "./ShipmentId.ts"
export {
  ShipmentCancelled,
  ShipmentDelayed,
  ShipmentDelivered,
  ShipmentDispatched,
  ShipmentRequested
} from "./ShipmentEvents.ts"

/** The schema of what is told of shipments. */
export const ShippingEvent = Schema.Union([
  Events.ShipmentRequested,
  Events.ShipmentDispatched,
  Events.ShipmentDelayed,
  Events.ShipmentDelivered,
  Events.ShipmentCancelled
])
/** Something that is told of a shipment. */
export type ShippingEvent = typeof ShippingEvent.Type
