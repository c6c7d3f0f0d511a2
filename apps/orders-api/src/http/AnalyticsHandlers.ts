/** The endpoints of analytics: a request becomes a query. Nothing is decided here. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { findDayFigures, findProductFigures } from "../queries/AnalyticsQueries.ts"
import { Api } from "./Api.ts"
import { questionOf, reader } from "./ReadRequests.ts"

/** The endpoints of analytics, over the query bus. */
export const layer = HttpApiBuilder.group(
  Api,
  "analytics",
  Effect.fn(function* (handlers) {
    const { page, tenant } = yield* reader()

    return handlers.handleAll({
      days: (request) => {
        const payload = { _tag: "FindDayFigures", tenant, ...questionOf(request.query) } as const
        return page(request, findDayFigures, payload, (days) => ({ days, currency: payload.currency }))
      },
      products: (request) => {
        const payload = { _tag: "FindProductFigures", tenant, ...questionOf(request.query) } as const
        return page(request, findProductFigures, payload, (products) => ({ products, currency: payload.currency }))
      }
    })
  })
)
