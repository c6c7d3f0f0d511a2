/**
 * What a payment waits for the gateway to do, and what the gateway's answers are to the payment.
 *
 * A payment waits for one step at a time, and `next` tells it from the state alone. So whoever finds a payment broken off
 * can go on, and asks under the same key as the one before.
 */
import type { Money } from "@eventfold/shared-kernel"
import { type DateTime, Option } from "effect"
import type * as Gateway from "./CardGateway.ts"
import type { DeclineCode } from "./DeclineCode.ts"
import { type PaymentId, type RefundId } from "./PaymentIds.ts"
import type { PaymentState } from "./PaymentState.ts"

/** A request to the gateway that a payment waits for. */
export type GatewayStep =
  | ({ readonly _tag: "Authorise"; readonly attempt: number } & Gateway.Authorise)
  | ({ readonly _tag: "Capture" } & Gateway.Capture)
  | ({ readonly _tag: "Refund"; readonly refundId: RefundId } & Gateway.Refund)
  | ({ readonly _tag: "Void" } & Gateway.GatewayRequest)

/** The step a payment waits for; none when it waits for nothing. */
export const next = (payment: PaymentState): Option.Option<GatewayStep> => {
  if (payment.status === "none" || payment.status === "barred") return Option.none()
  const { attempt, authorisation, money, paymentId, token } = payment
  const moneyOf = (amount: number): Money.PositiveMoney => ({ amount, currency: money.currency })
  switch (payment.status) {
    case "requested":
      return Option.some({
        _tag: "Authorise",
        key: `${paymentId}:authorise:${attempt}`,
        paymentId,
        attempt,
        money,
        token
      })
    case "capturing":
      if (authorisation === undefined) return Option.none()
      return Option.some({
        _tag: "Capture",
        key: `${paymentId}:capture:${attempt}`,
        paymentId,
        authorisation,
        money: moneyOf(payment.capturing)
      })
    case "voiding":
      return Option.some({ _tag: "Void", key: `${paymentId}:void`, paymentId })
    case "captured": {
      const pending = payment.refunds.find(({ status }) => status === "pending")
      if (authorisation === undefined || pending === undefined) return Option.none()
      const { amount, refundId } = pending
      return Option.some({
        _tag: "Refund",
        key: `${paymentId}:${refundId}`,
        paymentId,
        refundId,
        authorisation,
        money: moneyOf(amount)
      })
    }
    default:
      return Option.none()
  }
}

interface OfPayment {
  readonly paymentId: PaymentId
  readonly occurredAt: DateTime.Utc
}

/** An answer of the gateway, for the payment to take note of. */
export type GatewayResult = OfPayment &
  (
    | { readonly _tag: "Authorised"; readonly attempt: number; readonly authorisation: string }
    | { readonly _tag: "AuthoriseDeclined"; readonly attempt: number; readonly code: DeclineCode }
    | { readonly _tag: "Captured" }
    | { readonly _tag: "CaptureDeclined"; readonly code: DeclineCode }
    | { readonly _tag: "Refunded"; readonly refundId: RefundId; readonly feeKept: Money.NonNegativeMoney }
    | { readonly _tag: "RefundDeclined"; readonly refundId: RefundId; readonly code: DeclineCode }
    | { readonly _tag: "Voided" }
    | { readonly _tag: "VoidDeclined"; readonly code: DeclineCode }
  )
