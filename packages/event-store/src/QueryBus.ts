/**
 * Finds the handler of a query and runs it. Queries are typed both ways like commands, and cannot write: a handler whose
 * environment holds the event store, a transaction or the command bus does not compile.
 */
import type { Message } from "@eventfold/decider"
import { Context, Effect, Layer, Result, Schema } from "effect"
import type { CommandBus } from "./CommandBus.ts"
import type { CommandLog } from "./CommandLog.ts"
import type { EventStore } from "./EventStore.ts"
import { allErrors, collect, malformed, payloadCodec } from "./MessageHandlers.ts"
import type { MalformedMessage, UnknownMessage } from "./MessageErrors.ts"
import type { ReadFailure } from "./ReadModelErrors.ts"
import type { Transaction } from "./Transaction.ts"

/** Marks the services of other packages with which a program can write: `declare readonly "a program can write with it": true`. */
export interface WritingService {
  readonly "a program can write with it": true
}

/** The services with which a program can write. */
export type WriteServices = EventStore | Transaction | CommandBus | CommandLog | WritingService

/** The argument nobody has: asked for when the handler of a query needs a service with which it could write. */
export interface WritingQueryHandler {
  readonly "a query handler must not need EventStore, Transaction, CommandBus, CommandLog or another service that writes": never
}

/** A query asked by name was refused; `refusal` is the JSON form of its typed refusal. */
export class QueryRefused extends Schema.TaggedError<QueryRefused>()("QueryRefused", {
  name: Schema.String,
  refusal: Schema.Json
}) {}

/** A query with the effect that answers it, its types checked at run time; see `QueryBus.handler`. */
export interface Handler<R> {
  /** The name of the query. */
  readonly name: string
  /** Answers a decoded payload with an answer or a refusal. */
  readonly ask: (payload: unknown) => Effect.Effect<Result.Result<unknown, unknown>, QueryFailure, R>
  /** The same, with payload and answer as JSON. */
  readonly askJson: (payload: unknown) => Effect.Effect<Schema.Json, QueryFailure | QueryRefused, R>
}

/** What can come back from a query besides an answer or a refusal. */
export type QueryFailure = MalformedMessage | ReadFailure

/** Finds the handler of a query and runs it. */
export class QueryBus extends Context.Service<
  QueryBus,
  {
    /** Asks a query and waits for its answer. */
    ask<P extends { readonly _tag: string }, A, F>(
      query: Message.Query<string, P, A, F>,
      payload: P
    ): Effect.Effect<A, F | UnknownMessage | QueryFailure>
    /** Asks a query known only by its name, with its content as JSON; the answer is JSON too. */
    askJson(name: string, payload: unknown): Effect.Effect<Schema.Json, UnknownMessage | QueryFailure | QueryRefused>
  }
>()("@eventfold/event-store/QueryBus") {
  /** Handles one query. It does not compile when `handle` needs a service with which it could write. */
  static handler<P extends { readonly _tag: string }, A, F, R>(
    query: Message.Query<string, P, A, F>,
    handle: (payload: P) => Effect.Effect<A, F | ReadFailure, R>,
    ..._cannotWrite: [Extract<R, WriteServices>] extends [never] ? [] : [WritingQueryHandler]
  ): Handler<R> {
    const payloads = payloadCodec(query)
    const decoded = Schema.decodeUnknownEffect(Schema.toType(query.Payload))
    const encodeAnswer = Schema.encodeEffect(Schema.toCodecJson(query.Answer))
    const encodeRefusal = Schema.encodeEffect(Schema.toCodecJson(query.Refusal))
    const isRefusal = Schema.is(query.Refusal)
    const answer = (payload: P): Effect.Effect<Result.Result<A, F>, ReadFailure, R> =>
      Effect.matchEffect(handle(payload), {
        onSuccess: (found) => Effect.succeed(Result.succeed(found)),
        onFailure: (error) => (isRefusal(error) ? Effect.succeed(Result.fail(error)) : Effect.fail(error))
      })
    return {
      name: query.name,
      ask: (payload) => Effect.flatMap(Effect.mapError(decoded(payload, allErrors), malformed(query.name)), answer),
      // An answer or a refusal that its own schema cannot encode is a mistake of the handler: a defect.
      askJson: Effect.fnUntraced(function* (json) {
        const result = yield* answer(yield* payloads.decode(json))
        if (Result.isSuccess(result)) return yield* Effect.orDie(encodeAnswer(result.success))
        const refusal = yield* Effect.orDie(encodeRefusal(result.failure))
        return yield* new QueryRefused({ name: query.name, refusal })
      })
    }
  }

  /** The bus over handlers in this process. Two handlers for one query stop the program at start. */
  static layer<R>(handlers: ReadonlyArray<Handler<R>>): Layer.Layer<QueryBus, never, R> {
    return Layer.effect(
      QueryBus,
      Effect.gen(function* () {
        const context = yield* Effect.context<R>()
        const registered = collect(handlers)
        return {
          ask: Effect.fn("QueryBus.ask")(function* <P extends { readonly _tag: string }, A, F>(
            query: Message.Query<string, P, A, F>,
            payload: P
          ) {
            yield* Effect.annotateCurrentSpan("query", query.name)
            const handler = yield* registered.find(query.name)
            const result = yield* Effect.provideContext(handler.ask(payload), context)
            // Handler and caller agree by the query they share; if they hold different ones, that is a mistake: a defect.
            return Result.isSuccess(result)
              ? yield* Effect.orDie(Schema.decodeUnknownEffect(Schema.toType(query.Answer))(result.success))
              : yield* Effect.flatMap(
                  Effect.orDie(Schema.decodeUnknownEffect(Schema.toType(query.Refusal))(result.failure)),
                  Effect.fail
                )
          }),
          askJson: Effect.fn("QueryBus.askJson")(function* (name, payload) {
            yield* Effect.annotateCurrentSpan("query", name)
            const handler = yield* registered.find(name)
            return yield* Effect.provideContext(handler.askJson(payload), context)
          })
        }
      })
    )
  }
}
