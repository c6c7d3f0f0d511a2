/**
 * The way to contexts that other programs serve, over HTTP: what commands and queries have in common.
 *
 * Guarantees: a call ends with what was answered where it went, whatever that was, or with `ContextNotRegistered` or
 * `ContextUnavailable`; it ends within the time limit; a context that fails five times in a row is left alone for a while,
 * and its callers fail at once, whatever they send. What a context answers, refusals and failures of its own store included,
 * is no failure of it. The trace goes along.
 *
 * Of several programs that serve a context one is called, in turn; where there is no connection to it the next one is.
 * Nothing is tried again otherwise.
 */
import { type ContextNotRegistered, ContextUnavailable } from "@eventfold/event-store"
import { defaultNamespace, type RegisteredInstance, ServiceRegistry } from "@eventfold/messaging"
import { Breakers } from "@eventfold/processes"
import { ByteSize, Duration, Effect, Result, Schema } from "effect"
import { type HttpClient, HttpClientError, HttpServerRequest } from "effect/http"
import { HttpApiClient, type HttpApiMiddleware } from "effect/http-api"
import { ServiceApi } from "./ServiceApi.ts"
import { NotAService, type ServiceCredential } from "./ServiceCredential.ts"

/** How other programs are asked. */
export interface RemoteOptions {
  /** The namespace of the services. Default: `eventfold`. */
  readonly namespace?: string
  /** How long a command or a query may take, from asking to its answer. Default: 10 s for a command, 5 s for a query. */
  readonly timeLimit?: Duration.Input
}

/** What the way to other programs needs. */
export type RemoteServices =
  | ServiceRegistry
  | Breakers
  | HttpClient.HttpClient
  | HttpApiMiddleware.ForClient<ServiceCredential>

/** The breaker of a context: what it is called where breakers are seen. Commands and queries share it. */
export const breakerOf = (context: string): string => `service:${context}`

/** The client of a program that serves contexts. */
export type ServiceClient = HttpApiClient.ForApi<typeof ServiceApi>

/** What is of the way, and no answer. */
export type WayError = NotAService | HttpClientError.HttpClientError | Schema.SchemaError

/** Calls whoever serves a context. */
export interface RemoteCalls {
  /** Calls one of those who serve it. What was answered there, failures included, is no failure of the way. */
  readonly call: <A, E>(
    context: string,
    ask: (client: ServiceClient) => Effect.Effect<A, E>
  ) => Effect.Effect<A, Exclude<E, WayError> | ContextNotRegistered | ContextUnavailable>
}

/** What was answered, failures included. */
type Answered<A, E> = Result.Result<A, Exclude<E, WayError>>

/** The most clients that are kept: one per address. Addresses of programs that are gone would add up. */
const mostClients = 256

/** The longest answer that is read, by clients that hold to it: those of Node do. */
export const largestAnswer = ByteSize.mebibytes(1)

/** The way to other programs; `usualLimit` holds where no time limit is given. */
export const make = Effect.fnUntraced(function* (
  { namespace = defaultNamespace, timeLimit: given }: RemoteOptions,
  usualLimit: Duration.Input
) {
  const timeLimit = given ?? usualLimit
  const registry = yield* ServiceRegistry
  const breakers = yield* Breakers
  const services = yield* Effect.context<HttpClient.HttpClient | HttpApiMiddleware.ForClient<ServiceCredential>>()
  const clients = new Map<string, ServiceClient>()
  let turn = 0

  const clientOf = Effect.fnUntraced(function* (url: string) {
    const known = clients.get(url)
    if (known !== undefined) return known
    const client = yield* Effect.provideContext(HttpApiClient.make(ServiceApi, { baseUrl: url }), services)
    if (clients.size >= mostClients) clients.clear()
    clients.set(url, client)
    return client
  })

  /** Where a context is asked, beginning with another one each time. */
  const addressesOf = Effect.fnUntraced(function* (context: string) {
    const found = yield* registry.find(context, namespace).pipe(
      Effect.catchTag("RegistryFailure", (cause) => {
        const detail = "nobody could say where it is served"
        return Effect.fail(
          new ContextUnavailable({ context, problem: "registry", retryable: cause.retryable, detail, cause })
        )
      })
    )
    const urls = found.flatMap(httpOf)
    if (urls.length === 0) {
      const detail = "whoever serves it has no endpoint called http"
      return yield* new ContextUnavailable({ context, problem: "unreachable", retryable: false, detail })
    }
    const first = turn++ % urls.length
    return [...urls.slice(first), ...urls.slice(0, first)]
  })

  /** Asks one after the other, until there is one that can be reached. */
  const askAll = <A, E>(
    context: string,
    [url = "", ...others]: ReadonlyArray<string>,
    ask: (client: ServiceClient) => Effect.Effect<A, E>
  ): Effect.Effect<Answered<A, E>, ContextUnavailable> =>
    Effect.matchEffect(Effect.flatMap(clientOf(url), ask), {
      onSuccess: (answer): Effect.Effect<Answered<A, E>> => Effect.succeed(Result.succeed(answer)),
      onFailure: (error): Effect.Effect<Answered<A, E>, ContextUnavailable> =>
        isAnswer(error) ? Effect.succeed(Result.fail(error)) : Effect.fail(unavailable(context, error))
    }).pipe(
      Effect.provideService(HttpServerRequest.MaxBodySize, largestAnswer),
      Effect.catchIf(
        ({ problem }) => problem === "unreachable" && others.length > 0,
        () => askAll(context, others, ask)
      )
    )

  return {
    call: <A, E>(
      context: string,
      ask: (client: ServiceClient) => Effect.Effect<A, E>
    ): Effect.Effect<A, Exclude<E, WayError> | ContextNotRegistered | ContextUnavailable> =>
      Effect.gen(function* () {
        const urls = yield* addressesOf(context)
        const asked = Effect.timeoutOrElse(askAll(context, urls, ask), {
          duration: timeLimit,
          orElse: () => {
            const detail = `it did not answer within ${Duration.format(Duration.fromInputUnsafe(timeLimit))}`
            return Effect.fail(new ContextUnavailable({ context, problem: "timeout", retryable: true, detail }))
          }
        })
        const answered = yield* breakers
          .guard(breakerOf(context), asked, ({ problem }) => problem !== "credential")
          .pipe(
            Effect.catchTag("BreakerOpen", ({ retryAfter }) => {
              const detail = "it has failed several times in a row and is left alone"
              return Effect.fail(
                new ContextUnavailable({ context, problem: "left-alone", retryable: true, detail, retryAfter })
              )
            })
          )
        return yield* Effect.fromResult(answered)
      })
  } satisfies RemoteCalls
})

const httpOf = ({ endpoints }: RegisteredInstance): ReadonlyArray<string> =>
  endpoints["http"] === undefined ? [] : [endpoints["http"]]

/** Whether a failure is what was answered, and not one of the way. */
const isAnswer = <E>(error: E): error is Exclude<E, WayError> =>
  !(error instanceof NotAService || HttpClientError.isHttpClientError(error) || Schema.isSchemaError(error))

/** A context that answered what nobody here understands. Nothing of it is quoted: it may be about people. */
export const strange = (context: string): ContextUnavailable => {
  const detail = "it answered what nobody here understands"
  return new ContextUnavailable({ context, problem: "unexpected", retryable: false, detail })
}

/** What is wrong with the way to a context. Nothing of the answer is quoted: it may be about people. */
const unavailable = (context: string, error: unknown): ContextUnavailable => {
  if (error instanceof NotAService) {
    const detail = "it does not accept the credential of this program"
    return new ContextUnavailable({ context, problem: "credential", retryable: false, detail })
  }
  if (!HttpClientError.isHttpClientError(error)) return strange(context)
  if (error.reason._tag === "TransportError") {
    const detail = "there is no connection to it, or it broke"
    return new ContextUnavailable({ context, problem: "unreachable", retryable: true, detail })
  }
  const status = error.response?.status
  const detail = status === undefined ? "it could not be asked" : `it answered with the status ${status}`
  // What somebody in between says of itself, such as 503, may be over soon.
  return new ContextUnavailable({ context, problem: "unexpected", retryable: (status ?? 0) >= 500, detail })
}
