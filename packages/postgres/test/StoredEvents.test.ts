/** What the events of a page share is read once; none of them gets what is another's. */
import { assert, layer } from "@effect/vitest"
import { EventId, EventStore, ExpectedVersion, type RecordedEvent, StreamId } from "@eventfold/event-store"
import { layerPostgres } from "../src/index.ts"
import { DateTime, Effect, Layer, Stream } from "effect"
import * as PostgresDatabase from "./PostgresDatabase.ts"

const one = { occurredAt: DateTime.makeUnsafe("2026-01-15T12:00:00.000Z"), metadata: { actor: "ada", reason: "a" } }
const other = { occurredAt: DateTime.makeUnsafe("2026-01-15T12:00:00.001Z"), metadata: { actor: "ada", reason: "b" } }
const none = { occurredAt: one.occurredAt, metadata: {} }
const mixed = { occurredAt: other.occurredAt, metadata: one.metadata }
const parts = [none, one, one, other, other, one, mixed, none, none]

layer(layerPostgres.pipe(Layer.provide(PostgresDatabase.layer)))("the events of a page", (it) => {
  it.effect("have each their own times and metadata, whatever the event before has", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      const stream = StreamId.make("acme", "thing", "1")
      const events = parts.map((part, index) => ({
        ...part,
        id: EventId.make(1_768_478_400_000 + index),
        type: "Happened",
        schemaVersion: 1,
        data: { index }
      }))
      yield* store.append(stream, ExpectedVersion.NoStream, events)
      const expected = parts.map((part, index) => ({ ...part, stream, data: { index } }))
      const shown = Stream.map(({ data, metadata, occurredAt, stream }: RecordedEvent) => ({
        occurredAt,
        metadata,
        stream,
        data
      }))
      const [forwards, backwards, log] = [
        yield* Stream.runCollect(shown(store.read(stream))),
        yield* Stream.runCollect(shown(store.read(stream, { direction: "backwards" }))),
        yield* Stream.runCollect(shown(store.readAll()))
      ]
      assert.deepStrictEqual(forwards, expected)
      assert.deepStrictEqual(backwards, expected.toReversed())
      assert.deepStrictEqual(log, expected)
    })
  )

  it.effect("share metadata that nobody can change", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      const events = yield* Stream.runCollect(store.read(StreamId.make("acme", "thing", "1")))
      assert.strictEqual(events[1]?.metadata, events[2]?.metadata)
      assert.isTrue(events.every(({ metadata }) => Object.isFrozen(metadata)))
    })
  )
})
