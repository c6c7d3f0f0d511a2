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
import { ofPage, ofQuery } from "./CommandProblems.ts"
import { answered, pageOf, placeOf, reader } from "./ReadRequests.ts"

/** The endpoints for sales and customers, over the query bus. */
export const layer = HttpApiBuilder.group(
  Api,
  "sales",
  Effect.fn(function* (handlers) {
    const { ask, tenant } = yield* reader()

    return handlers.handleAll({
      days: Effect.fnUntraced(function* (request) {
        const { currency, cursor, limit, wait: _, ...period } = request.query
        const payload = { _tag: "FindSalesByDay", tenant, currency, ...period, ...placeOf({ cursor, limit }) } as const
        const page = yield* ask(request, findSalesByDay, payload, ofPage)
        return answered({ ...page, answer: { days: page.answer.rows, currency, ...pageOf(page) } })
      }),
      products: Effect.fnUntraced(function* (request) {
        const { currency } = request.query
        const payload = { _tag: "FindSalesByProduct", tenant, currency, ...placeOf(request.query) } as const
        const page = yield* ask(request, findSalesByProduct, payload, ofPage)
        return answered({ ...page, answer: { products: page.answer.rows, currency, ...pageOf(page) } })
      }),
      regions: Effect.fnUntraced(function* (request) {
        const { currency } = request.query
        const payload = { _tag: "FindSalesByRegion", tenant, currency, ...placeOf(request.query) } as const
        const page = yield* ask(request, findSalesByRegion, payload, ofPage)
        return answered({ ...page, answer: { regions: page.answer.rows, currency, ...pageOf(page) } })
      }),
      segments: Effect.fnUntraced(function* (request) {
        const { currency } = request.query
        const payload = { _tag: "FindSalesBySegment", tenant, currency, ...placeOf(request.query) } as const
        const page = yield* ask(request, findSalesBySegment, payload, ofPage)
        return answered({ ...page, answer: { segments: page.answer.rows, currency, ...pageOf(page) } })
      }),
      topCustomers: Effect.fnUntraced(function* (request) {
        const { currency } = request.query
        const payload = { _tag: "FindTopCustomers", tenant, currency, ...placeOf(request.query) } as const
        const page = yield* ask(request, findTopCustomers, payload, ofPage)
        return answered({ ...page, answer: { customers: page.answer.rows, currency, ...pageOf(page) } })
      }),
      dashboard: (request) =>
        Effect.map(
          ask(request, getDashboard, { _tag: "GetDashboard", tenant, customerId: request.params.id }, ofQuery),
          answered
        )
    })
  })
)
