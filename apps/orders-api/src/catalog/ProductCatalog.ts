/**
 * What the catalogue says now: products by their ids and page by page, and the rules that take something off prices.
 *
 * Read from the documents, so it is always up to date, and inside a transaction it sees what that has changed. Query handlers
 * use it in place of the documents, with which they could write.
 */
import {
  Listing,
  mostRules,
  type PricingRules,
  type Product,
  type ProductCommands,
  type RuleId
} from "@eventfold/domain-catalog"
import { Documents } from "@eventfold/documents"
import type { EventStoreFailure } from "@eventfold/event-store"
import type { ProductId } from "@eventfold/shared-kernel"
import { Context, Effect, Layer, Option } from "effect"
import { discounts, products, promotions } from "./CatalogDocuments.ts"

/** A rule with its name among the rules, and how many events there are about it. */
export interface Announced {
  readonly ruleId: RuleId
  readonly version: number
}

/** What the catalogue says now. */
export class ProductCatalog extends Context.Service<
  ProductCatalog,
  {
    /** One product; `none` when the catalogue has never had it. */
    product(
      tenant: string,
      productId: ProductId
    ): Effect.Effect<Option.Option<ProductCommands.ProductAnswer>, EventStoreFailure>
    /** Products by their ids, those the catalogue has, with one question for all of them. */
    products(
      tenant: string,
      productIds: ReadonlyArray<ProductId>
    ): Effect.Effect<ReadonlyMap<ProductId, Product.Product>, EventStoreFailure>
    /** A page of all products in the order of their ids. */
    page(
      tenant: string,
      page: { readonly after?: string | undefined; readonly limit: number }
    ): Effect.Effect<ReadonlyArray<ProductCommands.ProductAnswer>, EventStoreFailure>
    /** All promotions that are announced, whether they hold now or not, in the order of their ids. */
    promotions(
      tenant: string
    ): Effect.Effect<ReadonlyArray<Announced & { readonly promotion: PricingRules.Promotion }>, EventStoreFailure>
    /** All discounts on the value of orders, in the order of their ids. */
    discounts(
      tenant: string
    ): Effect.Effect<
      ReadonlyArray<Announced & { readonly discount: PricingRules.OrderValueDiscount }>,
      EventStoreFailure
    >
  }
>()("@eventfold/orders-api/ProductCatalog") {
  /** Reads the documents. */
  static readonly layer: Layer.Layer<ProductCatalog, never, Documents> = Layer.effect(
    ProductCatalog,
    Effect.gen(function* () {
      const documents = yield* Documents
      const read = <A, E>(reading: Effect.Effect<A, E, Documents>) =>
        Effect.provideService(reading, Documents, documents)
      // A little more than there can be, should two have been the last one at the same moment.
      const limit = 2 * mostRules

      return {
        product: (tenant, productId) =>
          Effect.map(read(products.find(tenant, [productId])), (found) => {
            const known = found.get(productId)
            return known === undefined || known.state.status === "none"
              ? Option.none()
              : Option.some(Listing.answerOf(known.state, known.version))
          }),
        products: (tenant, productIds) =>
          Effect.map(read(products.find(tenant, productIds)), (found) => {
            const sold = new Map<ProductId, Product.Product>()
            for (const { state } of found.values()) if (state.status !== "none") sold.set(state.productId, state)
            return sold
          }),
        page: (tenant, page) =>
          Effect.map(read(products.list({ tenant, ...page })), (found) =>
            found.map(({ state, version }) => Listing.answerOf(state, version))
          ),
        promotions: (tenant) =>
          Effect.map(read(promotions.list({ tenant, limit })), (found) =>
            found.flatMap(({ state, version }) =>
              state.status === "none" ? [] : [{ ruleId: state.ruleId, version, promotion: state.promotion }]
            )
          ),
        discounts: (tenant) =>
          Effect.map(read(discounts.list({ tenant, limit })), (found) =>
            found.flatMap(({ state, version }) =>
              state.status === "none" ? [] : [{ ruleId: state.ruleId, version, discount: state.discount }]
            )
          )
      }
    })
  )
}
