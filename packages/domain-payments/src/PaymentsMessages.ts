/**
 * The published language of payments: what is said of the money of orders to those who keep models of their own, and which
 * event means what. An event without a message stays inside.
 *
 * Every message has the order as its key: who receives them has those of one order in order. Tokens of cards and reasons
 * that people gave are not said.
 *
 * Gotcha: the payments of an order may be several streams. A relay keeps the order of an order when it is partitioned by
 * `keyOf`.
 */
import { PublishedMessage } from "@eventfold/decider"
import { Money, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Events from "./PaymentEvents.ts"
import { PaymentId, RefundId } from "./PaymentIds.ts"

const payment = { orderId: OrderId, paymentId: PaymentId }

/** The money for an order is ours. */
export const PaymentCapturedV1 = PublishedMessage.make(
  "payments",
  "payment-captured",
  1,
  Schema.Struct({ ...payment, money: Money.PositiveMoney, capturedAt: PublishedMessage.Instant }).annotate({
    description: "The money for an order is ours."
  })
)

/** Money for an order was given back: all of it, or a part. */
export const PaymentRefundedV1 = PublishedMessage.make(
  "payments",
  "payment-refunded",
  1,
  Schema.Struct({
    ...payment,
    refundId: RefundId,
    money: Money.PositiveMoney,
    refundedAt: PublishedMessage.Instant
  }).annotate({ description: "Money for an order was given back: all of it, or a part." })
)

/** A card that was to pay for an order was declined. Another attempt may follow. */
export const CardDeclinedV1 = PublishedMessage.make(
  "payments",
  "card-declined",
  1,
  Schema.Struct({
    ...payment,
    attempt: Events.Attempt,
    /** Why, as a word such as `card-expired`. There may come to be more of them. */
    code: Schema.String.check(Schema.isPattern(/^[a-z]{1,30}(-[a-z]{1,30}){0,5}$/u)),
    declinedAt: PublishedMessage.Instant
  }).annotate({ description: "A card that was to pay for an order was declined. Another attempt may follow." })
)

/** All of it. */
export const language = PublishedMessage.language("payments", [PaymentCapturedV1, PaymentRefundedV1, CardDeclinedV1])

/** The schema of the events that mean something to others. */
export const events = Schema.Union([Events.PaymentCaptured, Events.PaymentRefunded, Events.CardDeclined])
/** An event that means something to others. */
export type Event = typeof events.Type

/** What the messages of an event are in order by. */
export const keyOf = (event: Event): string => event.orderId

/** What an event of a payment means to others. */
export const messagesOf = (event: Event): ReadonlyArray<PublishedMessage.Outgoing> => {
  const { occurredAt, orderId, paymentId } = event
  const key = { key: keyOf(event) }
  switch (event._tag) {
    case "PaymentCaptured": {
      const { money } = event
      return [PublishedMessage.say(PaymentCapturedV1, { orderId, paymentId, money, capturedAt: occurredAt }, key)]
    }
    case "PaymentRefunded": {
      const { money, refundId } = event
      const content = { orderId, paymentId, refundId, money, refundedAt: occurredAt }
      return [PublishedMessage.say(PaymentRefundedV1, content, key)]
    }
    case "CardDeclined": {
      const { attempt, code } = event
      const content = { orderId, paymentId, attempt, code, declinedAt: occurredAt }
      return [PublishedMessage.say(CardDeclinedV1, content, key)]
    }
  }
}
