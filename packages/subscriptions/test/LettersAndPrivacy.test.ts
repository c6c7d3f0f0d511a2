import { assert, describe, it } from "@effect/vitest"
import { DomainEvent, Personal, Projection, ReadModel } from "@eventfold/decider"
import { EventCodec, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { DateTime, Effect, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { ManagedProjection } from "../src/index.ts"
import { layer, node, pass, quiet, standing } from "./Running.ts"
import { append, noted, Tallies } from "./Tallies.ts"

const Named = DomainEvent.make("Named", { name: Personal.schema(Schema.String) })
const names = ReadModel.make({
  name: "names",
  key: ["id"],
  row: Schema.Struct({ id: Schema.String })
})
/** It throws, quoting the person. */
const Names = Projection.make({
  readModel: names,
  events: Schema.Union([Named]),
  keys: Projection.byStream("note", "id"),
  project: ({ name }) => {
    throw new Error(`no row for ${name._tag === "Known" ? name.value : "nobody"}`)
  }
})

describe("a dead letter", () => {
  it.effect("does not quote an event that has room for personal values", () =>
    Effect.gen(function* () {
      const name = Personal.of(SecureRandom.uuidV7Unsafe(), "Ada Lovelace")
      const event = Named.make({ occurredAt: DateTime.makeUnsafe(0), name })
      const [encoded] = yield* EventCodec.make(Schema.Union([Named])).encode([event], "main")
      if (encoded === undefined) return assert.fail("nothing was encoded")
      const stored = { ...encoded, id: SecureRandom.uuidV7Unsafe(), metadata: {} }
      yield* (yield* EventStore).append(StreamId.make("main", "note", "a"), ExpectedVersion.Any, [stored])
      const { runner } = yield* node([ManagedProjection.make(Names)])
      yield* pass(1)
      const { letters } = yield* standing("projection:names:1")
      assert.strictEqual(letters.length, 1)
      const [letter] = letters
      assert.strictEqual(letter?.failure?.name, "Error")
      assert.include(letter?.failure?.message, "not kept")
      assert.include(letter?.failure?.stack, "LettersAndPrivacy.test.ts")
      assert.notInclude(JSON.stringify([letters, yield* runner.statuses]), "Ada")
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it.effect("stands for an event that cannot be decoded, and its stream waits, whichever slice it is in", () =>
    Effect.gen(function* () {
      const consumer = "projection:tallies:1"
      const unknown = { type: "Noted", schemaVersion: 1, occurredAt: DateTime.makeUnsafe(0), data: {}, metadata: {} }
      const store = yield* EventStore
      const streams = ["a", "b", "c", "d"]
      for (const id of streams) {
        const stream = StreamId.make("main", "note", id)
        yield* store.append(stream, ExpectedVersion.Any, [{ ...unknown, id: SecureRandom.uuidV7Unsafe() }])
        yield* append(id, [noted(1)])
      }
      yield* node([ManagedProjection.make(Tallies(), { slices: 3 })])
      yield* pass(2)
      const { letters } = yield* standing(consumer)
      assert.deepStrictEqual(
        letters.map(({ failure, partition, version }) => [partition, version, failure?.name]),
        streams.flatMap((id) => [
          [`note/${id}`, 1, "EventNotDecodable"],
          [`note/${id}`, 2, undefined]
        ])
      )
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )
})
