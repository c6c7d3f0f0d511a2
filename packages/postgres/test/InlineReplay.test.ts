/**
 * Dead letters of rows that appends write are replayed, and rows are made anew, while appends to the same streams go on:
 * each row has every event, in order.
 */
import { assert, layer } from "@effect/vitest"
import { DomainEvent, Projection, ReadModel } from "@eventfold/decider"
import { EventCodec, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import {
  ConsumerProgress,
  ConsumerRegistry,
  DeadLetterDesk,
  DeadLetters,
  Generations,
  InlineProjections,
  ManagedProjection,
  ProjectionRunner,
  ReadModelStore,
  refold,
  Subscriptions
} from "@eventfold/subscriptions"
import { DateTime, Effect, Fiber, Layer, Schedule, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { layerPostgres } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"

const Replayed = Schema.Union([DomainEvent.make("ReplayNoted", { note: Schema.Int })])
const codec = EventCodec.make(Replayed)
const readModel = ReadModel.make({
  name: "replayed",
  key: ["id"],
  row: Schema.Struct({ id: Schema.String, versions: Schema.Array(Schema.Int) })
})

const poison = -13
const program = { isMended: false }
const projection = ManagedProjection.make(
  Projection.make({
    readModel,
    events: Replayed,
    keys: Projection.byStream("replay", "id"),
    project: ({ note }, [before], { stream, version }) => {
      if (note === poison && !program.isMended) throw new Error("poison")
      return [Projection.upsert({ id: stream.id, versions: [...(before?.versions ?? []), version] })]
    }
  }),
  { mode: "inline" }
)
const consumer = "projection:replayed:1"

const ids = ["s0", "s1", "s2", "s3"]
const streamOf = (id: string) => StreamId.make("main", "replay", id)
const append = Effect.fnUntraced(function* (id: string, note: number) {
  const encoded = yield* codec.encode([{ _tag: "ReplayNoted", occurredAt: DateTime.makeUnsafe(0), note }], "main")
  const events = encoded.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata: {} }))
  return (yield* (yield* EventStore).append(streamOf(id), ExpectedVersion.Any, events)).version
})

const everywhere = (note: number) => Effect.forEach(ids, (id) => append(id, note), { concurrency: "unbounded" })

const serves = Effect.repeat(
  Effect.flatMap(ReadModelStore, (store) => store.generations("replayed")),
  { until: ([first]) => first?.state === "serving", schedule: Schedule.spaced("20 millis") }
).pipe(Effect.timeout("30 seconds"))

const readSide = Layer.merge(
  ProjectionRunner.layer([projection], { watchEvery: "100 millis" }),
  DeadLetterDesk.layer
).pipe(
  Layer.provideMerge(InlineProjections.layer([projection])),
  Layer.provideMerge(ConsumerProgress.layer),
  Layer.provide([Generations.layer, Subscriptions.layer, ConsumerRegistry.layer])
)

const suites = [
  ["embedded", PreparedDatabase.layer()],
  ["server", PostgresDatabase.layer]
] as const

for (const [name, database] of suites) {
  layer(readSide.pipe(Layer.provideMerge(layerPostgres), Layer.provideMerge(database)), { excludeTestServices: true })(
    `letters of inline rows in a database: ${name}`,
    (it) => {
      it.effect("are replayed in order, and rows made anew, under appends", () =>
        Effect.gen(function* () {
          program.isMended = false
          yield* everywhere(1)
          yield* serves
          yield* everywhere(poison)
          yield* Effect.repeat(everywhere(2), { times: 9 })
          const [desk, letters] = [yield* DeadLetterDesk, yield* DeadLetters]
          const [count] = yield* desk.counts
          assert.deepStrictEqual([count?.failed, count?.waiting], [4, 10 * 4])
          const behalf = { consumer, by: "sue", reason: "mended" }
          program.isMended = true
          const appending = yield* Effect.forkChild(
            Effect.forever(Effect.andThen(everywhere(3), Effect.sleep("5 millis")))
          )
          const replayed = yield* Effect.repeat(desk.replay(behalf), {
            until: ({ partitions }) => partitions.length === 0
          })
          assert.isFalse(replayed.more)
          yield* Effect.repeat(refold(projection, ids.map(streamOf)), { times: 4 })
          yield* everywhere(4)
          yield* Fiber.interrupt(appending)
          assert.isFalse(yield* letters.any(consumer))
          const versions = yield* everywhere(5)
          const store = yield* ReadModelStore
          for (const [at, id] of ids.entries()) {
            const key = { tenant: "main", key: { id }, id: readModel.idOf("main", { id }) }
            const row = (yield* store.get(readModel, [key])).get(key.id)
            assert.deepStrictEqual(
              row?.versions,
              Array.from({ length: versions[at] ?? 0 }, (_, index) => index + 1)
            )
          }
        })
      )
    }
  )
}
