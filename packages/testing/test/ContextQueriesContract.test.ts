/** The suite of queries between contexts catches broken ways: for every law there is a way that breaks it. */
import { ContextQueries, MalformedMessage, ReadModelNotReady, UnknownMessage } from "@eventfold/event-store"
import { Effect, Layer } from "effect"
import { ContextQueriesLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

type Queries = ContextQueries["Service"]

const sound = Layer.fresh(ContextQueries.layer(ContextQueriesLaws.handlers()))

/** A row: a way with what `wrong` makes of it. */
const broken = (breaks: string, fault: string, wrong: (queries: Queries) => Queries) => ({
  breaks,
  fault,
  layer: Layer.effect(ContextQueries, Effect.map(ContextQueries, wrong)).pipe(Layer.provide(sound))
})

/** A way that makes something else of one error. */
const mistaken = (
  breaks: string,
  is: (error: unknown) => boolean,
  other: (name: string) => MalformedMessage | UnknownMessage | ReadModelNotReady
) =>
  broken(breaks, "makes something else of an error", (queries) => ({
    ask: (query, payload) =>
      Effect.mapError(queries.ask(query, payload), (error) => (is(error) ? other(query.name) : error))
  }))

suite({
  of: "queries between contexts",
  laws: ContextQueriesLaws.laws,
  rows: [
    broken(
      "an answer comes back as its handler gave it, what is personal in it too, and the handler sees what was asked",
      "asks for something else",
      (queries) => ({ ask: (query, payload) => queries.ask(query, { ...payload, limit: 4 }) })
    ),
    mistaken(
      "a refusal comes back as the value it is",
      (error) => error === "no",
      (readModel) => new ReadModelNotReady({ readModel })
    ),
    mistaken(
      "each failure of a read model comes back as what it is",
      (error) => typeof error === "object" && error !== null && "parked" in error,
      (readModel) => new ReadModelNotReady({ readModel })
    ),
    mistaken(
      "a query nobody handles is an error that names those that are handled",
      (error) => error instanceof UnknownMessage,
      (name) => new UnknownMessage({ name, known: [] })
    ),
    mistaken(
      "content that does not fit is an error that names every wrong field",
      (error) => error instanceof MalformedMessage,
      (name) => new MalformedMessage({ name, problems: [] })
    )
  ],
  sound,
  only: false
})
