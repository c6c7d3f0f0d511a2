/** The id that ties together a request, its log lines and the events it led to. */
import { Context, Effect, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpServerRequest } from "effect/http"
import * as RequestHeaders from "./RequestHeaders.ts"

/** The correlation id of the request that is being handled; empty outside of one. */
export const CorrelationId = Context.Reference<string>("@eventfold/orders-api/CorrelationId", {
  defaultValue: () => ""
})

const isCorrelationId = Schema.is(RequestHeaders.CorrelationId)

/** The correlation id the request brought, or a new one when it brought none that is valid. */
export const ofRequest = Effect.map(HttpServerRequest.HttpServerRequest, ({ headers }) => {
  const given = headers["x-correlation-id"]
  return isCorrelationId(given) ? given : SecureRandom.uuidV7Unsafe()
})
