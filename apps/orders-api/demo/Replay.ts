/**
 * Sends the sample orders to the service, as the customers and the staff of Northwind did: draft and place, with the token of
 * the card that pays. The service fulfils the order by itself; the warehouse packs and dispatches what the data says was
 * shipped, and tells of a delay where that was after the day it was required on. An order that costs nothing has no card: the staff approves and ships it.
 *
 * Every identifier and idempotency key is derived from the data. So a replay that was cut off can be repeated, and a
 * repeated one changes nothing. `occurredAt` is the day in the data. What an order cost is given as the files have it, by an
 * operator and with the reason.
 */
import { CardData } from "@eventfold/domain-payments"
import { ofOrder as shipmentOf } from "@eventfold/domain-shipping/published"
import { CustomerId, OrderId, Percentage, ProductId, Quantity } from "@eventfold/shared-kernel"
import { type DateTime, Effect, Option } from "effect"
import type { Digest } from "effect/crypto"
import { type CommandHeaders, headersOf, type OrderNotReplayed, send } from "./Commands.ts"
import * as DerivedIds from "./DerivedIds.ts"
import * as Ending from "./Ending.ts"
import { type Destination, isLate, type SampleLine, type SampleOrder } from "./Samples.ts"
import type { Service, ServiceUnreachable } from "./Service.ts"

/** What the replay needs besides the order. */
export interface ReplayOptions extends Ending.EndingOptions {
  /** The token of the card that pays, by the number of the order. */
  readonly tokens: ReadonlyMap<string, string>
}

/** Brings one order as far as the data says. What has been done before, by a replay or anybody, is left as it is. */
export const replay = Effect.fn("Replay.replay")(function* (
  service: Service,
  order: SampleOrder,
  options: ReplayOptions
): Effect.fn.Return<void, OrderNotReplayed | ServiceUnreachable | Ending.NotEnded, Digest.Digest> {
  const { number, orderedOn, shipTo, shippedOn } = order
  const draft = yield* draftOf(order)
  const params = { id: draft.orderId }
  const token = Option.fromUndefinedOr(options.tokens.get(number))
  const paymentToken = Option.map(token, (token) => CardData.CardToken.make(token))

  yield* send(number, "draft", (headers) => service.orders.draft({ headers: asOperator(headers), payload: draft }))
  yield* send(number, "place", (headers) =>
    service.orders.place({
      params,
      headers,
      payload: {
        shippingAddress: addressOf(shipTo),
        occurredAt: orderedOn,
        ...Option.match(paymentToken, { onNone: () => ({}), onSome: (paymentToken) => ({ paymentToken }) })
      }
    })
  )
  if (Option.isNone(token)) return yield* byHand(service, order, draft.orderId)
  const ending = yield* Ending.wait(service, number, draft.orderId, options)
  if (ending === "cancelled" || Option.isNone(shippedOn)) return
  yield* leave(service, order, draft.orderId, shippedOn.value)
})

/** The warehouse packs an order and hands it to the carrier, and says so when that is too late. */
const leave = Effect.fnUntraced(function* (
  service: Service,
  order: SampleOrder,
  orderId: OrderId,
  occurredAt: DateTime.Utc
) {
  const { carrier, number, requiredOn } = order
  const params = { id: shipmentOf(orderId) }
  yield* send(number, "pack", (headers) =>
    service.shipments.pack({ params, headers, payload: { packedBy: "Northwind", packages: 1, occurredAt } })
  )
  yield* send(number, "dispatch", (headers) =>
    service.shipments.dispatch({
      params,
      headers,
      payload: { carrier, trackingNumber: `NORTHWIND-${number}`, estimatedDelivery: requiredOn, occurredAt }
    })
  )
  if (!isLate(order)) return
  const reason = "It left the warehouse after the day it was required on"
  yield* send(number, "delay", (headers) =>
    service.shipments.delay({ params, headers, payload: { reason, occurredAt } })
  )
})

/** The staff approves an order and, where the data says so, ships it. */
const byHand = Effect.fnUntraced(function* (
  service: Service,
  { carrier, number, orderedOn, requiredOn, shippedOn }: SampleOrder,
  orderId: OrderId
) {
  const params = { id: orderId }
  yield* send(number, "approve", (headers) =>
    service.orders.approve({ params, headers, payload: { approvedBy: "Northwind", occurredAt: orderedOn } })
  )
  if (Option.isNone(shippedOn)) return
  yield* send(number, "ship", (headers) =>
    service.orders.ship({
      params,
      headers,
      payload: {
        carrier,
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
export const token = Effect.fn("Replay.token")(function* (service: Service, order: SampleOrder) {
  const headers = asOperator(headersOf(order.number, yield* DerivedIds.command(order.number, "draft")))
  const payload = yield* draftOf(order)
  return yield* Effect.option(
    Effect.map(service.orders.draft({ headers, payload }), (answer) => answer.headers["consistency-token"])
  )
})

/** What an order of the files cost then is not what the catalogue says now: an operator gives it. */
const asOperator = (headers: CommandHeaders) => ({ ...headers, "x-role": "operator" as const })

const draftOf = Effect.fnUntraced(function* ({ customer, lines, number, orderedOn }: SampleOrder) {
  return {
    orderId: OrderId.fromUuid(yield* DerivedIds.order(number)),
    customerId: CustomerId.fromUuid(yield* DerivedIds.customer(customer)),
    currency: "USD" as const,
    items: yield* Effect.forEach(lines, itemOf),
    occurredAt: orderedOn
  }
})

const itemOf = Effect.fnUntraced(function* ({ discount, product, productName, quantity, unitPrice }: SampleLine) {
  return {
    productId: ProductId.fromUuid(yield* DerivedIds.product(product)),
    productName,
    quantity: Quantity.Quantity.make(quantity),
    unitPrice: { amount: Number(unitPrice), currency: "USD" as const },
    discount: Percentage.Percentage.make(discount),
    priceReason: "As it was sold by Northwind"
  }
})

/** Where goods go, as the service has it. */
export const addressOf = ({ city, country, name, postalCode, region, street }: Destination) => ({
  recipient: name,
  street,
  city,
  country,
  ...Option.match(region, { onNone: () => ({}), onSome: (region) => ({ region }) }),
  ...Option.match(postalCode, { onNone: () => ({}), onSome: (postalCode) => ({ postalCode }) })
})
