/**
 * The port through which one context asks another: the same question, whether the other one is in this program or elsewhere.
 *
 * Guarantees: whoever asks sees what was stored before it asked, as far as the handler of the query reads streams and no read
 * model. A refusal is the typed one of the query. Only what contexts tell each other is asked for here; what people ask for
 * goes through the `QueryBus`.
 */
import type { Message } from "@eventfold/decider"
import { Context, Effect, Layer } from "effect"
import type { ContextNotRegistered, ContextUnavailable } from "./ContextErrors.ts"
import type { UnknownMessage } from "./MessageErrors.ts"
import { type Handler, QueryBus, type QueryFailure } from "./QueryBus.ts"

/** What can come back from another context besides an answer or a refusal. The last two: from one in another program. */
export type AskError = UnknownMessage | QueryFailure | ContextNotRegistered | ContextUnavailable

/** Asks other contexts. */
export class ContextQueries extends Context.Service<
  ContextQueries,
  {
    /** Asks a query and waits for its answer. */
    ask<P extends { readonly _tag: string }, A, F>(
      query: Message.Query<string, P, A, F>,
      payload: P
    ): Effect.Effect<A, F | AskError>
  }
>()("@eventfold/event-store/ContextQueries") {
  /** Of contexts that are all in this program. Two handlers for one query stop the program at start. */
  static layer<R>(handlers: ReadonlyArray<Handler<R>>): Layer.Layer<ContextQueries, never, R> {
    return Layer.effect(
      ContextQueries,
      Effect.map(QueryBus, (bus) => ({ ask: (query, payload) => bus.ask(query, payload) }))
    ).pipe(Layer.provide(QueryBus.layer(handlers)))
  }
}

/** Why another context did not answer, in what errors of ports say; `reason` tells nothing personal. */
export interface Unanswered {
  readonly reason: string
  /** Whether asking again can help. */
  readonly retryable: boolean
  /** When it may be back, in milliseconds from now, where that is known. */
  readonly retryAfter?: number
  readonly cause: AskError
}

/** Why another context did not answer. */
export const unanswered = (cause: AskError): Unanswered => {
  switch (cause._tag) {
    case "MalformedMessage": {
      // What is wrong with a value may quote it, and a value may be about a person: then only its place is told.
      const fields = cause.problems.map(({ field }) => field).join(", ")
      return { reason: `it was asked wrongly: ${fields}`, retryable: false, cause }
    }
    case "UnknownMessage":
      return { reason: cause.message, retryable: false, cause }
    case "ContextUnavailable": {
      const { message, retryable, retryAfter } = cause
      return { reason: message, retryable, cause, ...(retryAfter === undefined ? {} : { retryAfter }) }
    }
    default:
      return { reason: cause.message, retryable: true, cause }
  }
}
