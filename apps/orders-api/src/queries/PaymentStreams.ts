/**
 * Reads one payment, as of now, from its stream. Query handlers use this in place of the event store, with which they could
 * write. An event that cannot be decoded makes the payment unreadable: a defect.
 */
import { DeclineCode, Payment, type PaymentEvents, type PaymentIds } from "@eventfold/domain-payments"
import {
  EventCodec,
  EventStore,
  type EventStoreFailure,
  History,
  ReadModelFailure,
  type RecordedEvent
} from "@eventfold/event-store"
import { Decider } from "@eventfold/decider"
import { Context, Effect, Layer, Option, Stream } from "effect"
import { streamOf } from "../PaymentStreamId.ts"
import type { PaymentDetail } from "./PaymentQueries.ts"

/** Reads payments from their streams. */
export class PaymentStreams extends Context.Service<
  PaymentStreams,
  {
    /** The payment as it is now; `none` when nobody has asked for it. */
    detail(
      tenant: string,
      paymentId: PaymentIds.PaymentId
    ): Effect.Effect<Option.Option<PaymentDetail>, ReadModelFailure>
  }
>()("@eventfold/orders-api/PaymentStreams") {
  /** Reads from the event store. */
  static readonly layer: Layer.Layer<PaymentStreams, never, EventStore> = Layer.effect(
    PaymentStreams,
    Effect.gen(function* () {
      const store = yield* EventStore
      return {
        detail: Effect.fn("PaymentStreams.detail")(function* (tenant, paymentId) {
          // A payment has a few events, and some hundred when it is given back in a hundred parts.
          const recorded = yield* History.eventsAsOf(streamOf(tenant, paymentId), History.latest).pipe(
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

const codec = EventCodec.make(Payment.Payment.Event)

const failed = (cause: EventStoreFailure) => new ReadModelFailure({ readModel: "payments, from their streams", cause })

const detailOf = (
  recorded: ReadonlyArray<RecordedEvent>,
  events: ReadonlyArray<PaymentEvents.PaymentEvent>
): Option.Option<PaymentDetail> => {
  const payment = Decider.fold(Payment.Payment, events)
  if (payment.status === "none") return Option.none()
  const timeline = recorded.map(({ occurredAt, recordedAt, type: event, version }) => ({
    event,
    occurredAt,
    recordedAt,
    version
  }))
  const answer = Payment.answerOf(payment, recorded.at(-1)?.version ?? 0)
  if (payment.status === "barred") return Option.some({ ...answer, refunds: [], timeline })
  const { attempt: attempts, code, money, refunds, status } = payment
  return Option.some({
    ...answer,
    attempts,
    ...(status === "declined" && code !== undefined ? { declined: { code, reason: DeclineCode.reasonOf(code) } } : {}),
    refunds: refunds.map(({ amount, refundId, status }) => ({
      refundId,
      money: { amount, currency: money.currency },
      status
    })),
    timeline
  })
}
