/**
 * The bodies of the commands on shipments as JSON: what the command holds, less what is in the path.
 *
 * `occurredAt` may be left out: then it is the time of the request.
 */
import { ShipmentCommands } from "@eventfold/domain-shipping"
import { Schema, Struct } from "effect"
import { occurredAt, PointInTime } from "./PointInTime.ts"

const rest = <Fields extends Record<"_tag" | "shipmentId" | "occurredAt", unknown>>(fields: Fields) =>
  Struct.omit(fields, ["_tag", "shipmentId", "occurredAt"])
const estimatedDelivery = Schema.optionalKey(PointInTime)

/** Asks for an order to be shipped. Its shipment has the UUID of the order. */
export const RequestShipment = Schema.Struct({
  orderId: ShipmentCommands.RequestShipment.fields.orderId,
  ...occurredAt
}).annotate({ identifier: "RequestShipment" })

/** Tells that the goods are packed. */
export const PackShipment = Schema.Struct({ ...rest(ShipmentCommands.PackShipment.fields), ...occurredAt }).annotate({
  identifier: "PackShipment"
})

/** Tells that a carrier has taken the packages. */
export const DispatchShipment = Schema.Struct({
  ...rest(ShipmentCommands.DispatchShipment.fields),
  estimatedDelivery,
  ...occurredAt
}).annotate({ identifier: "DispatchShipment" })

/** Tells that the carrier will be later than it was thought. */
export const DelayShipment = Schema.Struct({
  ...rest(ShipmentCommands.DelayShipment.fields),
  estimatedDelivery,
  ...occurredAt
}).annotate({ identifier: "DelayShipment" })

/** Tells that somebody took the packages. */
export const DeliverShipment = Schema.Struct({
  ...rest(ShipmentCommands.DeliverShipment.fields),
  ...occurredAt
}).annotate({ identifier: "DeliverShipment" })

/** Calls the shipment off. */
export const CancelShipment = Schema.Struct({
  ...rest(ShipmentCommands.CancelShipment.fields),
  ...occurredAt
}).annotate({ identifier: "CancelShipment" })
