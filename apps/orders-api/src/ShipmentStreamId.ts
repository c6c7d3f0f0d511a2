/** Which stream holds a shipment. It is a storage format: it never changes. */
import { Shipment, type ShipmentId } from "@eventfold/domain-shipping"
import { StreamId } from "@eventfold/event-store"

/** The stream of a shipment. */
export const streamOf = (tenant: string, shipmentId: ShipmentId.ShipmentId): StreamId.StreamId =>
  StreamId.make(tenant, Shipment.Shipment.category, shipmentId)
