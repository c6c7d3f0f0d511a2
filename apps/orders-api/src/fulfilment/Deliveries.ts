/** The delivery of an order, read from the stream of its shipment: for whoever heard of it too early. */
import { OrderIds } from "@eventfold/domain-fulfilment"
import { Shipment } from "@eventfold/domain-shipping"
import { EventCodec, History } from "@eventfold/event-store"
import type { OrderId } from "@eventfold/shared-kernel"
import { Effect, Stream } from "effect"
import { streamOf } from "../ShipmentStreamId.ts"

const codec = EventCodec.make(Shipment.Shipment.Event)

/** What was recorded when the shipment of an order was delivered; undefined when it was not. */
export const read = Effect.fnUntraced(function* (tenant: string, orderId: OrderId) {
  const stream = streamOf(tenant, OrderIds.of(orderId).shipmentId)
  const all = yield* Stream.runCollect(History.eventsAsOf(stream, History.latest)).pipe(
    Effect.catchTag("InvalidHistoryQuery", Effect.die)
  )
  const events = yield* codec.decode(all)
  for (const [place, recorded] of all.entries()) {
    const event = events[place]
    if (event?._tag === "ShipmentDelivered") return { event, recorded }
  }
  return undefined
})
