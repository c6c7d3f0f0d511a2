/** The endpoints for sales and customers: a request becomes a query. Nothing is decided here. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import {
  findSalesByDay,
  findSalesByProduct,
  findSalesByRegion,
  findSalesBySegment,
  findTopCustomers,
  getDashboard
} from "../queries/SalesQueries.ts"
import { Api } from "./Api.ts"
import { ofQuery } from "./CommandProblems.ts"
import { answered, questionOf, reader } from "./ReadRequests.ts"

/** The endpoints for sales and customers, over the query bus. */
export const layer = HttpApiBuilder.group(
  Api,
  "sales",
  Effect.fn(function* (handlers) {
    const { ask, page, tenant } = yield* reader()

    return handlers.handleAll({
      days: (request) => {
        const payload = { _tag: "FindSalesByDay", tenant, ...questionOf(request.query) } as const
        return page(request, findSalesByDay, payload, (days) => ({ days, currency: payload.currency }))
      },
      products: (request) => {
        const payload = { _tag: "FindSalesByProduct", tenant, ...questionOf(request.query) } as const
        return page(request, findSalesByProduct, payload, (products) => ({ products, currency: payload.currency }))
      },
      regions: (request) => {
        const payload = { _tag: "FindSalesByRegion", tenant, ...questionOf(request.query) } as const
        return page(request, findSalesByRegion, payload, (regions) => ({ regions, currency: payload.currency }))
      },
      segments: (request) => {
        const payload = { _tag: "FindSalesBySegment", tenant, ...questionOf(request.query) } as const
        return page(request, findSalesBySegment, payload, (segments) => ({ segments, currency: payload.currency }))
      },
      topCustomers: (request) => {
        const payload = { _tag: "FindTopCustomers", tenant, ...questionOf(request.query) } as const
        return page(request, findTopCustomers, payload, (customers) => ({ customers, currency: payload.currency }))
      },
      dashboard: (request) =>
        Effect.map(
          ask(request, getDashboard, { _tag: "GetDashboard", tenant, customerId: request.params.id }, ofQuery),
          answered
        )
    })
  })
)
