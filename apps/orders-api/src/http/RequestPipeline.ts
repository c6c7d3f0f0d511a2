/**
 * What every request goes through, whatever it asks for: correlation id, time limit, problem documents, one log line.
 *
 * Guarantees: every answer carries `X-Correlation-Id`; every error is an RFC 9457 document; a defect is logged with the
 * correlation id and nothing of it is shown. Personal data is not logged: neither query nor headers nor bodies, and of
 * the path only words and identifiers.
 */
import { ServiceRegistry } from "@eventfold/messaging"
import { Clock, type Duration, Effect, Fiber } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Settings } from "../Settings.ts"
import { CorrelationId, ofRequest } from "./CorrelationId.ts"
import { asProblem, ofCause, servedElsewhere, timedOut } from "./ErrorAnswers.ts"
import { loggablePath } from "./Paths.ts"

/** Puts every route of the router behind the pipeline. */
export const layer = HttpRouter.middleware(
  Effect.map(
    Effect.all([Settings, ServiceRegistry]),
    ([settings, registry]) =>
      (app) =>
        Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          const correlationId = yield* ofRequest
          const started = yield* Clock.currentTimeMillis
          const logged = (status: number) =>
            Effect.flatMap(Clock.currentTimeMillis, (now) => log(request, status, now - started))
          return yield* within(
            settings.requestTimeout,
            servedElsewhere(request, settings, registry) ?? app,
            request
          ).pipe(
            Effect.catchCause((cause) => ofCause(cause, request, settings)),
            Effect.flatMap(asProblem),
            Effect.map((response) => HttpServerResponse.setHeaders(response, headersOf(response, correlationId))),
            Effect.tap((response) => logged(response.status)),
            // The client went away: nobody reads an answer, but the line in the log must not be missing.
            Effect.onInterrupt(() => logged(499)),
            Effect.provideService(CorrelationId, correlationId),
            Effect.annotateLogs({ correlationId })
          )
        })
  ),
  { global: true }
)

/**
 * Answers for work that takes too long. The work is interrupted only after that answer is sent: interrupting the reading
 * of a body closes the connection, and then the client would not learn why.
 */
const within = <E, R>(
  limit: Duration.Duration,
  work: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  request: HttpServerRequest.HttpServerRequest
) =>
  Effect.flatMap(Effect.forkScoped(work), (running) =>
    Fiber.join(running).pipe(
      Effect.timeoutOrElse({ duration: limit, orElse: () => timedOut(request, limit) }),
      // A request is not interruptible by itself, and then a client that goes away would leave its work behind.
      Effect.interruptible
    )
  )

const headersOf = (response: HttpServerResponse.HttpServerResponse, correlationId: string) => ({
  "x-correlation-id": correlationId,
  "x-content-type-options": "nosniff",
  // What has an entity tag may be kept and must be asked for again; nothing else may be kept.
  "cache-control": "etag" in response.headers ? "no-cache" : "no-store"
})

const log = (request: HttpServerRequest.HttpServerRequest, status: number, ms: number) => {
  const path = loggablePath(request.url)
  const line = `${request.method} ${path} ${status} in ${ms} ms`
  // Who watches over the process asks every few seconds: it would be all there is in the log.
  const isProbe = path === "/health" && status < 500
  return (isProbe ? Effect.logDebug(line) : status >= 500 ? Effect.logWarning(line) : Effect.logInfo(line)).pipe(
    Effect.annotateLogs({ method: request.method, path, status, ms })
  )
}
