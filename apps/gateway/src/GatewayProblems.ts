/**
 * What the gateway answers when a service could not: problem documents in the form of the service's own, so that clients need to
 * know no others. What a service has answered goes through as it is.
 */
import { CorrelationId } from "@eventfold/orders-api/http/CorrelationId"
import { problemType, retryAfter, Unavailable } from "@eventfold/orders-api/http/Problems"
import { Effect, Schema } from "effect"
import { HttpServerRespondable, HttpServerResponse, ProblemDetails } from "effect/http"
import { HttpApiError } from "effect/http-api"

/** The connection to a service broke before it had answered: nobody knows whether the request took effect. */
export class BadGateway extends HttpApiError.Problem<BadGateway>()(
  "BadGateway",
  { type: problemType("bad-gateway"), status: 502, title: "The service did not answer to the end" },
  { context: Schema.String, correlationId: Schema.String }
) {}

/** A service took too long: nobody knows whether the request took effect. */
export class GatewayTimeout extends HttpApiError.Problem<GatewayTimeout>()(
  "GatewayTimeout",
  { type: problemType("gateway-timeout"), status: 504, title: "The service did not answer in time" },
  { context: Schema.String, correlationId: Schema.String }
) {}

/** Each service has its own of what was asked for: it is to be asked at one of these addresses. */
export class AskOneService extends HttpApiError.Problem<AskOneService>()(
  "AskOneService",
  { type: problemType("ask-one-service"), status: 400, title: "Each service has its own: ask one of them" },
  { addresses: Schema.Array(Schema.String) }
) {}

/** A problem as an answer. */
export const respond = (problem: HttpServerRespondable.Respondable) =>
  Effect.orDie(HttpServerRespondable.toResponse(problem))

/** A service cannot be asked at present; certainly nothing has happened, unless `detail` says otherwise. */
export const unavailable = (detail: string, seconds: number = retryAfter.outside) =>
  CorrelationId.pipe(
    Effect.flatMap((correlationId) => respond(new Unavailable({ reason: "outside", correlationId, detail }))),
    Effect.map(HttpServerResponse.setHeader("retry-after", String(Math.max(1, Math.ceil(seconds)))))
  )

/** Nothing is at a path. */
export const notFound = ProblemDetails.toResponse({
  type: problemType("not-found"),
  status: 404,
  title: "Not found",
  detail: "Nothing is at this path. GET / tells what there is."
})
