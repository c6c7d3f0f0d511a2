/**
 * Rows are built anew while appends and readers go on: rows that follow the log, and rows that appends write. No read fails
 * and no row falls back, and in the end the rows are the fold of the log.
 */
import { assert, layer } from "@effect/vitest"
import { DomainEvent, Projection, ReadModel } from "@eventfold/decider"
import { EventCodec, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Generations,
  InlineProjections,
  LiveProjections,
  ManagedProjection,
  ProjectionRunner,
  ReadModelStore,
  Rebuild,
  Subscriptions
} from "@eventfold/subscriptions"
import { DateTime, Effect, Fiber, Layer, Schedule, Schema, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { layerPostgres } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"

const Noted = Schema.Union([DomainEvent.make("RebuildNoted", { note: Schema.Int })])
const codec = EventCodec.make(Noted)
const row = Schema.Struct({ id: Schema.String, seen: Schema.Int, sum: Schema.Int })
const followed = ReadModel.make({ name: "rebuild_followed", key: ["id"], row })
const written = ReadModel.make({ name: "rebuild_written", key: ["id"], row })

/** Sums by stream: `seen` never falls. */
const sums = (readModel: typeof followed) =>
  Projection.counters({
    readModel,
    events: Noted,
    counters: ["seen", "sum"],
    initial: ({ id }) => ({ id, seen: 0, sum: 0 }),
    count: ({ note }, { stream }) => [
      Projection.increment({ id: stream.id }, "seen", 1),
      Projection.increment({ id: stream.id }, "sum", note)
    ]
  })

const projections = [
  ManagedProjection.make(sums(followed), { slices: 2, rebuildBatchSize: 16 }),
  ManagedProjection.make(sums(written), { mode: "inline", rebuildBatchSize: 16 })
]

const ids = Array.from({ length: 8 }, (_, index) => `s${index}`)
let turn = 0
const append = Effect.gen(function* () {
  turn += 1
  const stream = StreamId.make("main", "rebuild", ids[turn % ids.length] ?? "")
  const encoded = yield* codec.encode(
    [{ _tag: "RebuildNoted", occurredAt: DateTime.makeUnsafe(0), note: turn }],
    "main"
  )
  const events = encoded.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata: {} }))
  return (yield* (yield* EventStore).append(stream, ExpectedVersion.Any, events)).position
})

const rowsOf = Effect.fnUntraced(function* (readModel: typeof followed) {
  const keys = ids.map((id) => ({ tenant: "main", key: { id }, id: readModel.idOf("main", { id }) }))
  return yield* (yield* ReadModelStore).get(readModel, keys)
})

/** Reads without end; fails when a read fails or a row falls back. */
const reading = (readModel: typeof followed) => {
  const seen = new Map<string, number>()
  return rowsOf(readModel).pipe(
    Effect.map((rows) => {
      for (const id of ids) {
        const now = rows.get(readModel.idOf("main", { id }))?.seen ?? 0
        assert.isAtLeast(now, seen.get(id) ?? 0, `${readModel.name} ${id} fell back`)
        seen.set(id, now)
      }
    }),
    Effect.andThen(Effect.yieldNow),
    Effect.forever
  )
}

const fold = Effect.gen(function* () {
  const rows = new Map<string, typeof row.Type>()
  const log = (yield* EventStore).readAll({ filter: { categories: ["rebuild"] } })
  yield* Stream.runForEachArray(log, (events) =>
    Effect.map(codec.decode(events), (decoded) => {
      for (const [index, { note }] of decoded.entries()) {
        const id = events[index]?.stream.id ?? ""
        const { seen, sum } = rows.get(id) ?? { seen: 0, sum: 0 }
        rows.set(id, { id, seen: seen + 1, sum: sum + note })
      }
    })
  )
  return Array.from(rows.values()).toSorted((a, b) => (a.id < b.id ? -1 : 1))
})

const byId = (rows: ReadonlyMap<string, typeof row.Type>) =>
  Array.from(rows.values()).toSorted((a, b) => (a.id < b.id ? -1 : 1))

const until = <E, R>(holds: Effect.Effect<boolean, E, R>) =>
  Effect.repeat(holds, { until: (yes) => yes, schedule: Schedule.spaced("20 millis") }).pipe(
    Effect.timeout("30 seconds")
  )

const allServe = (least: number) =>
  Effect.map(
    Effect.flatMap(Rebuild, ({ statuses }) => statuses),
    (all) => all.every(({ serving }) => (serving?.generation ?? 0) >= least)
  )

const readSide = Layer.mergeAll(Rebuild.layer(projections), InlineProjections.layer(projections)).pipe(
  Layer.provideMerge(ProjectionRunner.layer(projections, { watchEvery: "100 millis" })),
  Layer.provideMerge(Layer.mergeAll(Generations.layerWith({ grace: "200 millis" }), LiveProjections.layer([]))),
  Layer.provideMerge(Layer.mergeAll(ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer))
)

const suites = [
  ["embedded", PreparedDatabase.layer()],
  ["server", PostgresDatabase.layer]
] as const

for (const [name, database] of suites) {
  layer(readSide.pipe(Layer.provideMerge(layerPostgres), Layer.provideMerge(database)), { excludeTestServices: true })(
    `rows built anew in a database: ${name}`,
    (it) => {
      it.effect("while appends and readers go on", () =>
        Effect.gen(function* () {
          yield* Effect.repeat(append, { times: 60 })
          yield* until(allServe(1))
          const others = yield* Effect.forEach(
            [reading(followed), reading(written), Effect.forever(Effect.andThen(append, Effect.sleep("2 millis")))],
            (one) => Effect.forkChild(one)
          )
          const rebuild = yield* Rebuild
          yield* rebuild.rebuildAll
          yield* until(allServe(2))
          for (const other of others) assert.isUndefined(other.pollUnsafe())
          for (const other of others) yield* Fiber.interrupt(other)
          const expected = yield* fold
          yield* until(
            Effect.map(rowsOf(followed), (rows) => sumOf(rows) === expected.reduce((n, one) => n + one.sum, 0))
          )
          assert.deepStrictEqual(byId(yield* rowsOf(followed)), expected)
          assert.deepStrictEqual(byId(yield* rowsOf(written)), expected)
          const store = yield* ReadModelStore
          yield* until(Effect.map(store.generations(), ({ length }) => length === 2))
        })
      )
    }
  )
}

const sumOf = (rows: ReadonlyMap<string, typeof row.Type>) =>
  Array.from(rows.values()).reduce((n, { sum }) => n + sum, 0)
