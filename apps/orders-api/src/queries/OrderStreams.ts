/**
 * Reads orders, or the history of one, from their streams, as of now or of the past. Query handlers use this in place of the
 * event store, with which they could write.
 *
 * An event that cannot be decoded makes the order unreadable, which is a defect; its history stays readable.
 */
import { Order, type OrderEvents, type OrderState, OrderSummary } from "@eventfold/domain-ordering"
import {
  EventCodec,
  EventStore,
  History,
  type ReadModelFailure,
  type RecordedEvent,
  type StreamId
} from "@eventfold/event-store"
import type { OrderId } from "@eventfold/shared-kernel"
import { Context, Effect, Layer, Option, Result, Stream } from "effect"
import { streamOf } from "../OrderStreamId.ts"
import { summaryOf } from "./EventSummary.ts"
import type { FindOrdersAsOf, HistoryEntry, OrderDetail, OrderHistory, OrdersAsOf } from "./OrderQueries.ts"
import { show } from "./Shown.ts"
import * as StreamEvents from "./StreamEvents.ts"

/** Which events of a history to read: at most `limit` after version `after`, of a time or of all times. */
export interface HistoryRange extends History.HistoryPeriod {
  readonly after: number
  readonly limit: number
}

/** Reads orders from their streams. */
export class OrderStreams extends Context.Service<
  OrderStreams,
  {
    /** The order as it is now, or as of a point in the past; `none` when there is no such order, or was none then. */
    detail(
      tenant: string,
      orderId: OrderId,
      asOf?: History.HistoryPoint
    ): Effect.Effect<Option.Option<OrderDetail>, ReadModelFailure>
    /** The state of the order now; `none` when there is no such order. */
    state(tenant: string, orderId: OrderId): Effect.Effect<Option.Option<OrderState.DraftedOrder>, ReadModelFailure>
    /** Part of the order's history; `none` when there is no such order. */
    history(
      tenant: string,
      orderId: OrderId,
      range: HistoryRange
    ): Effect.Effect<Option.Option<OrderHistory>, ReadModelFailure>
    /** A page of all orders as of a point in the past. */
    everyAsOf(query: FindOrdersAsOf): Effect.Effect<OrdersAsOf, ReadModelFailure>
  }
>()("@eventfold/orders-api/OrderStreams") {
  /** Reads from the event store. */
  static readonly layer: Layer.Layer<OrderStreams, never, EventStore> = Layer.effect(
    OrderStreams,
    Effect.gen(function* () {
      const store = yield* EventStore
      const read = yield* StreamEvents.reader(codec, readModel)
      const asked = <A>(past: Effect.Effect<A, History.HistoryError, EventStore>) =>
        past.pipe(Effect.provideService(EventStore, store), Effect.catch(failed))
      return {
        detail: Effect.fn("OrderStreams.detail")(function* (tenant, orderId, asOf) {
          const order = detailOf(yield* Stream.runCollect(read(streamOf(tenant, orderId), asOf)))
          // The events up to version 9 of an order that has 5 are no order at version 9.
          return Option.filter(order, ({ version }) => asOf?._tag !== "Version" || version === asOf.version)
        }),
        state: Effect.fn("OrderStreams.state")(function* (tenant, orderId) {
          const told = yield* Stream.runCollect(read(streamOf(tenant, orderId)))
          const { state } = StreamEvents.followed(Order.Order, told)
          return state.status === "none" ? Option.none() : Option.some(state)
        }),
        history: Effect.fn("OrderStreams.history")(function* (tenant, orderId, { after, limit, ...period }) {
          const stream = streamOf(tenant, orderId)
          const page = (direction: "forwards" | "backwards", from: number, size: number) =>
            Effect.catch(store.readPage(stream, { direction, from, limit: size }), failed)
          const [last] = yield* page("backwards", Number.MAX_SAFE_INTEGER, 1)
          if (last === undefined) return Option.none()
          // One more than asked for tells whether there is another page.
          const found =
            period.from === undefined && period.to === undefined
              ? yield* page("forwards", after + 1, limit + 1)
              : yield* asked(
                  History.eventsBetween(stream, period, { afterVersion: after }).pipe(
                    Stream.take(limit + 1),
                    Stream.runCollect
                  )
                )
          const events = yield* Effect.catch(entriesOf(found.slice(0, limit)), failed)
          const end = found.length > limit ? events.at(-1) : undefined
          const next = end === undefined ? {} : { next: end.version }
          return Option.some({ orderId, version: last.version, events, ...next })
        }),
        everyAsOf: Effect.fn("OrderStreams.everyAsOf")(function* ({ asOf, after, limit, tenant }) {
          const { found, next } = yield* asked(
            History.pageOfStreams(Order.Order.category, { tenant, after, limit }, (stream) => summaryAsOf(stream, asOf))
          )
          return {
            orders: found.flatMap((result) => (Result.isSuccess(result) ? [result.success] : [])),
            unreadable: found.flatMap((result) => (Result.isFailure(result) ? [result.failure.stream.id] : [])),
            ...(next === undefined ? {} : { next })
          }
        })
      }
    })
  )
}

const codec = EventCodec.make(Order.Order.Event)

const readModel = "orders, from their streams"
const failed = StreamEvents.failedAs(readModel)

/** The entries of a history. What cannot be decoded is told as it is stored. */
const entriesOf = Effect.fnUntraced(function* (recorded: ReadonlyArray<RecordedEvent>) {
  const decoded = yield* codec.decodeEach(recorded)
  const shown = yield* codec.show(recorded)
  return recorded.map((event, index): HistoryEntry => {
    const { id: eventId, metadata, occurredAt, recordedAt, schemaVersion, type, version } = event
    const result = decoded[index]
    const summary =
      result !== undefined && Result.isSuccess(result)
        ? summaryOf(result.success.event)
        : `${type}, in a form that this version of the service cannot read`
    const data = shown[index] ?? null
    return { version, eventId, type, schemaVersion, summary, occurredAt, recordedAt, data, metadata: { ...metadata } }
  })
})

const detailOf = (told: ReadonlyArray<StreamEvents.Told<OrderEvents.OrderEvent>>): Option.Option<OrderDetail> => {
  const { state, ...rest } = StreamEvents.followed(Order.Order, told)
  return state.status === "none" ? Option.none() : Option.some({ ...factsOf(state), ...rest })
}

/** One row about an order as of a point in the past; `none` when it had not been drafted by then. */
const summaryAsOf = (stream: StreamId.StreamId, asOf: History.HistoryPoint) =>
  History.eventsAsOf(stream, asOf).pipe(
    Stream.chunks,
    Stream.runFoldEffect(
      (): OrderSummary.OrderSummary | undefined => undefined,
      (row, recorded) =>
        Effect.map(codec.decode(recorded), (events) =>
          events.reduce((now, event, index) => OrderSummary.evolve(now, event, recorded[index]?.version ?? 0), row)
        )
    ),
    Effect.map(Option.fromUndefinedOr)
  )

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
    ...("shippingAddress" in order ? { shippingAddress: show(order.shippingAddress) } : {}),
    ...("approvedBy" in order ? { approvedBy: order.approvedBy } : {}),
    ...("trackingNumber" in order ? { shipment: shipmentOf(order) } : {}),
    ...("signedBy" in order ? { signedBy: show(order.signedBy) } : {}),
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
