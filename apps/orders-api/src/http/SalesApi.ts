/**
 * The endpoints for sales and customers: totals that read models keep up to date with the orders.
 *
 * Every amount is exact and of one currency; `gross` counts every placed order, `net` leaves cancelled ones out.
 */
import { UtcDay } from "@eventfold/decider"
import { Currency, CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { CustomerSales, Dashboard, DaySales, ProductSales, RegionSales, SegmentSales } from "../queries/SalesQueries.ts"
import { about } from "./About.ts"
import { fresh, pageFields, pageQuery, readFields, ReadHeaders } from "./ReadRequests.ts"
import { ServedBy } from "./ServedBy.ts"

const inCurrency = { currency: Currency.Currency, ...pageQuery }
const day = UtcDay.UtcDay.annotate({ message: "must be a day such as 2026-03-31" })

const pageOf = <Fields extends Schema.Struct.Fields>(identifier: string, rows: Fields) =>
  Schema.Struct({ ...rows, currency: Currency.Currency, ...pageFields }).annotate({ identifier })

/** Sales per day. */
export const SalesByDayPage = pageOf("SalesByDayPage", { days: Schema.Array(DaySales) })
/** Sales per product. */
export const SalesByProductPage = pageOf("SalesByProductPage", { products: Schema.Array(ProductSales) })
/** Sales per region. */
export const SalesByRegionPage = pageOf("SalesByRegionPage", { regions: Schema.Array(RegionSales) })
/** Sales per segment of order value. */
export const SalesBySegmentPage = pageOf("SalesBySegmentPage", { segments: Schema.Array(SegmentSales) })
/** Customers by what they have ordered. */
export const TopCustomersPage = pageOf("TopCustomersPage", { customers: Schema.Array(CustomerSales) })

/** The endpoints for sales and customers. */
export class SalesApi extends HttpApiGroup.make("sales")
  .add(
    HttpApiEndpoint.get("days", "/sales/days", {
      query: { ...inCurrency, from: Schema.optionalKey(day), to: Schema.optionalKey(day) },
      headers: ReadHeaders,
      success: fresh(SalesByDayPage)
    }).annotateMerge(
      about("Sales per day", "Of the UTC day on which orders were placed; days on which nothing was sold are left out.")
    ),
    HttpApiEndpoint.get("products", "/sales/products", {
      query: inCurrency,
      headers: ReadHeaders,
      success: fresh(SalesByProductPage)
    }).annotateMerge(about("Sales per product", "Amounts of the product's lines; the greatest net comes first.")),
    HttpApiEndpoint.get("regions", "/sales/regions", {
      query: inCurrency,
      headers: ReadHeaders,
      success: fresh(SalesByRegionPage)
    }).annotateMerge(
      about(
        "Sales per region",
        "The region is the country of the shipping address, `unknown` where that is forgotten; the greatest net comes first."
      )
    ),
    HttpApiEndpoint.get("segments", "/sales/segments", {
      query: inCurrency,
      headers: ReadHeaders,
      success: fresh(SalesBySegmentPage)
    }).annotateMerge(
      about(
        "Sales per segment of order value",
        "An order of more than 1,000 is `premium`, of more than 100 `standard`, any other `basic`, in major units."
      )
    ),
    HttpApiEndpoint.get("topCustomers", "/customers/top", {
      query: inCurrency,
      headers: ReadHeaders,
      success: fresh(TopCustomersPage)
    }).annotateMerge(about("Customers by what they have ordered", "The greatest net comes first.")),
    HttpApiEndpoint.get("dashboard", "/customers/:id/dashboard", {
      params: { id: CustomerId },
      query: readFields,
      headers: ReadHeaders,
      success: fresh(Dashboard)
    }).annotateMerge(
      about(
        "What a customer has ordered",
        "Totals per currency and the ten newest orders. Who they are, when sales has heard of them."
      )
    )
  )
  .annotate(ServedBy, "ordering")
  .annotateMerge(OpenApi.annotations({ title: "Sales" })) {}
