/** Answers the queries about the catalogue, from its documents. Nothing here can write. */
import { PricingErrors } from "@eventfold/domain-catalog"
import { type EventStoreFailure, QueryBus, ReadModelFailure } from "@eventfold/event-store"
import { Effect, Option } from "effect"
import { ProductCatalog } from "../catalog/ProductCatalog.ts"
import { findDiscounts, findProducts, findPromotions, getProduct } from "./CatalogQueries.ts"

const asked = <A>(ask: (catalog: ProductCatalog["Service"]) => Effect.Effect<A, EventStoreFailure>) =>
  Effect.mapError(
    Effect.flatMap(ProductCatalog, ask),
    (cause) => new ReadModelFailure({ readModel: "the catalogue", cause })
  )

/** The handlers of the queries about the catalogue. */
export const handlers = [
  QueryBus.handler(
    getProduct,
    Effect.fnUntraced(function* ({ productId, tenant }) {
      const found = yield* asked((catalog) => catalog.product(tenant, productId))
      return Option.isSome(found) ? found.value : yield* new PricingErrors.ProductNotInCatalogue({ productId })
    })
  ),
  QueryBus.handler(
    findProducts,
    Effect.fnUntraced(function* ({ after, limit, tenant }) {
      // One more than asked for tells whether there is another page.
      const found = yield* asked((catalog) => catalog.page(tenant, { after, limit: limit + 1 }))
      const products = found.slice(0, limit)
      const last = found.length > limit ? products.at(-1) : undefined
      return { products, ...(last === undefined ? {} : { next: last.productId }) }
    })
  ),
  QueryBus.handler(findPromotions, ({ tenant }) => asked((catalog) => catalog.promotions(tenant))),
  QueryBus.handler(findDiscounts, ({ tenant }) => asked((catalog) => catalog.discounts(tenant)))
]
