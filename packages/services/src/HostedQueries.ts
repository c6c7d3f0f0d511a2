/** What the contexts that this program serves tell others: what other services may ask it. */
import { type QueryFailure, UnknownMessage } from "@eventfold/event-store"
import { Context, Effect, Layer } from "effect"
import type { AnswerTooLong, QueryOutcome } from "./ServiceApi.ts"

/** The queries of other services that this program answers. */
export class HostedQueries extends Context.Service<
  HostedQueries,
  {
    /** The contexts, by name. */
    readonly contexts: ReadonlySet<string>
    /** Hands a query to its handler in this program; never to another one. */
    askJson(name: string, payload: unknown): Effect.Effect<QueryOutcome, UnknownMessage | QueryFailure | AnswerTooLong>
  }
>()("@eventfold/services/HostedQueries") {
  /** Of a program that tells others nothing. */
  static readonly none: Layer.Layer<HostedQueries> = Layer.succeed(HostedQueries, {
    contexts: new Set<string>(),
    askJson: (name) => Effect.fail(new UnknownMessage({ name, known: [] }))
  })
}
