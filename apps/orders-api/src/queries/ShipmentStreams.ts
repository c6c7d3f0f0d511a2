/**
 * Reads one shipment, as of now, from its stream. Query handlers use this in place of the event store, with which they
 * could write. An event that cannot be decoded makes the shipment unreadable: a defect.
 */
import { Shipment, type ShipmentEvents, type ShipmentId, type ShipmentState } from "@eventfold/domain-shipping"
import {
  EventCodec,
  EventStore,
  type EventStoreFailure,
  History,
  ReadModelFailure,
  type RecordedEvent
} from "@eventfold/event-store"
import { Context, Effect, Layer, Option, Stream } from "effect"
import { streamOf } from "../ShipmentStreamId.ts"
import type { ShipmentDetail } from "./ShipmentQueries.ts"
import { show } from "./Shown.ts"

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
      const store = yield* EventStore
      return {
        detail: Effect.fn("ShipmentStreams.detail")(function* (tenant, shipmentId) {
          const recorded = yield* History.eventsAsOf(streamOf(tenant, shipmentId), History.latest).pipe(
            Stream.runCollect,
            Effect.provideService(EventStore, store),
            Effect.catchTag("InvalidHistoryQuery", Effect.die),
            Effect.mapError(failed)
          )
          const events = yield* codec
            .decode(recorded)
            .pipe(Effect.catchTag("EventNotDecodable", Effect.die), Effect.mapError(failed))
          return detailOf(recorded, events)
        })
      }
    })
  )
}

const codec = EventCodec.make(Shipment.Shipment.Event)

const failed = (cause: EventStoreFailure) => new ReadModelFailure({ readModel: "shipments, from their streams", cause })

const detailOf = (
  recorded: ReadonlyArray<RecordedEvent>,
  events: ReadonlyArray<ShipmentEvents.ShipmentEvent>
): Option.Option<ShipmentDetail> => {
  let shipment: ShipmentState.ShipmentState = Shipment.initial
  const timeline: Array<ShipmentDetail["timeline"][number]> = []
  for (const [index, { occurredAt, recordedAt, version }] of recorded.entries()) {
    const event = events[index]
    const next = event === undefined ? shipment : Shipment.evolve(shipment, event)
    if (next.status !== "none" && next.status !== shipment.status) {
      timeline.push({ status: next.status, occurredAt, recordedAt, version })
    }
    shipment = next
  }
  return shipment.status === "none"
    ? Option.none()
    : Option.some({ ...factsOf(shipment), version: recorded.at(-1)?.version ?? 0, timeline })
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
