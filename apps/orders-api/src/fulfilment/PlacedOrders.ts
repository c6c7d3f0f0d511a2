/**
 * What fulfilment must know of an order, read from its stream, or from what was heard of it where ordering is another program:
 * whether it is still only placed, and what was placed, where it names a card. An order that people have approved meanwhile is
 * theirs.
 */
import { FulfilmentInput } from "@eventfold/domain-fulfilment"
import { OrderingEvent } from "@eventfold/domain-ordering/published"
import { EventCodec, History, type StreamId } from "@eventfold/event-store"
import { Hearing } from "@eventfold/messaging"
import type { OrderId } from "@eventfold/shared-kernel"
import { Effect, Option, Stream } from "effect"
import { streamOf } from "../OrderStreamId.ts"

const codec = EventCodec.make(OrderingEvent)

/** How an order stands, as far as others are told; `unknown`: nothing is told of a draft, or nothing was heard yet. */
export type Standing = "unknown" | "placed" | "approved" | "shipped" | "delivered" | "cancelled"

const statusOf = (last: OrderingEvent | undefined): Standing => {
  switch (last?._tag) {
    case undefined:
      return "unknown"
    case "OrderPlaced":
      return "placed"
    case "OrderApproved":
      return "approved"
    case "OrderShipped":
      return "shipped"
    case "OrderDelivered":
      return "delivered"
    case "OrderCancelled":
      return "cancelled"
  }
}

const told = (stream: StreamId.StreamId) =>
  Stream.runCollect(History.eventsAsOf(stream, History.latest)).pipe(
    Effect.catchTag("InvalidHistoryQuery", Effect.die),
    Effect.flatMap((recorded) => codec.decode(recorded.filter(({ type }) => codec.types.has(type))))
  )

/** How an order stands, and what of it is needed to fulfil it: nothing, when it is not fulfilled by itself. */
export const read = Effect.fnUntraced(function* (tenant: string, orderId: OrderId) {
  const own = yield* told(streamOf(tenant, orderId))
  const events = own.length > 0 ? own : yield* told(Hearing.streamOf(tenant, "ordering", orderId))
  const placed = events.find((event) => event._tag === "OrderPlaced")
  const input = placed === undefined ? Option.none() : FulfilmentInput.ofOrder(placed)
  return { status: statusOf(events.at(-1)), input }
})
