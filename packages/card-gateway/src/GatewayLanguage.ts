/**
 * The language of the card gateway, as the gateway speaks it: snake_case, amounts in cents (hundredths of a currency's major
 * unit, whatever the currency), its own states, codes and headers. Nothing here is ours; `Translation.ts` says what it means.
 */
import { Schema } from "effect"

/** The header that makes a repetition harmless: the same key with the same body is answered as the first time. */
export const idempotencyHeader = "idempotency-key"
/** The header that proves that a webhook comes from the gateway: `t=<seconds>,v1=<hex of an HMAC-SHA-256>`. */
export const signatureHeader = "gateway-signature"

const cents = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/** Asks for money to be held on the card that `source` stands for. */
export const ChargeRequest = Schema.Struct({
  amount_cents: cents,
  currency: Schema.String,
  source: Schema.String,
  /** What the merchant calls the payment. */
  reference: Schema.String,
  /** Whether to capture it at once. */
  capture: Schema.Boolean
})
/** Asks for money to be held. */
export interface ChargeRequest extends Schema.Schema.Type<typeof ChargeRequest> {}

/** Asks for a part of what is held or captured, or all of it: `POST /v1/charges/{id}/capture`, `…/refunds`. */
export const AmountRequest = Schema.Struct({ amount_cents: cents })
/** Asks for an amount. */
export interface AmountRequest extends Schema.Schema.Type<typeof AmountRequest> {}

/** Asks for everything under a reference to be released, and nothing more to be held: `POST /v1/reversals`. */
export const ReversalRequest = Schema.Struct({ reference: Schema.String })
/** Asks for a reversal. */
export interface ReversalRequest extends Schema.Schema.Type<typeof ReversalRequest> {}

/** Money on a card: held, taken or released. */
export const Charge = Schema.Struct({
  id: Schema.String,
  object: Schema.Literal("charge"),
  status: Schema.Literals(["authorized", "captured", "voided", "expired", "declined"]),
  amount_cents: cents,
  amount_captured_cents: cents,
  amount_refunded_cents: cents,
  currency: Schema.String,
  reference: Schema.String
})
/** Money on a card. */
export interface Charge extends Schema.Schema.Type<typeof Charge> {}

/** Money given back. */
export const Refund = Schema.Struct({
  id: Schema.String,
  object: Schema.Literal("refund"),
  charge: Schema.String,
  amount_cents: cents,
  /** What the gateway keeps of its fee, besides. */
  fee_kept_cents: cents,
  currency: Schema.String
})
/** Money given back. */
export interface Refund extends Schema.Schema.Type<typeof Refund> {}

/** What was released. */
export const Reversal = Schema.Struct({
  object: Schema.Literal("reversal"),
  reference: Schema.String,
  charges: Schema.Array(Schema.String)
})
/** What was released. */
export interface Reversal extends Schema.Schema.Type<typeof Reversal> {}

/** What the gateway answers when it does not do what it is asked. */
export const Failure = Schema.Struct({
  error: Schema.Struct({
    type: Schema.Literals([
      "card_error",
      "invalid_request_error",
      "idempotency_error",
      "authentication_error",
      "api_error"
    ]),
    code: Schema.String,
    /** What the bank of the card says, with the code `card_declined`. */
    decline_code: Schema.optionalKey(Schema.String),
    message: Schema.String
  })
})
/** What the gateway answers when it does not do what it is asked. */
export interface Failure extends Schema.Schema.Type<typeof Failure> {}

/** What the gateway tells by itself: a webhook. */
export const WebhookEvent = Schema.Struct({
  id: Schema.String,
  object: Schema.Literal("event"),
  type: Schema.String,
  /** Seconds since 1970. */
  created: Schema.Int,
  data: Schema.Struct({ object: Charge })
})
/** What the gateway tells by itself. */
export interface WebhookEvent extends Schema.Schema.Type<typeof WebhookEvent> {}
