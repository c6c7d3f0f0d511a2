/**
 * Reads one shipment, as of now, from its stream. Query handlers use this in place of the event store, with which they
 * could write. An event that cannot be decoded makes the shipment unreadable: a defect.
 */
import { Shipment, type ShipmentEvents, type ShipmentId, type ShipmentState } from "@eventfold/domain-shipping"
import { EventCodec, type EventStore, type ReadModelFailure } from "@eventfold/event-store"
import { Context, Effect, Layer, Option, Stream } from "effect"
import { streamOf } from "../ShipmentStreamId.ts"
import type { ShipmentDetail } from "./ShipmentQueries.ts"
import { show } from "./Shown.ts"
import * as StreamEvents from "./StreamEvents.ts"

/** Reads shipments from their streams. */
export class ShipmentStreams extends Context.Service<
  ShipmentStreams,
  {
    /** The shipment as it is now; `none` when nobody has asked for it. */
    detail(
      tenant: string,
      shipmentId: ShipmentId.ShipmentId
    ): Effect.Effect<Option.Option<ShipmentDetail>, ReadModelFailure>
  }
>()("@eventfold/orders-api/ShipmentStreams") {
  /** Reads from the event store. */
  static readonly layer: Layer.Layer<ShipmentStreams, never, EventStore> = Layer.effect(
    ShipmentStreams,
    Effect.gen(function* () {
      const read = yield* StreamEvents.reader(codec, "shipments, from their streams")
      return {
        detail: Effect.fn("ShipmentStreams.detail")(function* (tenant, shipmentId) {
          return detailOf(yield* Stream.runCollect(read(streamOf(tenant, shipmentId))))
        })
      }
    })
  )
}

const codec = EventCodec.make(Shipment.Shipment.Event)

const detailOf = (
  told: ReadonlyArray<StreamEvents.Told<ShipmentEvents.ShipmentEvent>>
): Option.Option<ShipmentDetail> => {
  const { state, ...rest } = StreamEvents.followed(Shipment.Shipment, told)
  return state.status === "none" ? Option.none() : Option.some({ ...factsOf(state), ...rest })
}

const factsOf = (shipment: ShipmentState.KnownShipment): Omit<ShipmentDetail, "version" | "timeline"> => {
  const { orderId, shipmentId, status } = shipment
  const named = { shipmentId, orderId, status }
  if (shipment.status === "cancelled") return { ...named, cancelledBecause: shipment.reason }
  const { customerId, destination, lines } = shipment
  return {
    ...named,
    customerId,
    lines,
    destination: show(destination),
    ...("packages" in shipment ? { packages: shipment.packages } : {}),
    ...("carrier" in shipment ? wayOf(shipment) : {}),
    ...("delay" in shipment ? { delay: shipment.delay } : {}),
    ...("signedBy" in shipment ? { signedBy: show(shipment.signedBy) } : {})
  }
}

const wayOf = ({
  carrier,
  estimatedDelivery,
  trackingNumber
}: ShipmentState.ShipmentIn<"dispatched" | "delayed" | "delivered">) => ({
  carrier,
  trackingNumber,
  ...(estimatedDelivery === undefined ? {} : { estimatedDelivery })
})
