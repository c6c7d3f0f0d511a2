/**
 * Reads one order, or its history, from its stream. Query handlers use this in place of the event store, with which they
 * could write.
 *
 * An event that cannot be decoded makes the order unreadable, which is a defect; its history stays readable.
 */
import { Order, type OrderEvents, type OrderState } from "@eventfold/domain-ordering"
import {
  EventCodec,
  EventStore,
  type EventStoreFailure,
  ReadModelFailure,
  type RecordedEvent
} from "@eventfold/event-store"
import type { OrderId } from "@eventfold/shared-kernel"
import { Context, Effect, Layer, Option, Stream } from "effect"
import { streamOf } from "../OrderStreamId.ts"
import { summaryOf } from "./EventSummary.ts"
import type { HistoryEntry, OrderDetail, OrderHistory } from "./OrderQueries.ts"

/** Which events of a history to read: at most `limit` after version `after`. */
export interface HistoryRange {
  readonly after: number
  readonly limit: number
}

/** Reads orders from their streams. */
export class OrderStreams extends Context.Service<
  OrderStreams,
  {
    /** The order as it is now; `none` when there is no such order. */
    detail(tenant: string, orderId: OrderId): Effect.Effect<Option.Option<OrderDetail>, ReadModelFailure>
    /** Part of the order's history; `none` when there is no such order. */
    history(
      tenant: string,
      orderId: OrderId,
      range: HistoryRange
    ): Effect.Effect<Option.Option<OrderHistory>, ReadModelFailure>
  }
>()("@eventfold/orders-api/OrderStreams") {
  /** Reads from the event store. */
  static readonly layer: Layer.Layer<OrderStreams, never, EventStore> = Layer.effect(
    OrderStreams,
    Effect.gen(function* () {
      const store = yield* EventStore
      return {
        detail: Effect.fn("OrderStreams.detail")(function* (tenant, orderId) {
          const recorded = yield* Effect.mapError(Stream.runCollect(store.read(streamOf(tenant, orderId))), failed)
          // An order told without one of its events would be told wrongly: the request ends in a 500, the log says why.
          const events = yield* Effect.orDie(codec.decode(recorded))
          return detailOf(recorded, events)
        }),
        history: Effect.fn("OrderStreams.history")(function* (tenant, orderId, { after, limit }) {
          const stream = streamOf(tenant, orderId)
          const page = (direction: "forwards" | "backwards", from: number, size: number) =>
            Effect.mapError(store.readPage(stream, { direction, from, limit: size }), failed)
          const [last] = yield* page("backwards", Number.MAX_SAFE_INTEGER, 1)
          if (last === undefined) return Option.none()
          const events = yield* Effect.forEach(yield* page("forwards", after + 1, limit), entryOf)
          return Option.some({ orderId, version: last.version, events })
        })
      }
    })
  )
}

const codec = EventCodec.make(Order.Order.Event)

const failed = (cause: EventStoreFailure) => new ReadModelFailure({ readModel: "orders, from their streams", cause })

const entryOf = (event: RecordedEvent): Effect.Effect<HistoryEntry> => {
  const { data, id: eventId, metadata, occurredAt, recordedAt, schemaVersion, type, version } = event
  return codec.decode([event]).pipe(
    Effect.map((decoded) => decoded.map(summaryOf).join()),
    Effect.orElseSucceed(() => `${type}, in a form that this version of the service cannot read`),
    Effect.map((summary) => ({
      version,
      eventId,
      type,
      schemaVersion,
      summary,
      occurredAt,
      recordedAt,
      data,
      metadata: { ...metadata }
    }))
  )
}

const detailOf = (
  recorded: ReadonlyArray<RecordedEvent>,
  events: ReadonlyArray<OrderEvents.OrderEvent>
): Option.Option<OrderDetail> => {
  let order: OrderState.OrderState = Order.initial
  const timeline: Array<OrderDetail["timeline"][number]> = []
  for (const [index, { occurredAt, recordedAt, version }] of recorded.entries()) {
    const event = events[index]
    const next = event === undefined ? order : Order.evolve(order, event)
    if (next.status !== "none" && next.status !== order.status) {
      timeline.push({ status: next.status, occurredAt, recordedAt, version })
    }
    order = next
  }
  return order.status === "none"
    ? Option.none()
    : Option.some({ ...factsOf(order), version: recorded.length, timeline })
}

const factsOf = (order: OrderState.DraftedOrder): Omit<OrderDetail, "version" | "timeline"> => {
  const { customerId, discount, gross, lines, orderId, status, total } = order
  return {
    orderId,
    customerId,
    status,
    currency: total.currency,
    lines,
    gross,
    discount,
    total,
    ...("shippingAddress" in order ? { shippingAddress: order.shippingAddress } : {}),
    ...("approvedBy" in order ? { approvedBy: order.approvedBy } : {}),
    ...("trackingNumber" in order ? { shipment: shipmentOf(order) } : {}),
    ...("signedBy" in order ? { signedBy: order.signedBy } : {}),
    ...(order.status === "cancelled" ? { cancellation: cancellationOf(order) } : {})
  }
}

const shipmentOf = (order: OrderState.OrderIn<"shipped" | "delivered">) => {
  const { carrier, estimatedDelivery, trackingNumber } = order
  return { trackingNumber, carrier, ...(estimatedDelivery === undefined ? {} : { estimatedDelivery }) }
}

const cancellationOf = ({ cancelledBy, reason, refundDue }: OrderState.OrderIn<"cancelled">) => ({
  cancelledBy,
  reason,
  refundDue
})
