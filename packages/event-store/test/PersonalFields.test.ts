/** Personal fields through every door of the store: events, repairs, snapshots, states at hand, outcomes and digests of commands. */
import { assert, describe, it } from "@effect/vitest"
import { Decider, DomainEvent, Message, Personal } from "@eventfold/decider"
import { Context, DateTime, Effect, Layer, Result, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"
import {
  CommandBus,
  CommandHandler,
  CommandLog,
  EventCodec,
  EventNotDecodable,
  EventRepairs,
  EventStore,
  EventStoreFailure,
  ExpectedVersion,
  forgetPerson,
  KeyStore,
  layerMemory,
  repairEvent,
  Sealer,
  SnapshotCodec,
  SnapshotPolicy,
  SnapshotStore,
  StateCache,
  StreamId
} from "../src/index.ts"
import { uuid } from "./FreshBus.ts"

const occurredAt = DateTime.makeUnsafe("2026-03-02T09:00:00Z")
const Name = Personal.schema(Schema.String)
const NamedV1 = DomainEvent.make("Named", { name: Name })
const Named = DomainEvent.nextVersion(NamedV1, { name: Name, times: Schema.Int }, ({ name }) => ({ name, times: 1 }))
class Taken extends Schema.TaggedError<Taken>()("Taken", { by: Name }) {}
const Rename = Schema.TaggedStruct("Rename", {
  thing: Schema.String,
  person: Schema.String,
  name: Personal.inTransit(Schema.String)
})

const thing = Decider.make({
  category: "thing",
  State: Schema.Struct({ name: Schema.NullOr(Name), times: Schema.Int }),
  Event: Schema.Union([Named]),
  initial: { name: null, times: 0 },
  evolve: (state, { name, times }) => ({ name, times: state.times + times }),
  decide: ({ name, person }: typeof Rename.Type, state): Result.Result<ReadonlyArray<typeof Named.Type>, Taken> =>
    name === "taken" && state.name !== null
      ? Result.fail(new Taken({ by: state.name }))
      : Result.succeed([Named.make({ occurredAt, name: Personal.of(person, name), times: 1 })])
})
const codec = EventCodec.make(thing.Event)
const things = CommandHandler.make(thing, { snapshots: SnapshotPolicy.everyEvents(2) })
const tenant = "acme"
const stream = StreamId.make(tenant, "thing", "t-1")
const ada = { tenant, subject: "customer-ada" }
const named = (name: string, person = ada.subject) => Rename.make({ thing: "t-1", person, name })
const forget = forgetPerson(ada, { actor: "user-7", reason: "requested" })
const load = Effect.map(things.load(stream), ({ state }) => state)
const known = (name: string, times: number) => ({ name: Personal.of(ada.subject, name), times })
const gone = (times: number) => ({ name: Personal.redacted(ada.subject), times })

const rename = Message.command({
  context: "things",
  payload: Rename,
  answer: Schema.Struct({ name: Schema.NullOr(Name) }),
  refusal: Taken
})
const Bus = CommandBus.layer(
  CommandBus.aggregate(things, {
    commands: [rename],
    stream: (tenant, { thing }) => StreamId.make(tenant, "thing", thing),
    answer: ({ name }) => ({ name })
  })
)
const fresh = Effect.provide(Bus.pipe(Layer.provideMerge(Layer.fresh(layerMemory))))
const recorded = Effect.flatMap(EventStore, (store) => Stream.runCollect(store.read(stream)))
const dispatch = (number: number, payload: typeof Rename.Type) =>
  Effect.flatMap(CommandBus, (bus) => bus.dispatch(rename, { id: uuid(number), tenant, payload }))

describe("an event with a personal field", () => {
  it.effect("is stored sealed, read in clear, and shown to people as they know it", () =>
    Effect.gen(function* () {
      yield* things.handle(stream, named("Ada"))
      const events = yield* recorded
      assert.notInclude(JSON.stringify(events), "Ada")
      assert.deepStrictEqual(yield* codec.decode(events), [
        Named.make({ occurredAt, name: Personal.of(ada.subject, "Ada"), times: 1 })
      ])
      assert.deepStrictEqual(yield* codec.show(events), [{ name: "Ada", times: 1 }])
      yield* forget
      assert.deepStrictEqual(yield* codec.show(events), [{ name: "[REDACTED]", times: 1 }])
      assert.deepStrictEqual(yield* load, gone(1))
      yield* things.handle(stream, named("Ada again"))
      assert.notInclude(JSON.stringify(yield* recorded), "again")
      assert.deepStrictEqual(yield* load, gone(2))
    }).pipe(fresh)
  )

  it.effect("of an older version is opened before it is upcast", () =>
    Effect.gen(function* () {
      const older = EventCodec.make(Schema.Union([NamedV1]))
      const [encoded] = yield* older.encode(
        [NamedV1.make({ occurredAt, name: Personal.of(ada.subject, "Ada") })],
        tenant
      )
      assert.isDefined(encoded)
      yield* (yield* EventStore).append(stream, ExpectedVersion.NoStream, [{ ...encoded, id: uuid(1), metadata: {} }])
      assert.deepStrictEqual(yield* load, known("Ada", 1))
    }).pipe(fresh)
  )

  it.effect("that was changed is an error that names it; the others of its page are read", () =>
    Effect.gen(function* () {
      yield* things.handle(stream, named("Ada"))
      yield* things.handle(stream, named("Ada II"))
      const [first, second] = yield* recorded
      assert.isDefined(first)
      assert.isDefined(second)
      const moved = { ...first, stream: StreamId.make("other", "thing", "t-1") }
      const results = yield* codec.decodeEach([moved, second])
      assert.deepStrictEqual(results.map(Result.isSuccess), [false, true])
      const error = yield* Effect.flip(codec.decode([moved, second]))
      assert.instanceOf(error, EventNotDecodable)
      assert.deepInclude(error, { position: first.position, eventId: first.id })
      assert.include(error.message, "customer-ada")
      assert.deepStrictEqual((yield* codec.show([moved]))[0], moved.data)
    }).pipe(fresh)
  )

  it.effect("cannot be written by a program without a key store; one without personal fields can", () =>
    Effect.gen(function* () {
      const event = Named.make({ occurredAt, name: Personal.of(ada.subject, "Ada"), times: 1 })
      const error = yield* Effect.flip(codec.encode([event], tenant))
      assert.instanceOf(error, EventStoreFailure)
      assert.include(error.message, "EVENTFOLD_MASTER_KEY")
      const redacted = yield* codec.encode([{ ...event, name: Personal.redacted(ada.subject) }], tenant)
      assert.deepStrictEqual(redacted[0]?.data, { name: { subject: ada.subject, redacted: true }, times: 1 })
    })
  )

  it.effect("is repaired in clear, and the repair is stored sealed", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      const data = { name: 7, times: 1 }
      const event = { id: uuid(1), type: "Named", schemaVersion: 2, occurredAt, metadata: {}, data }
      yield* store.append(stream, ExpectedVersion.NoStream, [event])
      const [stored] = yield* recorded
      const name = { subject: ada.subject, value: "Ada" }
      const { position } = stored ?? assert.fail("nothing is stored")
      const repair = { position, eventId: uuid(1), type: "Named", schemaVersion: 2, data: { name, times: 1 } }
      const kept = yield* repairEvent(codec, { ...repair, actor: "grace", reason: "the form says Ada" })
      assert.notInclude(JSON.stringify(kept.data), "Ada")
      assert.deepStrictEqual(yield* load, known("Ada", 1))
      yield* forget
      assert.deepStrictEqual(yield* load, gone(1))
      assert.lengthOf(yield* (yield* EventRepairs).history(), 1)
    }).pipe(fresh)
  )
})

describe("a state with a personal field", () => {
  it.effect("is sealed in its snapshot, by the writer in the background too, and redacted once it is forgotten", () =>
    Effect.gen(function* () {
      for (const name of ["Ada", "Ada II", "Ada III"]) yield* things.handle(stream, named(name))
      const [store, states] = [yield* SnapshotStore, yield* StateCache]
      yield* store.settled
      const snapshots = SnapshotCodec.make(thing)
      const found = yield* store.load(stream, yield* snapshots.fingerprint)
      const snapshot = yield* Effect.fromOption(found)
      assert.strictEqual(snapshot.version, 2)
      assert.notInclude(JSON.stringify(snapshot.state), "Ada")
      yield* states.invalidateAll
      assert.deepStrictEqual(yield* load, known("Ada III", 3))
      yield* forget
      assert.deepStrictEqual(yield* Effect.fromOption(yield* snapshots.read(snapshot)), gone(2))
      assert.deepStrictEqual(yield* load, gone(3))
    }).pipe(fresh)
  )

  it.effect("is at hand for five seconds, then whoever another process has forgotten is gone from it", () =>
    Effect.gen(function* () {
      yield* things.handle(stream, named("Ada"))
      assert.deepStrictEqual(yield* load, known("Ada", 1))
      // Another process: this one's states at hand are not dropped.
      yield* (yield* KeyStore).forget(ada, { actor: "user-7", reason: "requested" })
      yield* TestClock.adjust("4999 millis")
      assert.deepStrictEqual(yield* load, known("Ada", 1))
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(yield* load, gone(1))
    }).pipe(fresh)
  )
})

describe("a command about a person", () => {
  it.effect("is answered again from a sealed answer or refusal, redacted once the person is forgotten", () =>
    Effect.gen(function* () {
      const kept: Array<unknown> = []
      const log = yield* CommandLog
      const watched = CommandLog.of({
        ...log,
        complete: (claim, outcome) =>
          Effect.andThen(
            Effect.sync(() => kept.push(outcome)),
            log.complete(claim, outcome)
          )
      })
      const bus = yield* Layer.build(Layer.fresh(Bus).pipe(Layer.provide(Layer.succeed(CommandLog, watched))))
      const send = (number: number, payload: typeof Rename.Type) =>
        Context.get(bus, CommandBus).dispatch(rename, { id: uuid(number), tenant, payload })
      const twice = (name: unknown, by: unknown) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* send(1, named("Ada")), { name })
          const refusal = yield* Effect.flip(send(2, named("taken")))
          assert.deepStrictEqual(refusal instanceof Taken ? refusal.by : refusal, by)
        })
      const name = Personal.of(ada.subject, "Ada")
      yield* twice(name, name)
      yield* twice(name, name)
      assert.lengthOf(kept, 2)
      assert.notInclude(JSON.stringify(kept), "Ada")
      assert.include(JSON.stringify(kept), "@personal")
      yield* forget
      yield* twice(Personal.redacted(ada.subject), Personal.redacted(ada.subject))
    }).pipe(Effect.scoped, fresh)
  )

  it.effect("is told from another one by a digest that nobody can find the name by", () =>
    Effect.gen(function* () {
      yield* dispatch(1, named("Ada"))
      assert.strictEqual((yield* Effect.flip(dispatch(1, named("Eve"))))._tag, "CommandIdReused")
      const sealer = yield* Sealer
      const [first, again] = [yield* sealer.digest(tenant, "Ada"), yield* sealer.digest(tenant, "Ada")]
      assert.strictEqual(first, again)
      assert.match(first, /^[0-9a-f]{64}$/u)
      assert.notStrictEqual(first, yield* sealer.digest("other", "Ada"))
    }).pipe(fresh)
  )
})
