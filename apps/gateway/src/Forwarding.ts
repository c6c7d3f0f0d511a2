/**
 * Hands a request to the service of a context and its answer back, as they come: bodies are streamed both ways and never kept.
 *
 * An answer that goes on for ever, such as the live list of orders, is ended when the gateway ends; any other is finished.
 */
import { CorrelationId } from "@eventfold/orders-api/http/CorrelationId"
import { Closing } from "@eventfold/orders-api/http/Closing"
import { timedOut } from "@eventfold/orders-api/http/ErrorAnswers"
import { BodyTooLarge } from "@eventfold/orders-api/http/Problems"
import type { Hostable } from "@eventfold/orders-api"
import { Context, Duration, Effect, Layer, Predicate, type Scope, Stream } from "effect"
import { Headers, type HttpClientResponse, HttpMethod, type HttpServerRequest, HttpServerResponse } from "effect/http"
import { BadGateway, GatewayTimeout, notFound, respond, unavailable } from "./GatewayProblems.ts"
import { GatewaySettings } from "./GatewaySettings.ts"
import * as Passed from "./Passed.ts"
import { Services } from "./Services.ts"
import * as Tokens from "./Tokens.ts"
import { type Body, type Failure, type Outgoing, Upstream } from "./Upstream.ts"

const tokenHeader = "consistency-token"

type Request = HttpServerRequest.HttpServerRequest
type Response = HttpServerResponse.HttpServerResponse

/** Hands requests on. */
export class Forwarding extends Context.Service<
  Forwarding,
  {
    /** Hands a request to whoever serves the context; under another path, when one is given. */
    readonly forward: (
      request: Request,
      context: Hostable,
      path?: string
    ) => Effect.Effect<Response, never, Scope.Scope>
    /** The same, and what went wrong is told to the caller. */
    readonly send: (request: Request, context: Hostable, path?: string) => Effect.Effect<Response, Failure, Scope.Scope>
    /** What is asked of a service in the name of a request, without its body. */
    readonly onBehalf: (request: Request, context: Hostable, path?: string) => Effect.Effect<Outgoing>
    /** What is answered when a service has not. */
    readonly answerTo: (request: Request, failure: Failure) => Effect.Effect<Response>
  }
>()("@eventfold/gateway/Forwarding") {
  /** To the services. */
  static readonly layer: Layer.Layer<Forwarding, never, Closing | GatewaySettings | Services | Upstream> = Layer.effect(
    Forwarding,
    Effect.gen(function* () {
      const upstream = yield* Upstream
      const { maxBodySize, timeLimit, trustsForwarded } = yield* GatewaySettings
      const closing = yield* Closing
      const { areOne } = yield* Services

      /** The token of a request as its service knows it; none when it is that of another one. */
      const tokenFor = Effect.fnUntraced(function* (headers: Headers.Headers, target: Hostable) {
        const given = headers[tokenHeader]
        if (given === undefined) return headers
        const { context, token } = Tokens.read(given)
        return context === undefined || context === target || (yield* areOne(context, target))
          ? Headers.set(headers, tokenHeader, token)
          : Headers.remove(headers, tokenHeader)
      })

      const onBehalf: Forwarding["Service"]["onBehalf"] = Effect.fnUntraced(function* (
        request,
        context,
        path = request.url
      ) {
        const passed = Passed.onward(request, { correlationId: yield* CorrelationId, trusted: trustsForwarded })
        return {
          context,
          method: HttpMethod.isHttpMethod(request.method) ? request.method : "GET",
          path,
          headers: yield* tokenFor(passed, context)
        }
      })

      const answerTo: Forwarding["Service"]["answerTo"] = Effect.fnUntraced(function* (request, failure) {
        const correlationId = yield* CorrelationId
        switch (failure._tag) {
          case "NotServed":
            return yield* unavailable(failure.detail)
          case "NotReached":
            yield* told(failure.context, "there is no connection to it", failure.cause)
            return yield* unavailable(
              `${failure.context} cannot be reached at present. Nothing has happened; repeat it with the same Idempotency-Key.`
            )
          case "BreakerOpen":
            return yield* unavailable(
              "The service has failed several times in a row and is left alone for a moment. Nothing has happened; repeat it with the same Idempotency-Key.",
              failure.retryAfter / 1000
            )
          case "Broken": {
            const { cause, context } = failure
            yield* told(context, "the connection to it broke", cause)
            const detail = `The connection to ${context} broke. It may have happened all the same: repeat it with the same Idempotency-Key.`
            return yield* respond(new BadGateway({ context, correlationId, detail }))
          }
          case "TimedOut": {
            const { context } = failure
            yield* told(context, `it did not answer within ${Duration.format(timeLimit)}`)
            const detail = `${context} took longer than ${Duration.format(timeLimit)}. It may have happened all the same: repeat it with the same Idempotency-Key.`
            return yield* respond(new GatewayTimeout({ context, correlationId, detail }))
          }
          case "CameTooSlowly":
            return yield* timedOut(request, timeLimit)
          case "TooLarge":
            return yield* respond(new BodyTooLarge({ maximumBytes: Number(maxBodySize) }))
        }
      })

      const send: Forwarding["Service"]["send"] = (request, context, path) =>
        onBehalf(request, context, path).pipe(
          Effect.flatMap((outgoing) => upstream.send({ ...outgoing, body: bodyOf(request) })),
          Effect.map((response) => backFrom(response, context, closing.begun))
        )

      return {
        onBehalf,
        answerTo,
        send,
        forward: (request, context, path) =>
          Passed.isPlain(request.url)
            ? Effect.catch(send(request, context, path), (failure) => answerTo(request, failure))
            : Effect.succeed(notFound)
      }
    })
  )
}

const told = (context: string, what: string, cause?: unknown) =>
  Effect.annotateLogs(Effect.logWarning(`${context} was asked and ${what}`, ...(cause === undefined ? [] : [cause])), {
    context
  })

/** The body of a request; none when its headers announce none. */
const bodyOf = (request: Request): Body | undefined => {
  const length = request.headers["content-length"]
  if (request.headers["transfer-encoding"] === undefined && (length === undefined || length === "0")) return undefined
  const { source } = request
  return {
    _tag: "Stream",
    stream: request.stream,
    length: length === undefined ? undefined : Number(length),
    isComplete: () => !Predicate.hasProperty(source, "complete") || source.complete === true
  }
}

/** An answer on its way back. */
const backFrom = (
  response: HttpClientResponse.HttpClientResponse,
  context: Hostable,
  closing: Effect.Effect<void>
): Response => {
  const passed = Passed.back(response.headers)
  const token = passed[tokenHeader]
  const headers = token === undefined ? passed : Headers.set(passed, tokenHeader, Tokens.marked(context, token))
  const { status } = response
  if (status === 204 || status === 304 || response.request.method === "HEAD" || headers["content-length"] === "0") {
    return HttpServerResponse.empty({ status, headers })
  }
  const isLive = headers["content-type"]?.startsWith("text/event-stream") === true
  const body = isLive ? Stream.interruptWhen(response.stream, closing) : response.stream
  const length = headers["content-length"]
  return HttpServerResponse.stream(body, {
    status,
    headers,
    ...(length === undefined ? {} : { contentLength: Number(length) })
  })
}
