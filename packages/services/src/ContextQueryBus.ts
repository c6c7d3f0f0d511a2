/**
 * The queries between contexts of a program that serves some of them: those of a context that is here are answered here, those
 * of another one by the program that serves it. Whoever asks sees no difference but the errors of the way.
 *
 * Guarantees: a query of a context that is served here never leaves the program; one that comes from another service never goes
 * on to a third. What is answered to another service is at most 1 MiB long; what is longer is an error there.
 *
 * Gotcha: personal values in answers travel in plain text inside of the connection.
 */
import type { Message } from "@eventfold/decider"
import { type AskError, ContextQueries, QueryBus, UnknownMessage } from "@eventfold/event-store"
import { payloadCodec } from "@eventfold/event-store/MessageHandlers"
import type { Handler } from "@eventfold/event-store/QueryBus"
import { ByteSize, Context, Effect, Layer, Schema } from "effect"
import { contextOf } from "./HostedCommands.ts"
import { HostedQueries } from "./HostedQueries.ts"
import { largestAnswer, strange } from "./RemoteCalls.ts"
import { RemoteQueries } from "./RemoteQueries.ts"
import { AnswerTooLong, type QueryOutcome } from "./ServiceApi.ts"

/** Queries over handlers in this program, and over other programs for every other context. */
export const layer = <R>(
  handlers: ReadonlyArray<Handler<R>>
): Layer.Layer<ContextQueries | HostedQueries, never, R | RemoteQueries> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const here = Context.get(yield* Layer.build(QueryBus.layer(handlers)), QueryBus)
      const remote = yield* RemoteQueries
      const contexts = new Set(handlers.flatMap(({ name }) => contextOf(name) ?? []))
      const known = handlers.map(({ name }) => name)

      const ask = <P extends { readonly _tag: string }, A, F>(
        query: Message.Query<string, P, A, F>,
        payload: P
      ): Effect.Effect<A, F | AskError> => {
        const context = contextOf(query.name)
        return context === undefined || contexts.has(context)
          ? here.ask(query, payload)
          : Effect.flatMap(payloadCodec(query).encode(payload), (json) =>
              Effect.flatMap(remote.askJson(context, query.name, json), (outcome) => read(context, query, outcome))
            )
      }

      return Context.make(ContextQueries, { ask }).pipe(
        Context.add(HostedQueries, {
          contexts,
          askJson: (name, payload) => {
            const context = contextOf(name)
            if (context !== undefined && !contexts.has(context)) {
              return Effect.fail(new UnknownMessage({ name, known }))
            }
            return here.askJson(name, payload).pipe(
              Effect.flatMap((answer) => Effect.as(bounded(name, answer), { _tag: "Answered" as const, answer })),
              Effect.catchTag("QueryRefused", ({ refusal }) => Effect.succeed({ _tag: "Refused" as const, refusal }))
            )
          }
        })
      )
    })
  )

/** What an outcome says; one that does not fit the query is an answer that nobody here understands. */
const read = <P extends { readonly _tag: string }, A, F>(
  context: string,
  query: Message.Query<string, P, A, F>,
  outcome: QueryOutcome
): Effect.Effect<A, F | AskError> => {
  const decoded = <T>(schema: Schema.Codec<T, unknown>, json: Schema.Json) =>
    Effect.mapError(Schema.decodeEffect(Schema.toCodecJson(schema))(json), () => strange(context))
  return outcome._tag === "Answered"
    ? decoded(query.Answer, outcome.answer)
    : Effect.flatMap(decoded(query.Refusal, outcome.refusal), Effect.fail)
}

const most = ByteSize.toNumberUnsafe(largestAnswer)

const bounded = (name: string, answer: Schema.Json): Effect.Effect<void, AnswerTooLong> => {
  const bytes = Buffer.byteLength(JSON.stringify(answer))
  return bytes > most ? Effect.fail(new AnswerTooLong({ name, bytes, most })) : Effect.void
}
