/**
 * The catalogue: has it list the products of the files, at the prices of today, and discontinue those that the files say are not
 * sold any more. The orders of the files have prices of their own, which are given by an operator: see `Replay.ts`.
 *
 * What the catalogue knows already stays as it is, so that a second run changes nothing.
 */
import { ProductId } from "@eventfold/shared-kernel"
import { Effect, Schema } from "effect"
import type { Digest } from "effect/crypto"
import { headersOf, reasonOf } from "./Commands.ts"
import * as DerivedIds from "./DerivedIds.ts"
import type { SampleProduct } from "./Samples.ts"
import { expectService, type Service, type ServiceOptions, type ServiceUnreachable } from "./Service.ts"

/** How many products are dealt with at the same time. */
const concurrency = 8

/** The service does not take a product into its catalogue. */
export class ProductNotListed extends Schema.TaggedError<ProductNotListed>()("ProductNotListed", {
  product: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `The service does not list product ${this.product}: ${this.reason}`
  }
}

/** Has the catalogue say of each product what the files say. */
export const list = Effect.fn("Assortment.list")(function* (
  service: Service,
  { baseUrl }: ServiceOptions,
  products: ReadonlyArray<SampleProduct>
): Effect.fn.Return<void, ProductNotListed | ServiceUnreachable, Digest.Digest> {
  yield* Effect.forEach(
    products,
    Effect.fnUntraced(function* ({ isDiscontinued, name, number, price }) {
      const productId = ProductId.fromUuid(yield* DerivedIds.product(number))
      const params = { id: productId }
      const about = `product/${number}`
      const known = yield* service.catalog.product({ params, headers: {} }).pipe(
        Effect.map(({ body }) => body?.status),
        Effect.catchTag("UnknownProduct", () => Effect.succeed(undefined)),
        expectService(baseUrl)
      )
      const key = `${number}/${name}/${price}`
      const listing =
        known === undefined
          ? service.catalog.list({
              headers: headersOf(about, yield* DerivedIds.listing(key)),
              payload: { productId, name, price: { amount: Number(price), currency: "USD" } }
            })
          : Effect.void
      const ending =
        isDiscontinued && known !== "discontinued"
          ? service.catalog.discontinue({
              params,
              headers: headersOf(about, yield* DerivedIds.listing(`${key}/discontinued`)),
              payload: {}
            })
          : Effect.void
      yield* Effect.andThen(listing, ending).pipe(
        Effect.mapError((error) =>
          error._tag === "ServiceUnreachable"
            ? error
            : new ProductNotListed({ product: number, reason: reasonOf(error) })
        )
      )
    }),
    { concurrency, discard: true }
  )
})
