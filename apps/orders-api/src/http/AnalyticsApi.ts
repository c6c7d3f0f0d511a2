/** The endpoints of analytics: what happened per day and product, as ordering has told. All are answered by read models. */
import { UtcDay } from "@eventfold/decider"
import { Currency, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { FiguresOfDay, FiguresOfProduct } from "../queries/AnalyticsQueries.ts"
import { about } from "./About.ts"
import { fresh, pageFields, pageQuery, ReadHeaders } from "./ReadRequests.ts"
import { ServedBy } from "./ServedBy.ts"

const day = UtcDay.UtcDay.annotate({ message: "must be a day such as 2026-03-31" })
const period = {
  currency: Currency.Currency,
  from: Schema.optionalKey(day),
  to: Schema.optionalKey(day),
  ...pageQuery
}

const pageOf = <Fields extends Schema.Struct.Fields>(identifier: string, description: string, rows: Fields) =>
  Schema.Struct({ ...rows, currency: Currency.Currency, ...pageFields }).annotate({ identifier, description })

/** What happened per day. */
export const DayFiguresPage = pageOf("DayFiguresPage", "What happened to orders, per day", {
  days: Schema.Array(FiguresOfDay)
})
/** What happened per product and day. */
export const ProductFiguresPage = pageOf("ProductFiguresPage", "What happened to products, per day", {
  products: Schema.Array(FiguresOfProduct)
})

/** The endpoints of analytics. */
export class AnalyticsApi extends HttpApiGroup.make("analytics")
  .add(
    HttpApiEndpoint.get("days", "/analytics/days", {
      query: period,
      headers: ReadHeaders,
      success: fresh(DayFiguresPage)
    }).annotateMerge(
      about(
        "What happened to orders, per day",
        "Orders placed, shipped and cancelled, each on the UTC day on which it happened; days on which nothing did are left out."
      )
    ),
    HttpApiEndpoint.get("products", "/analytics/products", {
      query: { ...period, productId: Schema.optionalKey(ProductId) },
      headers: ReadHeaders,
      success: fresh(ProductFiguresPage)
    }).annotateMerge(
      about(
        "What happened to products, per day",
        "Of all products or of one; of a day, the product that was ordered for most comes first."
      )
    )
  )
  .annotate(ServedBy, "analytics")
  .annotateMerge(OpenApi.annotations({ title: "Analytics" })) {}
