/**
 * Sends the sample orders to the service, as the customers and the staff of Northwind did: draft, place, approve, ship.
 *
 * Every identifier and idempotency key is derived from the data. So a replay that was cut off can be repeated, and a
 * repeated one changes nothing. `occurredAt` is the day in the data.
 */
import { CustomerId, OrderId, Percentage, ProductId, Quantity } from "@eventfold/shared-kernel"
import { Effect, Option, Schema } from "effect"
import type { Digest } from "effect/crypto"
import * as DerivedIds from "./DerivedIds.ts"
import type { Destination, SampleLine, SampleOrder } from "./Samples.ts"
import type { Service, ServiceUnreachable } from "./Service.ts"

const Step = Schema.Literals(["draft", "place", "approve", "ship"])
type Step = typeof Step.Type

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

/** Brings one order as far as the data says. What has been done before, by a replay or anybody, is left as it is. */
export const replay = Effect.fn("Replay.replay")(function* (
  service: Service,
  order: SampleOrder
): Effect.fn.Return<void, OrderNotReplayed | ServiceUnreachable, Digest.Digest> {
  const { number, orderedOn, requiredOn, shippedOn } = order
  const orderId = OrderId.fromUuid(yield* DerivedIds.order(number))
  const customerId = CustomerId.fromUuid(yield* DerivedIds.customer(order.customer))
  const items = yield* Effect.forEach(order.lines, itemOf)
  const params = { id: orderId }

  const step = Effect.fnUntraced(function* (
    step: Step,
    send: (headers: CommandHeaders) => Effect.Effect<unknown, Failure>
  ): Effect.fn.Return<void, OrderNotReplayed | ServiceUnreachable, Digest.Digest> {
    const headers = {
      "idempotency-key": yield* DerivedIds.command(number, step),
      "x-correlation-id": `northwind/${number}`,
      "x-actor": "northwind-demo"
    }
    yield* send(headers).pipe(
      Effect.catchIf(isPassed, () => Effect.void),
      Effect.mapError((error) =>
        error._tag === "ServiceUnreachable"
          ? error
          : new OrderNotReplayed({ order: number, step, reason: reasonOf(error) })
      )
    )
  })

  yield* step("draft", (headers) =>
    service.orders.draft({ headers, payload: { orderId, customerId, currency: "USD", items, occurredAt: orderedOn } })
  )
  yield* step("place", (headers) =>
    service.orders.place({
      params,
      headers,
      payload: { shippingAddress: addressOf(order.shipTo), occurredAt: orderedOn }
    })
  )
  yield* step("approve", (headers) =>
    service.orders.approve({ params, headers, payload: { approvedBy: "Northwind", occurredAt: orderedOn } })
  )
  if (Option.isNone(shippedOn)) return
  yield* step("ship", (headers) =>
    service.orders.ship({
      params,
      headers,
      payload: {
        carrier: order.carrier,
        trackingNumber: `NORTHWIND-${number}`,
        estimatedDelivery: requiredOn,
        occurredAt: shippedOn.value
      }
    })
  )
})

/**
 * A token of everything that was stored until now: a command that was handled before, sent again, changes nothing and answers
 * it. None when the service has forgotten that command.
 */
export const token = Effect.fn("Replay.token")(function* (
  service: Service,
  { customer, lines, number, orderedOn }: SampleOrder
) {
  const orderId = OrderId.fromUuid(yield* DerivedIds.order(number))
  const customerId = CustomerId.fromUuid(yield* DerivedIds.customer(customer))
  const headers = {
    "idempotency-key": yield* DerivedIds.command(number, "draft"),
    "x-correlation-id": `northwind/${number}`,
    "x-actor": "northwind-demo"
  }
  const items = yield* Effect.forEach(lines, itemOf)
  const payload = { orderId, customerId, currency: "USD" as const, items, occurredAt: orderedOn }
  return yield* Effect.option(
    Effect.map(service.orders.draft({ headers, payload }), (answer) => answer.headers["consistency-token"])
  )
})

const itemOf = Effect.fnUntraced(function* ({ discount, product, productName, quantity, unitPrice }: SampleLine) {
  return {
    productId: ProductId.fromUuid(yield* DerivedIds.product(product)),
    productName,
    quantity: Quantity.Quantity.make(quantity),
    unitPrice: { amount: Number(unitPrice), currency: "USD" as const },
    discount: Percentage.Percentage.make(discount)
  }
})

const addressOf = ({ city, country, name, postalCode, region, street }: Destination) => ({
  recipient: name,
  street,
  city,
  country,
  ...Option.match(region, { onNone: () => ({}), onSome: (region) => ({ region }) }),
  ...Option.match(postalCode, { onNone: () => ({}), onSome: (postalCode) => ({ postalCode }) })
})

type Call = ReturnType<Service["orders"]["draft" | "place" | "approve" | "ship"]>
type Failure = Effect.Error<Call>
type CommandHeaders = Parameters<Service["orders"]["approve"]>[0]["headers"]

/**
 * Whether the order is past what was asked for. So it is answered when the service has forgotten the idempotency key, or
 * when somebody has gone on with the order.
 */
const isPassed = (error: Failure): boolean => {
  if (error._tag !== "OrderRefused") return false
  const { refusal } = error
  switch (refusal._tag) {
    case "OrderAlreadyApproved":
    case "OrderAlreadyCancelled":
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

const reasonOf = (error: Exclude<Failure, ServiceUnreachable>): string => {
  switch (error._tag) {
    case "InvalidRequest":
      return error.errors.map(({ field, rule }) => `${field} ${rule}`).join("; ")
    case "OrderRefused":
      return error.detail
    case "KeyReused":
      return "it took that order before, with other content"
    case "InternalError":
      return `it made a mistake; its log has the details under ${error.correlationId}`
    default:
      return error.message
  }
}
