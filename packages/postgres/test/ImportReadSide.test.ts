/** An import leaves nothing of the read side that the target had: it was made of another log. */
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { ReadModel, Specification } from "@eventfold/decider"
import { EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { Consumers, DeadLetters, ReadModelStore } from "@eventfold/subscriptions"
import { rowsFingerprint } from "@eventfold/subscriptions/RowsFingerprint"
import { Effect, Layer, Schema } from "effect"
import { exportStore, importStore } from "../src/index.ts"
import * as StoreToMove from "./StoreToMove.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const things = ReadModel.make({ name: "things", key: ["id"], row: Schema.Struct({ id: Schema.String }) })

/** A consumer that is ahead of what will be imported, a letter, and a generation that is read. */
const readSide = Effect.gen(function* () {
  yield* (yield* Consumers).register("things", 2, 50)
  const stream = StreamId.make("main", "thing", "gone")
  const event = { stream, version: 1, eventId: "0190b2c0-0000-7000-8000-000000000000", eventType: "Noted" }
  const where = { consumer: "things", position: 50, tenant: "main", partition: "thing/gone" }
  yield* (yield* DeadLetters).park([{ ...where, ...event, failure: undefined }])
  const store = yield* ReadModelStore
  const rows = yield* rowsFingerprint(things)
  const generation = yield* store.begin(
    { projection: "things", fingerprint: "1", rowsFingerprint: rows, slices: 2, from: undefined },
    [things]
  )
  yield* store.serve(generation, things)
  return generation
})

describe("an import", () => {
  it.live("drops consumers, dead letters and read models that were made of another log", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryDirectory, "store.jsonl")
      const written = Effect.gen(function* () {
        const store = yield* EventStore
        yield* store.append(StreamId.make("main", "thing", "one"), ExpectedVersion.NoStream, [StoreToMove.event(1)])
        yield* exportStore({ path: file, source: "a test" })
      })
      const database = Layer.provideMerge(StoreToMove.store, StoreToMove.embedded)
      yield* Effect.provide(written, Layer.fresh(database))
      yield* Effect.gen(function* () {
        const { generation } = yield* readSide
        yield* importStore({ path: file })
        const [consumers, letters, store] = [yield* Consumers, yield* DeadLetters, yield* ReadModelStore]
        assert.deepStrictEqual(yield* consumers.states(), [])
        assert.isFalse(yield* letters.any("things"))
        assert.deepStrictEqual(yield* store.generations(), [])
        const question = store.count(things, "main", Specification.everything)
        assert.strictEqual((yield* Effect.flip(question))._tag, "ReadModelNotReady")

        assert.isAbove((yield* readSide).generation, generation, "no number is given twice")
        yield* importStore({ path: file, resume: true })
        assert.strictEqual(yield* question, 0, "an import that has nothing to do drops nothing")
      }).pipe(Effect.provide(Layer.fresh(database)))
    })
  )
})
