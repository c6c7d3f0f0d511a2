/**
 * The problem documents for what no endpoint answers: unknown paths and methods, bodies that cannot be read, requests
 * that take too long, defects. Effect's router and body parsers answer these empty or with plain text.
 */
import { Cause, Duration, Effect, Predicate } from "effect"
import {
  type HttpServerRequest,
  HttpServerError,
  HttpServerRespondable,
  HttpServerResponse,
  ProblemDetails
} from "effect/http"
import { STATUS_CODES } from "node:http"
import type { ServiceRegistry } from "@eventfold/messaging"
import { hosts } from "../contexts/Hosting.ts"
import type { Settings } from "../Settings.ts"
import { CorrelationId } from "./CorrelationId.ts"
import { allowedMethods, serverOfPath } from "./Paths.ts"
import * as Problems from "./Problems.ts"

const respond = (problem: HttpServerRespondable.Respondable) => Effect.orDie(HttpServerRespondable.toResponse(problem))

/** The request took longer than it may: because its body came too slowly, or because the work did. */
export const timedOut = (request: HttpServerRequest.HttpServerRequest, limit: Duration.Duration) => {
  const within = Duration.format(limit)
  const { source } = request
  if (Predicate.hasProperty(source, "complete") && source.complete === false) {
    const problem = ProblemDetails.toResponse({
      type: Problems.problemType("request-timeout"),
      status: 408,
      title: "The request came too slowly",
      detail: `It was not all there within ${within}.`
    })
    // What is still to come must not be taken for another request.
    return Effect.succeed(HttpServerResponse.setHeader(problem, "connection", "close"))
  }
  const detail = `It took longer than ${within}. It may have happened all the same: repeat it with the same Idempotency-Key.`
  return CorrelationId.pipe(
    Effect.flatMap((correlationId) => respond(new Problems.Unavailable({ reason: "timeout", correlationId, detail }))),
    Effect.map(HttpServerResponse.setHeader("retry-after", String(Problems.retryAfter.timeout)))
  )
}

/** What a request is answered that ended in a failure or a defect; a defect is logged. An interruption stays one. */
export const ofCause = <E>(
  cause: Cause.Cause<E>,
  request: HttpServerRequest.HttpServerRequest,
  settings: Settings["Service"]
): Effect.Effect<HttpServerResponse.HttpServerResponse, E> => {
  if (Cause.hasInterrupts(cause)) return Effect.failCause(cause)
  const error = Cause.squash(cause)
  const reason = HttpServerError.isHttpServerError(error) ? error.reason : undefined
  if (reason?._tag === "RouteNotFound") return Effect.succeed(noRoute(request))
  if (reason?._tag === "RequestParseError") {
    return respond(
      reason.reason === "BodyTooLarge"
        ? new Problems.BodyTooLarge({ maximumBytes: Number(settings.maxBodySize) })
        : Problems.invalidRequest([{ in: "body", field: "", rule: "could not be read to its end" }])
    )
  }
  return Effect.gen(function* () {
    yield* Effect.logError("a request ended in a defect", cause)
    const detail = "The log of the service has it under this correlation id."
    return yield* respond(new Problems.InternalError({ correlationId: yield* CorrelationId, detail }))
  })
}

/** What is answered at a path of a context that another process serves; undefined for every other path. */
export const servedElsewhere = (
  request: HttpServerRequest.HttpServerRequest,
  settings: Settings["Service"],
  registry: ServiceRegistry["Service"]
): Effect.Effect<HttpServerResponse.HttpServerResponse> | undefined => {
  if (settings.contexts === "all") return undefined
  const context = serverOfPath(request.url)
  if (context === undefined || context === "every" || hosts(settings, context)) return undefined
  return registry.find(context).pipe(
    Effect.timeout("1 second"),
    Effect.map((found) => found.flatMap(({ endpoints }) => endpoints["http"] ?? [])),
    Effect.orElseSucceed((): ReadonlyArray<string> => []),
    Effect.flatMap((addresses) => {
      const where = addresses.length === 0 ? "It is not known where." : `It is at ${addresses.join(", ")}.`
      const detail = `This process does not host ${context}, which another one serves. ${where}`
      return respond(new Problems.ServedElsewhere({ context, addresses, detail }))
    })
  )
}

const noRoute = (request: HttpServerRequest.HttpServerRequest) => {
  const allowed = allowedMethods(request.url)
  if (allowed.length === 0) {
    const detail = "Nothing is at this path. GET / tells what there is."
    return ProblemDetails.toResponse({
      type: Problems.problemType("not-found"),
      status: 404,
      title: "Not found",
      detail
    })
  }
  const allow = allowed.join(", ")
  const answer =
    request.method === "OPTIONS"
      ? HttpServerResponse.empty({ status: 204 })
      : ProblemDetails.toResponse({
          type: Problems.problemType("method-not-allowed"),
          status: 405,
          title: "Method not allowed",
          detail: `This path does not know ${request.method}. It knows ${allow}.`
        })
  return HttpServerResponse.setHeader(answer, "allow", allow)
}

const document = /^application\/(?:problem\+)?json/u

/** Says as a problem document what Effect answers empty or with plain text; leaves every other answer as it is. */
export const asProblem = (response: HttpServerResponse.HttpServerResponse) => {
  if (response.status < 400 || document.test(response.headers["content-type"] ?? "")) return Effect.succeed(response)
  if (response.status === 415) return respond(new Problems.UnsupportedMediaType({}))
  return Effect.succeed(
    ProblemDetails.toResponse({
      type: ProblemDetails.blankType,
      status: response.status,
      title: STATUS_CODES[response.status] ?? "Error"
    })
  )
}
