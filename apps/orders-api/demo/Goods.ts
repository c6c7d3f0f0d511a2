/**
 * The goods: has them come in before any order asks for them, and compares what the service counts with the files.
 *
 * A receipt has an idempotency key derived from its product and its pieces, so goods that came in do not come in again.
 */
import { ProductId, Quantity } from "@eventfold/shared-kernel"
import { DateTime, Effect, Schema } from "effect"
import type { Digest } from "effect/crypto"
import { headersOf, reasonOf } from "./Commands.ts"
import * as DerivedIds from "./DerivedIds.ts"
import type { FulfilmentPlan, Stock } from "./FulfilmentPlan.ts"
import { expectService, type Service, type ServiceOptions, type ServiceUnreachable } from "./Service.ts"

/** How many products are asked about at the same time. */
const concurrency = 8

/** The service does not take goods in. */
export class GoodsNotReceived extends Schema.TaggedError<GoodsNotReceived>()("GoodsNotReceived", {
  product: Schema.String,
  pieces: Schema.Int,
  reason: Schema.String
}) {
  override get message() {
    return `The service does not take in ${this.pieces} pieces of product ${this.product}: ${this.reason}`
  }
}

const idOf = (product: string) => Effect.map(DerivedIds.product(product), (uuid) => ProductId.fromUuid(uuid))

/** Has everything of the plan come in, on the day of the first order. */
export const receive = Effect.fn("Goods.receive")(function* (
  service: Service,
  { first, receipts }: FulfilmentPlan
): Effect.fn.Return<void, GoodsNotReceived | ServiceUnreachable, Digest.Digest> {
  const [earliest] = first.map(({ orderedOn }) => orderedOn).toSorted(DateTime.Order)
  const occurredAt = earliest === undefined ? {} : { occurredAt: earliest }
  yield* Effect.forEach(
    receipts.entries(),
    Effect.fnUntraced(function* ([index, { pieces, product }]) {
      const key = yield* DerivedIds.receipt(`${product}/${index}/${pieces}`)
      yield* service.inventory
        .receive({
          params: { productId: yield* idOf(product) },
          headers: headersOf(`product/${product}`, key),
          payload: { quantity: Quantity.Quantity.make(pieces), ...occurredAt }
        })
        .pipe(
          Effect.mapError((error) =>
            error._tag === "ServiceUnreachable"
              ? error
              : new GoodsNotReceived({ product, pieces, reason: reasonOf(error) })
          )
        )
    }),
    { concurrency, discard: true }
  )
})

const nothing: Stock = { received: 0, available: 0, reserved: 0, shipped: 0 }

/** What the service counts of the products of the plan, by their numbers. Always up to date. */
export const find = Effect.fn("Goods.find")(function* (
  service: Service,
  { baseUrl }: ServiceOptions,
  { stock }: FulfilmentPlan
): Effect.fn.Return<ReadonlyMap<string, Stock>, ServiceUnreachable, Digest.Digest> {
  const found = yield* Effect.forEach(
    stock.keys(),
    Effect.fnUntraced(function* (product) {
      const counts = yield* service.inventory.get({ params: { productId: yield* idOf(product) }, headers: {} }).pipe(
        Effect.map(({ body }) => body ?? nothing),
        Effect.catchTag("UnknownStock", () => Effect.succeed(nothing)),
        expectService(baseUrl)
      )
      return [product, counts] as const
    }),
    { concurrency }
  )
  return new Map(found)
})

const places = ["received", "available", "reserved", "shipped"] as const

/** Everything in which the stock of the service differs from the files. */
export const differences = ({ stock }: FulfilmentPlan, found: ReadonlyMap<string, Stock>): ReadonlyArray<string> =>
  Array.from(stock).flatMap(([product, should]) => {
    const is = found.get(product) ?? nothing
    const balance =
      is.received === is.available + is.reserved + is.shipped
        ? []
        : [`product ${product}: ${told(is)}: that does not add up, in the service`]
    const counted = places.flatMap((place) =>
      is[place] === should[place]
        ? []
        : [`product ${product}, ${place}: ${is[place]} pieces in the service, ${should[place]} in the files`]
    )
    return [...balance, ...counted]
  })

const told = ({ available, received, reserved, shipped }: Stock) =>
  `${received} pieces received = ${available} available + ${reserved} reserved + ${shipped} shipped`

/** `Stock of 77 products: 34,566 pieces received = 1,204 available + 910 reserved + 32,452 shipped.` */
export const line = (found: ReadonlyMap<string, Stock>): string => {
  const sum = Array.from(found.values()).reduce(
    (sum, counts) => ({
      received: sum.received + counts.received,
      available: sum.available + counts.available,
      reserved: sum.reserved + counts.reserved,
      shipped: sum.shipped + counts.shipped
    }),
    nothing
  )
  return `Stock of ${found.size} products: ${told(sum).replaceAll(/\d(?=(?:\d{3})+\b)/gu, "$&,")}.`
}
