/**
 * Asks a service for something over HTTP, at one of the addresses of its context.
 *
 * Guarantees: the answer begins within the time limit, or the request is given up; only a request that certainly nobody has
 * taken, because there was no connection, is tried at the next address; a context that fails several times in a row is left
 * alone for a while. What a service answers, whatever it is, is no failure of it.
 *
 * The answer lives as long as the scope: who closes it before its end gives it up.
 */
import type { Hostable } from "@eventfold/orders-api"
import { Breakers, type BreakerOpen } from "@eventfold/processes"
import { type ByteSize, Context, Effect, Layer, Option, Predicate, Schema, type Scope, Stream } from "effect"
import {
  type Headers,
  HttpBody,
  HttpClient,
  type HttpClientError,
  HttpClientRequest,
  type HttpClientResponse,
  type HttpMethod,
  UrlParams
} from "effect/http"
import { GatewaySettings } from "./GatewaySettings.ts"
import { type NotServed, Services } from "./Services.ts"

/** There is no connection to any of the addresses of a context: certainly nobody has taken the request. */
export class NotReached extends Schema.TaggedError<NotReached>()("NotReached", {
  context: Schema.String,
  cause: Schema.Defect()
}) {}

/** The connection broke before the answer had begun. */
export class Broken extends Schema.TaggedError<Broken>()("Broken", {
  context: Schema.String,
  cause: Schema.Defect()
}) {}

/** The answer had not begun in time. */
export class TimedOut extends Schema.TaggedError<TimedOut>()("TimedOut", { context: Schema.String }) {}

/** The body of the request was not all there in time. */
export class CameTooSlowly extends Schema.TaggedError<CameTooSlowly>()("CameTooSlowly", {}) {}

/** The body of the request is larger than it may be. */
export class TooLarge extends Schema.TaggedError<TooLarge>()("TooLarge", {}) {}

/** Why a service has not answered. */
export type Failure = NotServed | NotReached | Broken | TimedOut | CameTooSlowly | TooLarge | BreakerOpen

/** The body of a request: bytes that are there, or that come. */
export type Body =
  | { readonly _tag: "Bytes"; readonly bytes: Uint8Array }
  | {
      readonly _tag: "Stream"
      readonly stream: Stream.Stream<Uint8Array, unknown>
      /** How long it is said to be. */
      readonly length: number | undefined
      /** Whether all of it has come. */
      readonly isComplete: () => boolean
    }

/** What is asked for. */
export interface Outgoing {
  readonly context: Hostable
  readonly method: HttpMethod.HttpMethod
  /** With the query. */
  readonly path: string
  readonly headers: Headers.Headers
  readonly body?: Body | undefined
}

/** The breaker of a context: what it is called where breakers are seen. */
export const breakerOf = (context: string): string => `context:${context}`

/** Asks services. */
export class Upstream extends Context.Service<
  Upstream,
  {
    /** Asks whoever serves the context. */
    readonly send: (outgoing: Outgoing) => Effect.Effect<HttpClientResponse.HttpClientResponse, Failure, Scope.Scope>
  }
>()("@eventfold/gateway/Upstream") {
  /** Over the HTTP client. */
  static readonly layer: Layer.Layer<Upstream, never, Breakers | GatewaySettings | HttpClient.HttpClient | Services> =
    Layer.effect(
      Upstream,
      Effect.gen(function* () {
        const client = HttpClient.withScope(yield* HttpClient.HttpClient)
        const { maxBodySize, timeLimit } = yield* GatewaySettings
        const { failed, urlsOf } = yield* Services
        const breakers = yield* Breakers

        /** Asks at one address after the other, until there is a connection. */
        const ask = (
          outgoing: Outgoing,
          [url = "", ...others]: ReadonlyArray<string>,
          asked: (url: string) => void
        ): Effect.Effect<HttpClientResponse.HttpClientResponse, NotReached | Broken | TooLarge, Scope.Scope> => {
          const { context } = outgoing
          const { body, isTooLarge } = sent(outgoing.body, maxBodySize)
          const { headers, method, path } = outgoing
          const request = HttpClientRequest.makeWith(
            method,
            `${url}${path}`,
            UrlParams.empty,
            Option.none(),
            headers,
            body
          )
          asked(url)
          return client.execute(request).pipe(
            Effect.catch((error): Effect.Effect<never, NotReached | Broken | TooLarge> => {
              if (isTooLarge()) return new TooLarge()
              const cause = causeOf(error)
              const failure = isWithoutConnection(cause)
                ? new NotReached({ context, cause })
                : new Broken({ context, cause })
              return Effect.andThen(failed(url), Effect.fail<NotReached | Broken>(failure))
            }),
            Effect.catchIf(
              (error) => error._tag === "NotReached" && others.length > 0,
              () => ask(outgoing, others, asked)
            )
          )
        }

        return {
          send: Effect.fn("Upstream.send")(function* (outgoing) {
            const { body, context } = outgoing
            yield* Effect.annotateCurrentSpan({ context })
            if (lengthOf(body) > Number(maxBodySize)) return yield* new TooLarge()
            const urls = yield* urlsOf(context)
            let asked = urls[0]
            const answer = Effect.timeoutOrElse(
              ask(outgoing, urls, (url) => (asked = url)),
              {
                duration: timeLimit,
                orElse: (): Effect.Effect<never, CameTooSlowly | TimedOut> =>
                  body?._tag === "Stream" && !body.isComplete()
                    ? Effect.fail(new CameTooSlowly())
                    : Effect.andThen(failed(asked), new TimedOut({ context }))
              }
            )
            return yield* breakers.guard(breakerOf(context), answer, ({ _tag }) => counting.has(_tag))
          })
        }
      })
    )
}

/** The failures that say something of a service: what a client does wrong does not. */
const counting: ReadonlySet<Failure["_tag"]> = new Set(["NotReached", "Broken", "TimedOut"])

const lengthOf = (body: Body | undefined): number => {
  if (body === undefined) return 0
  return body._tag === "Bytes" ? body.bytes.length : (body.length ?? 0)
}

/** A body as the client sends it. One that comes is begun to be read when there is a connection, and not before. */
const sent = (body: Body | undefined, most: ByteSize.ByteSize) => {
  let tooLarge = false
  const isTooLarge = () => tooLarge
  if (body === undefined) return { body: HttpBody.empty, isTooLarge }
  if (body._tag === "Bytes") return { body: HttpBody.uint8Array(body.bytes), isTooLarge }
  let length = 0
  const counted = Stream.tap(body.stream, (chunk) => {
    length += chunk.length
    tooLarge = length > Number(most)
    return tooLarge ? Effect.fail(new TooLarge()) : Effect.void
  })
  return { body: HttpBody.stream(counted, undefined, body.length), isTooLarge }
}

const causeOf = (error: HttpClientError.HttpClientError): unknown => {
  const { reason } = error
  return "cause" in reason && reason.cause !== undefined ? reason.cause : error
}

/** What Node and its client say when there was never a connection. */
const withoutConnection: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT"
])

const isWithoutConnection = (cause: unknown): boolean =>
  (Predicate.hasProperty(cause, "code") && withoutConnection.has(cause.code)) ||
  (Predicate.hasProperty(cause, "syscall") && (cause.syscall === "connect" || cause.syscall === "getaddrinfo"))
