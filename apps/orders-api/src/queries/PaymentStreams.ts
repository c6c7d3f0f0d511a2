/**
 * Reads one payment, as of now, from its stream. Query handlers use this in place of the event store, with which they could
 * write. An event that cannot be decoded makes the payment unreadable: a defect.
 */
import { DeclineCode, Payment, type PaymentEvents, type PaymentIds } from "@eventfold/domain-payments"
import { EventCodec, type EventStore, type ReadModelFailure } from "@eventfold/event-store"
import { Context, Effect, Layer, Option, Stream } from "effect"
import { streamOf } from "../PaymentStreamId.ts"
import type { PaymentDetail } from "./PaymentQueries.ts"
import * as StreamEvents from "./StreamEvents.ts"

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
      const read = yield* StreamEvents.reader(codec, "payments, from their streams")
      return {
        detail: Effect.fn("PaymentStreams.detail")(function* (tenant, paymentId) {
          // A payment has a few events, and some hundred when it is given back in a hundred parts.
          return detailOf(yield* Stream.runCollect(read(streamOf(tenant, paymentId))))
        })
      }
    })
  )
}

const codec = EventCodec.make(Payment.Payment.Event)

const detailOf = (told: ReadonlyArray<StreamEvents.Told<PaymentEvents.PaymentEvent>>): Option.Option<PaymentDetail> => {
  const { state: payment, version } = StreamEvents.followed(Payment.Payment, told)
  if (payment.status === "none") return Option.none()
  const timeline = told.map(({ recorded: { occurredAt, recordedAt, type: event, version } }) => ({
    event,
    occurredAt,
    recordedAt,
    version
  }))
  const answer = Payment.answerOf(payment, version)
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
