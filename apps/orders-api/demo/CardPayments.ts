/**
 * The money: what the service says was taken for each order and given back, what the card gateway says, and whether both are
 * what the files come to, to the cent.
 */
import { GatewayLanguage } from "@eventfold/card-gateway"
import { ofOrder as paymentOf } from "@eventfold/domain-payments/published"
import { OrderId } from "@eventfold/shared-kernel"
import { Effect, Schedule, Schema } from "effect"
import type { Digest } from "effect/crypto"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import type { GatewayAddress } from "../src/gateway/GatewayAddress.ts"
import * as DerivedIds from "./DerivedIds.ts"
import type { FulfilmentPlan } from "./FulfilmentPlan.ts"
import { expectService, type Service, type ServiceOptions, type ServiceUnreachable } from "./Service.ts"

/** Cents that were taken for an order. */
export interface Paid {
  readonly captured: bigint
  readonly refunded: bigint
  /** Held, and neither taken nor released. */
  readonly held: bigint
}

/** By the number of the order. */
export type Payments = ReadonlyMap<string, Paid>

/** The card gateway does not say what it knows. */
export class GatewaySilent extends Schema.TaggedError<GatewaySilent>()("GatewaySilent", {
  url: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `The card gateway at ${this.url} does not tell what it has taken: ${this.reason}`
  }
}

const nothing: Paid = { captured: 0n, refunded: 0n, held: 0n }

const sum = (all: Iterable<Paid>): Paid =>
  Array.from(all).reduce(
    (sum, { captured, held, refunded }) => ({
      captured: sum.captured + captured,
      refunded: sum.refunded + refunded,
      held: sum.held + held
    }),
    nothing
  )

/** What the service says of the orders that a card pays. Always up to date. */
export const find = Effect.fn("CardPayments.find")(function* (
  service: Service,
  { baseUrl }: ServiceOptions,
  { due }: FulfilmentPlan
): Effect.fn.Return<Payments, ServiceUnreachable, Digest.Digest> {
  const found = yield* Effect.forEach(
    due.keys(),
    Effect.fnUntraced(function* (number) {
      const id = OrderId.fromUuid(yield* DerivedIds.order(number))
      const { body } = yield* service.payments
        .ofOrder({ params: { id }, query: {}, headers: {} })
        .pipe(expectService(baseUrl))
      const inDollars = body.payments.filter(({ captured }) => captured.currency === "USD")
      const paid = inDollars.map(({ captured, refunded }) => ({
        captured: BigInt(captured.amount),
        refunded: BigInt(refunded.amount),
        held: 0n
      }))
      return [number, sum(paid)] as const
    }),
    { concurrency: 8 }
  )
  return new Map(found)
})

const Charges = Schema.Struct({ charges: Schema.Array(GatewayLanguage.Charge) })

/** What the gateway says of the same orders: it calls a payment by the name that it has in the service. */
export const ask = Effect.fn("CardPayments.ask")(function* (
  { apiKey, url }: GatewayAddress,
  { due }: FulfilmentPlan
): Effect.fn.Return<Payments, GatewaySilent, Digest.Digest | HttpClient.HttpClient> {
  const client = (yield* HttpClient.HttpClient).pipe(
    HttpClient.retryTransient({ times: 3, schedule: Schedule.exponential("200 millis") })
  )
  const { charges } = yield* HttpClientRequest.get(`${url}/admin/charges`).pipe(
    HttpClientRequest.bearerToken(apiKey),
    client.execute,
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.flatMap(HttpClientResponse.schemaBodyJson(Charges)),
    Effect.timeout("10 seconds"),
    Effect.mapError(({ message }) => new GatewaySilent({ url, reason: message }))
  )
  const ofReference = Map.groupBy(charges, ({ reference }) => reference)
  const found = yield* Effect.forEach(due.keys(), (number) =>
    Effect.map(DerivedIds.order(number), (uuid) => {
      const ofOrder = ofReference.get(paymentOf(OrderId.fromUuid(uuid))) ?? []
      return [number, sum(ofOrder.map(paidOf))] as const
    })
  )
  return new Map(found)
})

const paidOf = (charge: GatewayLanguage.Charge): Paid => ({
  captured: BigInt(charge.amount_captured_cents),
  refunded: BigInt(charge.amount_refunded_cents),
  held: charge.status === "authorized" ? BigInt(charge.amount_cents) : 0n
})

/** Everything in which `who` differs from the files: what stays paid is what is due, and nothing is held. */
export const differences = (
  { due }: FulfilmentPlan,
  found: Payments,
  who: "service" | "card gateway",
  format: (cents: bigint) => string
): ReadonlyArray<string> =>
  Array.from(due).flatMap(([number, cents]) => {
    const { captured, held, refunded } = found.get(number) ?? nothing
    const stays = captured - refunded
    return [
      ...(stays === cents
        ? []
        : [`order ${number}, paid: ${format(stays)} in the ${who}, ${format(cents)} due by the files`]),
      ...(held === 0n ? [] : [`order ${number}: ${format(held)} still held in the ${who}`])
    ]
  })

/** `842,688.63 USD captured - 0.00 USD refunded = 842,688.63 USD due` */
export const told = (found: Payments, format: (cents: bigint) => string): string => {
  const { captured, refunded } = sum(found.values())
  return `${format(captured)} captured - ${format(refunded)} refunded = ${format(captured - refunded)} due`
}
