/**
 * The typed client of a running order service, for work that should outlast a hiccup.
 *
 * A request that finds nobody, is cut off, or is answered 429, 502, 503 or 504 is sent again with growing pauses (longer
 * ones when the answer's `Retry-After` says so), until patience runs out. So only send what may arrive twice: reads, and
 * commands with an idempotency key.
 */
import { Api } from "@eventfold/orders-api"
import { Cause, Duration, Effect, Schedule, Schema } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { HttpApiClient } from "effect/http-api"

/** Where the service is, and how long to keep trying. */
export interface ServiceOptions {
  readonly baseUrl: URL
  /** How long one request may go on failing before it is given up. */
  readonly patience: Duration.Input
}

/** Nobody answers there, or not as the order service does. */
export class ServiceUnreachable extends Schema.TaggedError<ServiceUnreachable>()("ServiceUnreachable", {
  baseUrl: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `No order service answers at ${this.baseUrl}: ${this.reason}.\nIs it running? Start it with: npm start`
  }
}

/** The typed client of the service. */
export type Service = Effect.Success<ReturnType<typeof make>>

/** Makes the typed client; nothing is sent yet. */
export const make = Effect.fn("Service.make")(function* ({ baseUrl, patience }: ServiceOptions) {
  const httpClient = (yield* HttpClient.HttpClient).pipe(
    HttpClient.transformResponse((response) =>
      response.pipe(
        Effect.flatMap(HttpClientResponse.filterStatus((status) => !busy.has(status))),
        // All of the answer, so that a service that dies half-way through it counts as one that did not answer.
        Effect.tap(({ text }) => text),
        Effect.timeout(attempt)
      )
    ),
    HttpClient.retryTransient({ retryOn: "errors-only", while: isCutOff, schedule: pauses(patience) }),
    HttpClient.transformResponse(
      Effect.mapError((error) => new ServiceUnreachable({ baseUrl: addressOf(baseUrl), reason: reasonOf(error) }))
    )
  )
  return yield* HttpApiClient.makeWith(Api, { httpClient, baseUrl })
})

/** Waits until the service says that it can do its work. */
export const untilHealthy = Effect.fn("Service.untilHealthy")(function* (options: ServiceOptions) {
  const service = yield* make(options)
  return yield* service.health.health().pipe(expectService(options.baseUrl))
})

/** Whatever goes wrong with a call becomes {@link ServiceUnreachable}: what answers is broken, or something else. */
export const expectService =
  (baseUrl: URL) =>
  <A, E extends Error, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, ServiceUnreachable, R> =>
    Effect.mapError(call, (error) => {
      if (error instanceof ServiceUnreachable) return error
      const isStrange = HttpClientError.isHttpClientError(error) || Schema.isSchemaError(error)
      const what = isStrange ? "something else answers there" : "it cannot answer"
      return new ServiceUnreachable({ baseUrl: addressOf(baseUrl), reason: `${what} (${error.message})` })
    })

/** The address for people: without a password, and without the slash that `URL` adds. */
export const addressOf = (url: URL): string => `${url.origin}${url.pathname}`.replace(/\/$/u, "")

/** Answers that tell to come back later. */
const busy = new Set([429, 502, 503, 504])

/** How long one attempt may take: a little longer than the service gives itself. */
const attempt = Duration.seconds(35)

const pauses = (patience: Duration.Input) =>
  Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]).pipe(
    Schedule.jittered,
    Schedule.upTo({ duration: patience })
  )

const isCutOff = (error: HttpClientError.HttpClientError | Cause.TimeoutError) =>
  HttpClientError.isHttpClientError(error) && error.reason._tag === "DecodeError"

const reasonOf = (error: HttpClientError.HttpClientError | Cause.TimeoutError): string => {
  if (Cause.isTimeoutError(error)) return `there was no answer within ${Duration.format(attempt)}`
  const { reason } = error
  if (reason._tag === "StatusCodeError") return `it goes on answering ${reason.response.status}`
  return reason._tag === "TransportError" && reason.cause instanceof Error ? reason.cause.message : reason.message
}
