/**
 * The laws of the command bus as values: whoever sends a command finds the same, wherever it is handled. No test framework is
 * needed to run them; `CommandBusContract` registers them with vitest.
 *
 * The bus must be over `handlers()`: in this program, or in another one that it reaches.
 */
import { Message } from "@eventfold/decider"
import {
  CommandBus,
  CommandHandler,
  CommandIdReused,
  type CommandOutcome,
  EventIdConflict,
  EventNotDecodable,
  EventNotEncodable,
  EventStoreFailure,
  ExpectedVersion,
  InvalidAppend,
  MalformedMessage,
  OutsideFailure,
  StreamArchived,
  StreamId,
  UnknownMessage,
  VersionConflict
} from "@eventfold/event-store"
import type { Handler } from "@eventfold/event-store/CommandBus"
import { Clock, DateTime, Effect, Schema } from "effect"
import * as Scenario from "./EventStoreLaws/Scenario.ts"
import { expect, expectEqual, expectFailure, type Law, make } from "./Law.ts"

const stream = StreamId.make("acme", "Thing", "t-1")
const event = { stream, version: 2, position: 7, eventId: "e", eventType: "ThingDone", schemaVersion: 1 }

/** What a handler can fail with besides a refusal. */
const failures = {
  VersionConflict: new VersionConflict({ stream, expected: ExpectedVersion.Exact(3), actual: 4 }),
  TooManyConflicts: new CommandHandler.TooManyConflicts({ stream, attempts: 5 }),
  EventIdConflict: new EventIdConflict({ stream, eventIds: ["a", "b"] }),
  StreamArchived: new StreamArchived({ stream }),
  InvalidAppend: new InvalidAppend({ field: "events", rule: "must be few" }),
  EventNotDecodable: new EventNotDecodable({ ...event, reason: "an unknown type", failedAt: 1 }),
  EventNotEncodable: new EventNotEncodable({ eventType: "ThingDone", reason: "no number" }),
  StoreBroken: new EventStoreFailure({ operation: "append", retryable: false, cause: "out of space" }),
  StoreAway: new EventStoreFailure({ operation: "append", retryable: true, detail: "no connection", cause: "away" })
}

const outside = {
  away: new OutsideFailure({ system: "bank", retryable: true, detail: "no answer", retryAfter: 1500 }),
  strange: new OutsideFailure({ system: "bank", retryable: false, detail: "it does not know us", cause: "401" })
}

/** The names of what a handler can fail with. */
const failing = [
  "VersionConflict",
  "TooManyConflicts",
  "EventIdConflict",
  "StreamArchived",
  "InvalidAppend",
  "EventNotDecodable",
  "EventNotEncodable",
  "StoreBroken",
  "StoreAway"
] as const satisfies ReadonlyArray<keyof typeof failures>
const failingOutside = ["away", "strange"] as const satisfies ReadonlyArray<keyof typeof outside>

const Refusal = Schema.Union([
  Schema.Literal("no"),
  Schema.TaggedStruct("TooLate", { since: Schema.DateTimeUtc, cents: Schema.BigInt })
])
const tooLate: typeof Refusal.Type = { _tag: "TooLate", since: DateTime.makeUnsafe(7), cents: 9_007_199_254_740_993n }

const Do = Schema.TaggedStruct("Do", {
  what: Schema.Literals(["answer", "refuse", "refuseInTime", ...failing]),
  note: Schema.Json,
  at: Schema.DateTimeUtc
})
const doing = Message.command({
  context: "laws",
  payload: Do,
  answer: Schema.Struct({
    /** How many commands have been answered or refused before, this one included. */
    execution: Schema.Int,
    note: Schema.Json,
    at: Schema.DateTimeUtc,
    seen: Schema.Struct({
      id: Schema.String,
      tenant: Schema.String,
      expectedVersion: Schema.NullOr(Schema.Int),
      metadata: Schema.Record(Schema.String, Schema.String)
    })
  }),
  refusal: Refusal
})
const asking = Message.command({
  context: "laws",
  payload: Schema.TaggedStruct("Ask", { how: Schema.Literals(failingOutside) }),
  answer: Schema.Null
})
const unknown = Message.command({ context: "laws", payload: Schema.TaggedStruct("Vanish", {}), answer: Schema.Null })

type Answer = Message.Answer<typeof doing>

/** The handlers of the commands of the laws. Each call makes some that have done nothing yet. */
export const handlers = (): ReadonlyArray<Handler<never>> => {
  let executions = 0
  return [
    CommandBus.handler(doing, ({ expectedVersion = null, id, metadata = {}, payload: { at, note, what }, tenant }) =>
      Effect.suspend((): Effect.Effect<Answer, typeof Refusal.Type | (typeof failures)[keyof typeof failures]> => {
        if (what !== "answer" && what !== "refuse" && what !== "refuseInTime") return Effect.fail(failures[what])
        executions += 1
        if (what === "refuse") return Effect.fail("no")
        if (what === "refuseInTime") return Effect.fail(tooLate)
        const told = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, value ?? ""]))
        return Effect.succeed({
          execution: executions,
          note,
          at,
          seen: { id, tenant, expectedVersion, metadata: told }
        })
      })
    ),
    CommandBus.outside(asking, ({ payload }) => Effect.fail(outside[payload.how]))
  ]
}

type What = (typeof Do.Type)["what"]

/** A command of a new id. */
const fresh = Effect.fnUntraced(function* (what: What, note: Schema.Json = null) {
  return {
    id: yield* Scenario.uuid,
    tenant: yield* Scenario.tenant,
    payload: Do.make({ what, note, at: DateTime.makeUnsafe(1_234_567_890_123) })
  }
})

const dispatch = (envelope: Effect.Success<ReturnType<typeof fresh>>) =>
  // A bus tries again for a moment when the store is away: it must be able to wait.
  Effect.flatMap(CommandBus, (bus) => bus.dispatch(doing, envelope)).pipe(
    Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())
  )
const dispatchJson = (
  name: string,
  envelope: { readonly id: string; readonly tenant: string; readonly payload: unknown }
) => Effect.flatMap(CommandBus, (bus) => bus.dispatchJson(name, envelope))

/** JSON that is easily damaged on the way. */
const notes: ReadonlyArray<Schema.Json> = [
  null,
  "",
  0,
  1e308,
  [],
  { z: 1, a: [null, { "": "a\u0000b 🧾" }], long: "x".repeat(20_000) }
]

/** What an outcome in JSON tells of an answer. */
const readTold = (outcome: CommandOutcome) =>
  Effect.map(
    Schema.decodeUnknownEffect(
      Schema.TaggedStruct("Answered", { answer: Schema.Struct({ note: Schema.Json, at: Schema.String }) })
    )(outcome),
    ({ answer }) => answer
  )

const fieldsOf = (error: unknown): unknown =>
  error instanceof MalformedMessage ? error.problems.map(({ field }) => field).toSorted() : error

/** The laws of the command bus. */
export const laws: ReadonlyArray<Law<CommandBus>> = [
  make(
    "an answer comes back as its handler gave it, typed and as JSON, and the handler sees the command as it was sent",
    Effect.gen(function* () {
      for (const note of notes) {
        const metadata = { correlationId: "c", causationId: "cause", actor: "Ünal", reason: "because", more: "m" }
        const sent = { ...(yield* fresh("answer", note)), metadata, expectedVersion: 7 }
        const { execution: _, ...answer } = yield* dispatch(sent)
        const { id, payload, tenant } = sent
        const expected = { note, at: payload.at, seen: { id, tenant, expectedVersion: 7, metadata } }
        yield* expectEqual("the answer", answer, expected)
        const json = { _tag: "Do", what: "answer", note, at: "2009-02-13T23:31:30.123Z" }
        const other = { ...sent, id: yield* Scenario.uuid, payload: json }
        const outcome = yield* dispatchJson(doing.name, other)
        yield* expectEqual("the answer as JSON", yield* readTold(outcome), { note, at: json.at })
      }
    })
  ),

  make(
    "what goes with a command that says nothing is its own id",
    Effect.gen(function* () {
      const sent = yield* fresh("answer")
      const { seen } = yield* dispatch(sent)
      yield* expectEqual("what the handler saw", seen, {
        id: sent.id,
        tenant: sent.tenant,
        expectedVersion: null,
        metadata: { correlationId: sent.id, causationId: sent.id }
      })
    })
  ),

  make(
    "a refusal comes back as the value it is, and as JSON as an outcome",
    Effect.gen(function* () {
      yield* expectEqual("a refusal", yield* expectFailure("it", dispatch(yield* fresh("refuse"))), "no")
      const sent = yield* fresh("refuseInTime")
      yield* expectEqual("a refusal with content", yield* expectFailure("it", dispatch(sent)), tooLate)
      const payload = { _tag: "Do", what: "refuseInTime", note: null, at: "2009-02-13T23:31:30.123Z" }
      yield* expectEqual("the outcome", yield* dispatchJson(doing.name, { ...sent, payload }), {
        _tag: "Refused",
        refusal: { _tag: "TooLate", since: "1970-01-01T00:00:00.007Z", cents: "9007199254740993" }
      })
    })
  ),

  make(
    "each failure of a handler comes back as what it is",
    Effect.forEach(
      failing,
      Effect.fnUntraced(function* (what) {
        const error = yield* expectFailure(what, dispatch(yield* fresh(what)))
        yield* expectEqual(what, error, failures[what])
      }),
      { discard: true }
    )
  ),

  make(
    "each failure of a foreign system comes back as what it is",
    Effect.forEach(
      failingOutside,
      Effect.fnUntraced(function* (how) {
        const sent = { ...(yield* fresh("answer")), payload: { _tag: "Ask" as const, how } }
        const bus = yield* CommandBus
        yield* expectEqual(how, yield* expectFailure(how, bus.dispatch(asking, sent)), outside[how])
      }),
      { discard: true }
    )
  ),

  make(
    "a command that comes again, or several times at once, is handled once",
    Effect.gen(function* () {
      const sent = yield* fresh("answer", "again")
      const first = yield* dispatch(sent)
      yield* expectEqual("the second answer", yield* dispatch(sent), first)
      const refused = yield* fresh("refuse")
      for (const time of ["first", "second"]) {
        yield* expectEqual(`the ${time} refusal`, yield* expectFailure("it", dispatch(refused)), "no")
      }
      const many = yield* fresh("answer", "at once")
      const answers = yield* Effect.forEach([1, 2, 3, 4, 5, 6], () => dispatch(many), { concurrency: "unbounded" })
      const executions = new Set(answers.map(({ execution }) => execution))
      yield* expectEqual("how often it was handled", executions.size, 1)
    })
  ),

  make(
    "an id that was used for other content is refused, naming the command",
    Effect.gen(function* () {
      const sent = yield* fresh("answer")
      yield* dispatch(sent)
      const error = yield* expectFailure("it", dispatch({ ...sent, payload: { ...sent.payload, note: "another" } }))
      yield* expectEqual("the error", error, new CommandIdReused({ commandId: sent.id, command: doing.name }))
    })
  ),

  make(
    "a command nobody handles is an error that names those that are handled",
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const sent = { ...(yield* fresh("answer")), payload: { _tag: "Vanish" as const } }
      const expected = new UnknownMessage({ name: unknown.name, known: [doing.name, asking.name] })
      yield* expectEqual("the error", yield* expectFailure("it", bus.dispatch(unknown, sent)), expected)
      yield* expectEqual("the error", yield* expectFailure("it", dispatchJson(unknown.name, sent)), expected)
    })
  ),

  make(
    "content that does not fit is an error that names every wrong field",
    Effect.gen(function* () {
      const sent = { ...(yield* fresh("answer")), payload: { _tag: "Do", what: 1, note: null, at: "noon" } }
      const error = yield* expectFailure("it", dispatchJson(doing.name, sent))
      yield* expect(error._tag === "MalformedMessage" && error.name === doing.name, "it must be a MalformedMessage")
      yield* expectEqual("the wrong fields", fieldsOf(error), ["at", "what"])
    })
  ),

  make(
    "an envelope that breaks a rule is an error that names every wrong field",
    Effect.gen(function* () {
      const sent = { ...(yield* fresh("answer")), id: "1", tenant: "A B", expectedVersion: -1 }
      const error = yield* expectFailure("it", dispatch(sent))
      yield* expectEqual("the wrong fields", fieldsOf(error), ["expectedVersion", "id", "tenant"])
    })
  )
]
