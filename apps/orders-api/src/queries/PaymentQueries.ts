/** What can be asked about payments, as typed queries: one, read from its stream; a list, and the payments of an order. */
import { Message } from "@eventfold/decider"
import {
  DeclineCode,
  PaymentCommands,
  PaymentErrors,
  PaymentIds,
  PaymentList,
  PaymentStatus
} from "@eventfold/domain-payments"
import { StreamId } from "@eventfold/event-store"
import { Money, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Pages from "./Pages.ts"

/** A payment as it is now. What it has not reached is absent, and so is the card. */
export const PaymentDetail = Schema.Struct({
  ...PaymentCommands.PaymentAnswer.fields,
  /** How often it was tried. */
  attempts: Schema.optionalKey(Schema.Int),
  /** Why the last attempt was declined. */
  declined: Schema.optionalKey(Schema.Struct({ code: DeclineCode.DeclineCode, reason: Schema.String })),
  refunds: Schema.Array(
    Schema.Struct({
      refundId: PaymentIds.RefundId,
      money: Money.NonNegativeMoney,
      status: Schema.Literals(["pending", "done", "declined"])
    })
  ),
  /** What happened to it, the first event first. */
  timeline: Schema.Array(
    Schema.Struct({
      event: Schema.String,
      occurredAt: Schema.DateTimeUtc,
      recordedAt: Schema.DateTimeUtc,
      version: Schema.Int
    })
  )
}).annotate({ identifier: "PaymentDetail", description: "The payment as it is now" })
/** A payment as it is now. */
export interface PaymentDetail extends Schema.Schema.Type<typeof PaymentDetail> {}

/** Asks for one payment as it is now. */
export const GetPayment = Schema.TaggedStruct("GetPayment", {
  tenant: StreamId.Tenant,
  paymentId: PaymentIds.PaymentId
})
/** The message that carries {@link GetPayment}. */
export const getPayment = Message.query({
  context: "payments",
  payload: GetPayment,
  answer: PaymentDetail,
  refusal: PaymentErrors.PaymentNotFound
})

/** Asks for a page of payments, the one that was last touched to begin with. What is left out does not restrict. */
export const FindPayments = Schema.TaggedStruct("FindPayments", {
  ...Pages.fields,
  orderId: Schema.optionalKey(OrderId),
  status: Schema.optionalKey(PaymentStatus.PaymentStatus)
})
/** The message that carries {@link FindPayments}. */
export const findPayments = Pages.query("payments", FindPayments, PaymentList.PaymentRow)

/** What was taken for an order and given back, in a currency. */
export const OrderPayments = Schema.Struct({
  captured: Money.NonNegativeMoney,
  refunded: Money.NonNegativeMoney,
  /** What the gateway kept of what was given back: a discrepancy. */
  feesKept: Money.NonNegativeMoney
}).annotate({ identifier: "OrderPayments" })

/** Asks what was taken for an order and given back, per currency. */
export const GetPaymentsOfOrder = Schema.TaggedStruct("GetPaymentsOfOrder", {
  tenant: StreamId.Tenant,
  orderId: OrderId
})
/** The message that carries {@link GetPaymentsOfOrder}. */
export const getPaymentsOfOrder = Message.query({
  context: "payments",
  payload: GetPaymentsOfOrder,
  answer: Schema.Array(OrderPayments)
})
