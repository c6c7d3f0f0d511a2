/**
 * One row per shipment: how it stands, how it goes, and whose order it is.
 *
 * Both questions about many shipments are asked of it: those of an order, and the queue of the warehouse, which is what was
 * asked for and has not left. Where the goods go and who signed for them is personal: read it from the stream of the
 * shipment. A shipment that was called off before anybody asked for it has no row: there is nothing to do about it.
 */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Shipment } from "../Shipment.ts"
import { ShipmentDispatched, ShipmentEvent, ShipmentPacked } from "../ShipmentEvents.ts"
import { ShipmentId } from "../ShipmentId.ts"
import { ShipmentStatus } from "../ShipmentStatus.ts"

/** The schema of a row. What the shipment has not reached is absent. */
export const ShipmentRow = Schema.Struct({
  shipmentId: ShipmentId,
  orderId: OrderId,
  customerId: CustomerId,
  status: ShipmentStatus,
  /** Whether the warehouse has something to do about it: it was asked for, or is packed, and has not left. */
  waiting: Schema.Boolean,
  lineCount: Schema.Natural,
  /** How many pieces, of all products together. */
  pieces: Schema.Natural,
  packages: Schema.optionalKey(ShipmentPacked.fields.packages),
  carrier: Schema.optionalKey(ShipmentDispatched.fields.carrier),
  trackingNumber: Schema.optionalKey(ShipmentDispatched.fields.trackingNumber),
  estimatedDelivery: Schema.optionalKey(Schema.DateTimeUtc),
  requestedAt: Schema.DateTimeUtc,
  /** When the last event occurred. */
  updatedAt: Schema.DateTimeUtc,
  /** The version of the shipment's stream that the row tells about. */
  version: Schema.Int
}).annotate({ identifier: "ShipmentRow" })
/** A row of the shipments. */
export type ShipmentRow = typeof ShipmentRow.Type

/** The shipments, as what keeps their rows knows them. */
export const readModel = ReadModel.make({
  name: "shipments",
  key: ["shipmentId"],
  row: ShipmentRow,
  indexes: [["orderId"], ["status", "requestedAt"], ["waiting", "requestedAt"], ["requestedAt"]]
})

/** Every shipment. An event that cannot follow the status, or is told about already, changes nothing. */
export const Shipments = Projection.make({
  readModel,
  readsPersonal: false,
  events: ShipmentEvent,
  keys: Projection.byStream(Shipment.category, "shipmentId"),
  project: (event, [row], { version }) => {
    const { occurredAt } = event
    if (event._tag === "ShipmentRequested") {
      if (row !== undefined) return Projection.unchanged
      const { customerId, lines, orderId, shipmentId } = event
      return [
        Projection.upsert({
          shipmentId,
          orderId,
          customerId,
          status: "requested",
          waiting: true,
          lineCount: lines.length,
          pieces: lines.reduce((sum, { quantity }) => sum + quantity, 0),
          requestedAt: occurredAt,
          updatedAt: occurredAt,
          version
        })
      ]
    }
    if (row === undefined || version <= row.version) return Projection.unchanged
    const changes = changesOf(row, event)
    if (changes === undefined) return Projection.unchanged
    const after = { ...row, ...changes, updatedAt: occurredAt, version }
    return [Projection.upsert({ ...after, waiting: after.status === "packed" })]
  }
})

type Later = Exclude<ShipmentEvent, { readonly _tag: "ShipmentRequested" }>

/** What an event changes, as `Shipment.evolve` does; nothing when it cannot follow the status. */
const changesOf = ({ status }: ShipmentRow, event: Later): Partial<ShipmentRow> | undefined => {
  const hasLeft = status === "dispatched" || status === "delayed"
  switch (event._tag) {
    case "ShipmentPacked":
      return status === "requested" ? { status: "packed", packages: event.packages } : undefined
    case "ShipmentDispatched": {
      const { carrier, trackingNumber } = event
      return status === "packed" ? { status: "dispatched", carrier, trackingNumber, ...estimateOf(event) } : undefined
    }
    case "ShipmentDelayed":
      return hasLeft ? { status: "delayed", ...estimateOf(event) } : undefined
    case "ShipmentDelivered":
      return hasLeft ? { status: "delivered" } : undefined
    case "ShipmentCancelled":
      return status === "requested" || status === "packed" ? { status: "cancelled" } : undefined
  }
}

const estimateOf = ({ estimatedDelivery }: Pick<ShipmentDispatched, "estimatedDelivery">) =>
  estimatedDelivery === undefined ? {} : { estimatedDelivery }

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** The shipments of an order. */
export const ofOrder = (orderId: OrderId) => Specification.eq(rows.field("orderId"), orderId)

/** The shipments in a status. */
export const inStatus = (status: ShipmentStatus) => Specification.eq(rows.field("status"), status)

/** What the warehouse has to do: asked for, or packed, and not gone. */
export const waiting = Specification.eq(rows.field("waiting"), true)

/** What was asked for first comes first. */
export const oldestFirst = [Sorting.ascending(rows.field("requestedAt"))]
