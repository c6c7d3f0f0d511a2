/**
 * Asks contexts that other programs serve, over HTTP: see `RemoteCalls` for the way.
 *
 * Guarantees: a query ends with what it was answered where it is handled, whatever that was, or with `ContextNotRegistered` or
 * `ContextUnavailable`. It changes nothing there, so it can be asked again whatever has happened. Its breaker is that of the
 * commands to the same context.
 *
 * Gotcha: nothing is tried again. Whoever needs the answer knows how long it may take.
 */
import { type AskError, ContextUnavailable, MalformedMessage } from "@eventfold/event-store"
import { Context, Effect, Layer, Schema } from "effect"
import * as RemoteCalls from "./RemoteCalls.ts"
import type { QueryOutcome } from "./ServiceApi.ts"

/** Asks contexts that other programs serve. */
export class RemoteQueries extends Context.Service<
  RemoteQueries,
  {
    /** Asks whoever serves the context; content and outcome are JSON. */
    askJson(context: string, name: string, payload: unknown): Effect.Effect<QueryOutcome, AskError>
  }
>()("@eventfold/services/RemoteQueries") {
  /** Over HTTP, to the endpoints `http` of those that the registry knows. */
  static readonly layer = (
    options: RemoteCalls.RemoteOptions = {}
  ): Layer.Layer<RemoteQueries, never, RemoteCalls.RemoteServices> => Layer.effect(RemoteQueries, make(options))
}

const isJson = Schema.is(Schema.Json)

const make = Effect.fnUntraced(function* (options: RemoteCalls.RemoteOptions) {
  const calls = yield* RemoteCalls.make(options, "5 seconds")
  return {
    askJson: Effect.fn("RemoteQueries.askJson")(function* (context, name, payload) {
      yield* Effect.annotateCurrentSpan({ context, query: name })
      if (!isJson(payload)) {
        return yield* new MalformedMessage({ name, problems: [{ field: "(all of it)", rule: "must be JSON" }] })
      }
      return yield* calls
        .call(context, ({ serviceQueries }) => {
          const asked = serviceQueries.ask({ params: { query: name }, payload: { payload } })
          return asked
        })
        .pipe(
          Effect.catchTag("AnswerTooLong", ({ message }) =>
            Effect.fail(new ContextUnavailable({ context, problem: "unexpected", retryable: false, detail: message }))
          )
        )
    })
  } satisfies RemoteQueries["Service"]
})
