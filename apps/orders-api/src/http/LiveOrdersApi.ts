/** The endpoint that tells a list of orders again and again, as it changes: server-sent events. */
import { OrderSummary } from "@eventfold/domain-ordering"
import { Schema } from "effect"
import { Sse } from "effect/encoding"
import { HttpApiEndpoint, HttpApiSchema, OpenApi } from "effect/http-api"
import { OrderSort } from "../queries/OrderQueries.ts"
import { orderFilter } from "./OrderFilters.ts"
import { UnavailableProblem } from "./Problems.ts"
import { pageQuery } from "./ReadRequests.ts"
import { QueryHeaders } from "./RequestHeaders.ts"
import { wholeNumber } from "./WholeNumber.ts"

/** The list as it is at a moment. */
export const LiveOrderList = Schema.Struct({
  orders: Schema.Array(OrderSummary.OrderSummary),
  /** How many orders pass the filters, on this page and on others. */
  total: Schema.Int,
  /** Whether everything is in it that was stored then. */
  upToDate: Schema.Boolean
}).annotate({ identifier: "LiveOrderList" })

/** The `orders` are a page; `alive` says that nothing has changed. */
const LiveEvent = Schema.Union([
  Schema.Struct({
    ...Sse.EventEncoded.fields,
    event: Schema.Literal("orders"),
    data: Schema.fromJsonString(LiveOrderList)
  }),
  Schema.Struct({ ...Sse.EventEncoded.fields, event: Schema.Literal("alive") })
])

const idRule = { message: "must be the id of an event of this stream" }

/** The endpoint. */
export const liveOrders = HttpApiEndpoint.get("live", "/orders/live", {
  query: { ...orderFilter, sort: Schema.optionalKey(OrderSort), limit: pageQuery.limit },
  headers: Schema.Struct({
    ...QueryHeaders.fields,
    "last-event-id": Schema.optionalKey(wholeNumber(idRule, 0, Number.MAX_SAFE_INTEGER))
  }),
  success: HttpApiSchema.StreamSse({ events: LiveEvent }),
  error: UnavailableProblem
}).annotateMerge(
  OpenApi.annotations({
    summary: "The list of orders as it changes",
    description:
      "Server-sent events. An event `orders` is the first page of the list, whenever it has changed; its id is a position: with it as `Last-Event-ID`, nothing is sent again until something has happened since. An event `alive` says that nothing has."
  })
)
