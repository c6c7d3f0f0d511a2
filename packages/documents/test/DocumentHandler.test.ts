/** A decider whose state is kept as a document: what is kept and what is told agree, whoever is at work, and also after a loss. */
import { assert, describe, it } from "@effect/vitest"
import { Decider, DomainEvent, Personal } from "@eventfold/decider"
import { EventStore, layerMemory, StreamId, Transaction, VersionConflict } from "@eventfold/event-store"
import { DateTime, Effect, Layer, Result, Schema, Stream } from "effect"
import { DocumentHandler, type Documents, DocumentsMemory, longestDocument } from "../src/index.ts"

const Painted = DomainEvent.make("Painted", { colour: Schema.String })
const Scrapped = DomainEvent.make("Scrapped", {})
const BoatEvent = Schema.Union([Painted, Scrapped])
const Boat = Schema.Struct({ colours: Schema.Array(Schema.String) })
const occurredAt = DateTime.makeUnsafe("2024-05-01T00:00:00Z")
const none: typeof Boat.Type = { colours: [] }

/** Each coat is an event, so that one command can have several; a boat that is black is not painted any more. */
const boat = Decider.make({
  category: "boat",
  State: Boat,
  Event: BoatEvent,
  initial: none,
  evolve: (state, event: typeof BoatEvent.Type) =>
    event._tag === "Scrapped" ? none : { colours: [...state.colours, event.colour] },
  decide: (coats: ReadonlyArray<string>, state): Result.Result<ReadonlyArray<typeof BoatEvent.Type>, "black"> => {
    if (coats.includes("scrap")) return Result.succeed([{ _tag: "Scrapped", occurredAt }])
    if (state.colours.includes("black")) return Result.fail("black")
    return Result.succeed(coats.map((colour) => ({ _tag: "Painted", occurredAt, colour })))
  }
})
const boats = DocumentHandler.make(boat)
const stream = StreamId.make("acme", "boat", "ada")
const known = Effect.map(boats.find("acme", ["ada"]), (found) => found.get("ada"))
const events = Effect.gen(function* () {
  const store = yield* EventStore
  return (yield* Stream.runCollect(store.read(stream))).map(({ metadata, type, version }) => ({
    type,
    version,
    metadata
  }))
})
const ports = Layer.fresh(Layer.merge(layerMemory, DocumentsMemory.layerMemory))
const check =
  <A, E>(body: Effect.Effect<A, E, EventStore | Transaction | Documents>) =>
  () =>
    Effect.provide(body, ports)

describe("a document that is commanded", () => {
  it.effect(
    "is kept with the version of its last event, and what happened is told in its stream, with who asked",
    check(
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* known, { id: "ada", state: none, version: 0 })
        const metadata = { actor: "grace" }
        const { state, version } = yield* boats.handle(stream, ["red", "blue"], { metadata })
        assert.deepStrictEqual([state, version], [{ colours: ["red", "blue"] }, 2])
        assert.deepStrictEqual(yield* known, { id: "ada", state, version: 2 })
        assert.deepStrictEqual(yield* events, [
          { type: "Painted", version: 1, metadata },
          { type: "Painted", version: 2, metadata }
        ])
        assert.deepStrictEqual((yield* boats.handle(stream, [])).version, 2)
      })
    )
  )

  it.effect(
    "refuses and changes nothing, also not what the open transaction had done before",
    check(
      Effect.gen(function* () {
        yield* boats.handle(stream, ["black"])
        assert.strictEqual(yield* Effect.flip(boats.handle(stream, ["red"])), "black")
        const transaction = yield* Transaction
        const two = Effect.andThen(
          boats.handle(StreamId.make("acme", "boat", "bob"), ["red"]),
          boats.handle(stream, ["red"])
        )
        assert.strictEqual(yield* Effect.flip(transaction.run(two)), "black")
        assert.deepStrictEqual(
          (yield* boats.list({ tenant: "acme", limit: 9 })).map(({ id }) => id),
          ["ada"]
        )
        assert.lengthOf(yield* events, 1)
      })
    )
  )

  it.effect(
    "is not kept when what happened cannot be told, nor told when it cannot be kept",
    check(
      Effect.gen(function* () {
        const store = yield* EventStore
        const deaf = EventStore.of({ ...store, append: () => Effect.die("deaf") })
        assert.strictEqual(
          (yield* Effect.exit(Effect.provideService(boats.handle(stream, ["red"]), EventStore, deaf)))._tag,
          "Failure"
        )
        const refused = yield* Effect.flip(boats.handle(stream, ["x".repeat(longestDocument)]))
        assert.deepInclude(refused, { _tag: "InvalidAppend", field: "content" })
        assert.strictEqual((yield* known)?.version, 0)
        assert.lengthOf(yield* events, 0)
      })
    )
  )

  it.effect(
    "is taken away when nothing is left, and goes on from its version",
    check(
      Effect.gen(function* () {
        yield* boats.handle(stream, ["red"])
        yield* boats.handle(stream, ["scrap"])
        assert.lengthOf(yield* boats.list({ tenant: "acme", limit: 9 }), 0)
        assert.deepStrictEqual(yield* known, { id: "ada", state: none, version: 2 })
        assert.strictEqual((yield* boats.handle(stream, ["blue"])).version, 3)
      })
    )
  )

  it.effect(
    "is decided again when somebody was faster, unless a version is expected",
    check(
      Effect.gen(function* () {
        const coats = Array.from({ length: 8 }, (_, index) => `coat ${index}`)
        yield* Effect.forEach(coats, (coat) => boats.handle(stream, [coat]), { concurrency: "unbounded" })
        const { state, version } = (yield* known) ?? { state: none, version: 0 }
        assert.deepStrictEqual([state.colours.toSorted(), version], [coats, 8])
        const late = yield* Effect.flip(boats.handle(stream, ["late"], { expectedVersion: 7 }))
        assert.isTrue(late instanceof VersionConflict && late.actual === 8)
        assert.strictEqual((yield* boats.handle(stream, ["in time"], { expectedVersion: 8 })).version, 9)
      })
    )
  )

  it.effect("is made anew from the log where there is none, and where there are some nothing changes", () =>
    Effect.gen(function* () {
      yield* boats.handle(stream, ["red", "blue"])
      yield* boats.handle(StreamId.make("acme", "boat", "bob"), ["scrap"])
      const before = yield* known
      assert.strictEqual(yield* boats.restore("acme"), 0)
      const after = Effect.gen(function* () {
        assert.strictEqual(yield* boats.restore("acme"), 2)
        assert.deepStrictEqual(yield* known, before)
        assert.strictEqual((yield* boats.handle(stream, ["green"])).version, 3)
        assert.strictEqual((yield* boats.find("acme", ["bob"])).get("bob")?.version, 1)
      })
      yield* Effect.provide(after, Layer.fresh(DocumentsMemory.layerMemory))
    }).pipe(Effect.provide(ports))
  )

  it("must not hold what is personal", () => {
    const Name = Schema.Struct({ name: Personal.schema(Schema.String) })
    const state: typeof Name.Type = { name: Personal.of("ada", "Ada") }
    const person = Decider.make({
      category: "person",
      State: Name,
      Event: BoatEvent,
      initial: state,
      evolve: (same) => same,
      decide: (_: string) => Result.succeed([])
    })
    assert.throws(() => DocumentHandler.make(person), RangeError)
  })
})
