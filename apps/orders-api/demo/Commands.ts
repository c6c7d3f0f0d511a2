/**
 * How the demo sends commands: under idempotency keys that are derived from the data, and with a typed failure that says
 * which order, which step, and why.
 *
 * What an order or a shipment has passed counts as done: it is so when the service has forgotten the idempotency key, or
 * when somebody has gone on with it.
 */
import { Effect, Schema } from "effect"
import type { Digest } from "effect/crypto"
import * as DerivedIds from "./DerivedIds.ts"
import type { Service, ServiceUnreachable } from "./Service.ts"

/** What is done with an order. */
export const Step = Schema.Literals(["draft", "place", "approve", "ship", "fulfil", "pack", "dispatch", "delay"])
/** What is done with an order. */
export type Step = typeof Step.Type

/** The service does not do what an order of the samples asks for, most often because it has that order with other content. */
export class OrderNotReplayed extends Schema.TaggedError<OrderNotReplayed>()("OrderNotReplayed", {
  order: Schema.String,
  step: Step,
  reason: Schema.String
}) {
  override get message() {
    return `The service does not ${this.step} order ${this.order} of the samples: ${this.reason}`
  }
}

type Call =
  | ReturnType<Service["orders"]["draft" | "place" | "approve" | "ship"]>
  | ReturnType<Service["shipments"]["pack" | "dispatch" | "delay"]>
  | ReturnType<Service["customers"]["register"]>
  | ReturnType<Service["inventory"]["receive"]>
  | ReturnType<Service["catalog"]["list" | "discontinue"]>

/** Why a command fails. */
export type Failure = Effect.Error<Call>

/** What goes with a command, besides its body. */
export type CommandHeaders = Parameters<Service["orders"]["approve"]>[0]["headers"]

/** What goes with a command. `about` ties together in the service's log what belongs together. */
export const headersOf = (about: string, idempotencyKey: string): CommandHeaders => ({
  "idempotency-key": idempotencyKey,
  "x-correlation-id": `northwind/${about}`,
  "x-actor": "northwind-demo"
})

/** Sends a command on an order of the samples. */
export const send = Effect.fnUntraced(function* (
  order: string,
  step: Step,
  call: (headers: CommandHeaders) => Effect.Effect<unknown, Failure>
): Effect.fn.Return<void, OrderNotReplayed | ServiceUnreachable, Digest.Digest> {
  const headers = headersOf(order, yield* DerivedIds.command(order, step))
  yield* call(headers).pipe(
    Effect.catchIf(isPassed, () => Effect.void),
    Effect.mapError((error) =>
      error._tag === "ServiceUnreachable" ? error : new OrderNotReplayed({ order, step, reason: reasonOf(error) })
    )
  )
})

const isPassed = (error: Failure): boolean => {
  if (error._tag !== "OrderRefused" && error._tag !== "ShipmentRefused") return false
  const { refusal } = error
  switch (refusal._tag) {
    case "OrderAlreadyApproved":
    case "OrderAlreadyCancelled":
    case "ShipmentAlreadyCancelled":
    case "ShipmentAlreadyDelivered":
      return true
    // In the very status that was asked for, it got there in another way: with another address or shipment.
    case "OrderAlreadyPlaced":
      return refusal.status !== "placed"
    case "OrderAlreadyShipped":
      return refusal.status !== "shipped"
    default:
      return false
  }
}

/** Why, in words. */
export const reasonOf = (error: Exclude<Failure, ServiceUnreachable>): string => {
  switch (error._tag) {
    case "InvalidRequest":
      return error.errors.map(({ field, rule }) => `${field} ${rule}`).join("; ")
    case "KeyReused":
      return "it took that order before, with other content"
    case "InternalError":
      return `it made a mistake; its log has the details under ${error.correlationId}`
    default:
      return error.message
  }
}
