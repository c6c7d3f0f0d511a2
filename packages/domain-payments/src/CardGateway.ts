/**
 * The port to a card gateway: what is asked of it and what it answers, in our words.
 *
 * Guarantees of every layer (`CardGatewayContract` in `@eventfold/testing` holds them to it): what is asked again under
 * the same key is done once and answered as the first time; nothing is ever captured beyond what is authorised, nor
 * refunded beyond what is captured; after `void` nothing is held for the payment, and an authorisation that arrives later
 * is declined.
 *
 * Gotcha: `GatewayUnavailable` says nothing about whether it was done. Ask again under the same key.
 */
import type { Money } from "@eventfold/shared-kernel"
import { Context, type Effect, Schema } from "effect"
import type { CardToken } from "./CardData.ts"
import { DeclineCode, reasonOf } from "./DeclineCode.ts"
import { PaymentId } from "./PaymentIds.ts"

/** The gateway says no: asked again under the same key, it says the same. */
export class GatewayDeclined extends Schema.TaggedError<GatewayDeclined>()("GatewayDeclined", {
  paymentId: PaymentId,
  code: DeclineCode
}) {
  override get message() {
    return `payment ${this.paymentId}: the card gateway declines, ${reasonOf(this.code)}`
  }
}

/** The gateway did not answer, or not in a way that can be understood. It may have done what was asked, or not. */
export class GatewayUnavailable extends Schema.TaggedError<GatewayUnavailable>()("GatewayUnavailable", {
  paymentId: PaymentId,
  /**
   * `unreachable`: no connection, or it broke; `timeout`: no answer in time; `failing`: it answers that it cannot;
   * `unexpected`: its answer is none to what was asked; `refused-us`: it does not know us, or we ask wrongly.
   */
  problem: Schema.Literals(["unreachable", "timeout", "failing", "unexpected", "refused-us"])
}) {
  override get message() {
    return `payment ${this.paymentId}: the card gateway cannot be asked (${this.problem})`
  }
}

/** What can come back from a gateway besides an answer. */
export type GatewayError = GatewayDeclined | GatewayUnavailable

/** What every request to a gateway has. */
export interface GatewayRequest {
  /** The same request again has the same key, and no other request has it. */
  readonly key: string
  readonly paymentId: PaymentId
}

/** Money is to be held on a card. */
export interface Authorise extends GatewayRequest {
  readonly money: Money.PositiveMoney
  readonly token: CardToken
}

/** What is held is to be handed over, so much of it. */
export interface Capture extends GatewayRequest {
  readonly authorisation: string
  readonly money: Money.PositiveMoney
}

/** What was captured is to be given back, so much of it. */
export interface Refund extends GatewayRequest {
  readonly authorisation: string
  readonly money: Money.PositiveMoney
}

/** A card gateway. Every request ends within the time limit of the layer. */
export class CardGateway extends Context.Service<
  CardGateway,
  {
    /** Holds money on a card; answers the gateway's identifier of what is held. */
    authorise(request: Authorise): Effect.Effect<{ readonly authorisation: string }, GatewayError>
    /** Takes what is held, and releases the rest. To capture as much once more is harmless, under any key. */
    capture(request: Capture): Effect.Effect<void, GatewayError>
    /** Gives back; answers what the gateway keeps for itself, on top of what it gives back. */
    refund(request: Refund): Effect.Effect<{ readonly feeKept: Money.NonNegativeMoney }, GatewayError>
    /**
     * Releases whatever is held for a payment, also what nobody knows to be held, and bars it. Declined as
     * `already-captured` once money was captured.
     */
    void(request: GatewayRequest): Effect.Effect<void, GatewayError>
  }
>()("@eventfold/domain-payments/CardGateway") {}
