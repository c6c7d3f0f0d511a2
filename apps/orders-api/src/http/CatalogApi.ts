/**
 * The endpoints for the catalogue: products, promotions, and discounts on the value of orders. Versions, idempotency and
 * problems are as for orders.
 */
import { ProductCommands, RuleCommands, RuleId } from "@eventfold/domain-catalog"
import { ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AnnouncedDiscount, AnnouncedPromotion, largestProductPage } from "../queries/CatalogQueries.ts"
import { about } from "./About.ts"
import * as Bodies from "./CatalogBodies.ts"
import { CatalogRefusedProblem, UnknownProduct, UnknownRule } from "./CatalogProblems.ts"
import * as CommandEndpoint from "./CommandEndpoint.ts"
import { IdCursor } from "./IdCursor.ts"
import { oneAtVersion } from "./OneAtVersion.ts"
import { optionalBody } from "./OptionalBody.ts"
import { pageSize } from "./PageSize.ts"
import { occurredAt } from "./PointInTime.ts"
import { OneHeaders, QueryHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"

const product = { id: ProductId }
const rule = { ruleId: RuleId }

const ProductAnswer = ProductCommands.ProductAnswer.annotate({
  description: "What the catalogue says of the product now"
})
const RuleAnswer = RuleCommands.RuleAnswer.annotate({ description: "Which rule it is, and its version" })

const ofProduct = CommandEndpoint.command(ProductAnswer, UnknownProduct, CatalogRefusedProblem)
const announce = CommandEndpoint.command(RuleAnswer, CatalogRefusedProblem)
const withdraw = { params: rule, query: occurredAt, ...CommandEndpoint.withoutBody(RuleAnswer, UnknownRule) }

/** A page of products. */
export const ProductsPage = Schema.Struct({
  products: Schema.Array(ProductCommands.ProductAnswer),
  /** Put it into `cursor` for the next page; absent on the last one. */
  nextCursor: Schema.optionalKey(IdCursor)
}).annotate({ identifier: "ProductsPage", description: "A page of products" })

/** The endpoints for the catalogue. */
export class CatalogApi extends HttpApiGroup.make("catalog")
  .add(
    HttpApiEndpoint.post("list", "/products", {
      ...CommandEndpoint.command(ProductAnswer, CatalogRefusedProblem),
      payload: Bodies.ListProduct,
      success: CommandEndpoint.created(ProductAnswer)
    }).annotateMerge(
      about(
        "Let a product be bought",
        "Choose the product's id, or leave it out: then it is derived from the Idempotency-Key. One that was discontinued is sold again."
      )
    ),
    HttpApiEndpoint.get("products", "/products", {
      query: { limit: pageSize(largestProductPage, 50), cursor: Schema.optionalKey(IdCursor) },
      headers: QueryHeaders,
      success: ProductsPage
    }).annotateMerge(
      about("Products, in the order of their ids", "Those that are not sold any more, too. Always up to date.")
    ),
    HttpApiEndpoint.get("product", "/products/:id", {
      params: product,
      headers: OneHeaders,
      success: oneAtVersion(ProductCommands.ProductAnswer),
      error: UnknownProduct
    }).annotateMerge(about("What the catalogue says of a product", "Always up to date.")),
    HttpApiEndpoint.put("reprice", "/products/:id/price", {
      params: product,
      payload: Bodies.RepriceProduct,
      ...ofProduct
    }).annotateMerge(
      about(
        "Give a product another price",
        "It counts for orders that are placed from then on, whenever they were begun."
      )
    ),
    HttpApiEndpoint.post("discontinue", "/products/:id/discontinue", {
      params: product,
      payload: optionalBody(Bodies.DiscontinueProduct),
      ...ofProduct
    }).annotateMerge(
      about(
        "Sell a product no more",
        "Orders in which it is already, and that are not placed, cannot be placed with it."
      )
    ),
    HttpApiEndpoint.get("promotions", "/promotions", {
      headers: QueryHeaders,
      success: Schema.Struct({ promotions: Schema.Array(AnnouncedPromotion) })
    }).annotateMerge(about("The promotions that are announced", "Whether they hold now or not. Always up to date.")),
    HttpApiEndpoint.put("announcePromotion", "/promotions/:ruleId", {
      params: rule,
      payload: Bodies.AnnouncePromotion,
      ...announce
    }).annotateMerge(
      about(
        "Let a promotion hold",
        "So much off these products, for lines of so many pieces or more, for a time. It takes the place of the one of its id."
      )
    ),
    HttpApiEndpoint.delete("withdrawPromotion", "/promotions/:ruleId", withdraw).annotateMerge(
      about("Let a promotion hold no more", "What was placed with it stays as it is.")
    ),
    HttpApiEndpoint.get("discounts", "/order-value-discounts", {
      headers: QueryHeaders,
      success: Schema.Struct({ discounts: Schema.Array(AnnouncedDiscount) })
    }).annotateMerge(about("The discounts on the value of orders", "Always up to date.")),
    HttpApiEndpoint.put("announceDiscount", "/order-value-discounts/:ruleId", {
      params: rule,
      payload: Bodies.AnnounceDiscount,
      ...announce
    }).annotateMerge(
      about(
        "Let a discount on the value of orders hold",
        "So much off an order of so much or more, promotions taken off. It takes the place of the one of its id."
      )
    ),
    HttpApiEndpoint.delete("withdrawDiscount", "/order-value-discounts/:ruleId", withdraw).annotateMerge(
      about("Let a discount on the value of orders hold no more", "What was placed with it stays as it is.")
    )
  )
  .annotate(ServedBy, "catalog")
  .annotateMerge(OpenApi.annotations({ title: "Catalogue" })) {}
