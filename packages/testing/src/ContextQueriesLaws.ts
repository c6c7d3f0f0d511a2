/**
 * The laws of queries between contexts as values: whoever asks finds the same, wherever the other context is. No test framework
 * is needed to run them; `ContextQueriesContract` registers them with vitest.
 *
 * The queries must be over `handlers()`: in this program, or in another one that it reaches.
 */
import { Message, Personal } from "@eventfold/decider"
import {
  ContextQueries,
  NotUpToDate,
  QueryBus,
  ReadModelFailure,
  ReadModelNotReady,
  UnknownMessage
} from "@eventfold/event-store"
import type { Handler } from "@eventfold/event-store/QueryBus"
import { DateTime, Effect, Schema } from "effect"
import { expect, expectEqual, expectFailure, type Law, make } from "./Law.ts"

/** What a handler can fail with besides a refusal. */
const failures = {
  Broken: new ReadModelFailure({ readModel: "things, from their streams", cause: "no disk" }),
  NotReady: new ReadModelNotReady({ readModel: "things" }),
  Behind: new NotUpToDate({ readModel: "things", position: 12, retryAfter: 1 }),
  Held: new NotUpToDate({ readModel: "things", position: 12, retryAfter: 30, parked: "acme/t-1" })
}

/** The names of what a handler can fail with. */
const failing = ["Broken", "NotReady", "Behind", "Held"] as const satisfies ReadonlyArray<keyof typeof failures>

const Refusal = Schema.Union([
  Schema.Literal("no"),
  Schema.TaggedStruct("Gone", { since: Schema.DateTimeUtc, cents: Schema.BigInt })
])
const gone: typeof Refusal.Type = { _tag: "Gone", since: DateTime.makeUnsafe(7), cents: 9_007_199_254_740_993n }

const Tell = Schema.TaggedStruct("Tell", {
  what: Schema.Literals(["answer", "refuse", "refuseInTime", ...failing]),
  of: Schema.NonEmptyString,
  limit: Schema.Int,
  at: Schema.DateTimeUtc,
  note: Schema.Json
})
const telling = Message.query({
  context: "laws",
  payload: Tell,
  answer: Schema.Struct({
    /** What was asked for, as the handler saw it. */
    seen: Schema.Struct({ of: Schema.String, limit: Schema.Int, at: Schema.DateTimeUtc }),
    note: Schema.Json,
    cents: Schema.BigInt,
    known: Personal.schema(Schema.String),
    forgotten: Personal.schema(Schema.String)
  }),
  refusal: Refusal
})
const unknown = Message.query({ context: "laws", payload: Schema.TaggedStruct("Vanish", {}), answer: Schema.Null })

/** The handlers of the queries of the laws. */
export const handlers = (): ReadonlyArray<Handler<never>> => [
  QueryBus.handler(
    telling,
    ({
      at,
      limit,
      note,
      of,
      what
    }): Effect.Effect<
      Message.Answer<typeof telling>,
      typeof Refusal.Type | ReadModelFailure | ReadModelNotReady | NotUpToDate
    > => {
      if (what === "refuse") return Effect.fail("no")
      if (what === "refuseInTime") return Effect.fail(gone)
      if (what !== "answer") return Effect.fail(failures[what])
      return Effect.succeed({
        seen: { of, limit, at },
        note,
        cents: gone.cents,
        known: Personal.of("person-1", "Ünal"),
        forgotten: Personal.redacted("person-2")
      })
    }
  )
]

const asked = (what: (typeof Tell.Type)["what"], note: Schema.Json = null) =>
  Tell.make({ what, note, of: "t-1", limit: 3, at: DateTime.makeUnsafe(1_234_567_890_123) })

const ask = (payload: typeof Tell.Type) => Effect.flatMap(ContextQueries, (queries) => queries.ask(telling, payload))

/** JSON that is easily damaged on the way. */
const notes: ReadonlyArray<Schema.Json> = [
  null,
  "",
  0,
  1e308,
  [],
  { z: 1, a: [null, { "": "a\u0000b 🧾" }], long: "x".repeat(20_000) }
]

/** The laws of queries between contexts. */
export const laws: ReadonlyArray<Law<ContextQueries>> = [
  make(
    "an answer comes back as its handler gave it, what is personal in it too, and the handler sees what was asked",
    Effect.gen(function* () {
      for (const note of notes) {
        const { at, limit, of } = asked("answer")
        const answer = yield* ask(asked("answer", note))
        yield* expectEqual("what was seen", answer.seen, { of, limit, at })
        yield* expectEqual("the note", answer.note, note)
        yield* expectEqual("the amount", answer.cents, gone.cents)
        yield* expectEqual(
          "what is known of a person",
          Personal.match(answer.known, { onKnown: (name, subject) => [name, subject], onRedacted: () => [] }),
          ["Ünal", "person-1"]
        )
        yield* expect(Personal.isRedacted(answer.forgotten), "what is forgotten must be forgotten")
        yield* expectEqual("who is forgotten", answer.forgotten.subject, "person-2")
      }
    })
  ),

  make(
    "a refusal comes back as the value it is",
    Effect.gen(function* () {
      yield* expectEqual("a refusal", yield* expectFailure("it", ask(asked("refuse"))), "no")
      yield* expectEqual("a refusal with content", yield* expectFailure("it", ask(asked("refuseInTime"))), gone)
    })
  ),

  make(
    "each failure of a read model comes back as what it is",
    Effect.forEach(
      failing,
      Effect.fnUntraced(function* (what) {
        yield* expectEqual(what, yield* expectFailure(what, ask(asked(what))), failures[what])
      }),
      { discard: true }
    )
  ),

  make(
    "a query nobody handles is an error that names those that are handled",
    Effect.gen(function* () {
      const queries = yield* ContextQueries
      const error = yield* expectFailure("it", queries.ask(unknown, { _tag: "Vanish" }))
      yield* expectEqual("the error", error, new UnknownMessage({ name: unknown.name, known: [telling.name] }))
    })
  ),

  make(
    "content that does not fit is an error that names every wrong field",
    Effect.gen(function* () {
      const error: unknown = yield* expectFailure("it", ask({ ...asked("answer"), of: "", limit: 0.5 }))
      const fields = Schema.decodeUnknownEffect(
        Schema.Struct({ name: Schema.String, problems: Schema.Array(Schema.Struct({ field: Schema.String })) })
      )(error)
      const { name, problems } = yield* Effect.orDie(fields)
      yield* expectEqual("the query", name, telling.name)
      yield* expectEqual("the wrong fields", problems.map(({ field }) => field).toSorted(), ["limit", "of"])
    })
  )
]
