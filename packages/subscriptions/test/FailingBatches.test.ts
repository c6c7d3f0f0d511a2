import { assert, describe, it } from "@effect/vitest"
import { EventStoreFailure } from "@eventfold/event-store"
import { Effect, Layer, Schedule } from "effect"
import { Consumers, ManagedProjection, ReadModelStore } from "../src/index.ts"
import { layer, node, pass, quiet, standing } from "./Running.ts"
import { append, noted, rowsIn, Tallies, tallies } from "./Tallies.ts"

const consumer = "projection:tallies:1"
const rows = Effect.map(rowsIn({ readModel: tallies, generation: 1 }), (found) =>
  found.map(({ row }) => [row.id, row.seen])
)

/** A store of rows that refuses what it is told to, and a store of consumers that can be down altogether. */
const failing = Effect.fnUntraced(function* (refuses: (id: string) => EventStoreFailure | undefined) {
  const [store, consumers] = [yield* ReadModelStore, yield* Consumers]
  const down = { now: false }
  const outage = failure(true)
  const up = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.suspend((): Effect.Effect<A, E | EventStoreFailure> => (down.now ? Effect.fail(outage) : effect))
  const ports = Layer.mergeAll(
    Layer.succeed(ReadModelStore, {
      ...store,
      apply: (table, changes) =>
        Effect.suspend(() => {
          const refused = changes.map(({ id }) => refuses(id)).find((found) => found !== undefined)
          return refused === undefined ? store.apply(table, changes) : Effect.fail(refused)
        })
    }),
    Layer.succeed(Consumers, {
      ...consumers,
      advance: (...given) => up(consumers.advance(...given)),
      states: (...given) => up(consumers.states(...given))
    })
  )
  const { runner } = yield* Effect.provide(node([ManagedProjection.make(Tallies())]), ports)
  return { runner, down }
})

const failure = (retryable: boolean) =>
  new EventStoreFailure({ operation: "ReadModelStore.apply", retryable, detail: "no", cause: undefined })

const refusing = (id: string, retryable: boolean) => (row: string) =>
  row === tallies.idOf("main", { id }) ? failure(retryable) : undefined

const many = Effect.forEach(["a", "b", "c", "d", "e", "f"], (id) => append(id, [noted(1), noted(2)]))

describe("a batch that fails", () => {
  it.effect("is halved until the event is found that the store refuses: only that one's partition is held back", () =>
    Effect.gen(function* () {
      yield* many
      const { runner } = yield* failing(refusing("c", false))
      yield* pass(1)
      assert.deepStrictEqual(
        yield* rows,
        ["a", "b", "d", "e", "f"].map((id) => [id, 2])
      )
      const { letters } = yield* standing(consumer)
      assert.deepStrictEqual(
        letters.map(({ failure, partition }) => [partition, failure?.kind]),
        [
          ["note/c", "permanent"],
          ["note/c", undefined]
        ]
      )
      const [status] = yield* runner.statuses
      assert.strictEqual(status?.current?.state, "live")
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it.effect("is tried again first when that may help, and then the event is found", () =>
    Effect.gen(function* () {
      yield* many
      yield* failing(refusing("c", true))
      yield* pass(5)
      assert.deepStrictEqual(yield* rows, [])
      yield* pass(60)
      assert.strictEqual((yield* rows).length, 5)
      const { letters } = yield* standing(consumer)
      assert.deepStrictEqual(
        letters.map(({ failure, partition }) => [partition, failure?.kind]),
        [
          ["note/c", "transient"],
          ["note/c", undefined]
        ]
      )
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it.effect("waits without end while the store does not answer, and nothing is held back", () =>
    Effect.gen(function* () {
      const { down, runner } = yield* failing(() => undefined)
      yield* pass(1)
      down.now = true
      yield* many
      yield* pass(300)
      const [status] = yield* runner.statuses
      assert.strictEqual(status?.current?.state, "retrying")
      assert.include(status?.current?.problem, "ReadModelStore.apply")
      assert.isAtLeast(status?.current?.lagMillis ?? 0, 295_000)
      down.now = false
      yield* pass(75)
      assert.strictEqual((yield* rows).length, 6)
      assert.deepStrictEqual((yield* standing(consumer)).letters, [])
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it.effect("holds no more than ten partitions back in a row: then it is not the events", () =>
    Effect.gen(function* () {
      const broken = { now: true }
      const ids = Array.from({ length: 20 }, (_, index) => `s${index}`)
      yield* Effect.forEach(ids, (id) => append(id, [noted(1)]))
      const { runner } = yield* failing(() => (broken.now ? failure(false) : undefined))
      yield* pass(120)
      assert.strictEqual((yield* standing(consumer)).letters.length, 10)
      const [status] = yield* runner.statuses
      assert.strictEqual(status?.current?.state, "failed")
      broken.now = false
      yield* pass(75)
      assert.strictEqual((yield* rows).length, 10)
      assert.strictEqual((yield* standing(consumer)).letters.length, 10)
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )
})

describe("a projection with a schedule", () => {
  it.effect("is built at once, then rests, and catches up at its times", () =>
    Effect.gen(function* () {
      yield* append("a", [noted(1)])
      const projection = ManagedProjection.make(Tallies(), { schedule: Schedule.spaced("1 minute") })
      const { runner } = yield* node([projection])
      yield* pass(3)
      assert.deepStrictEqual(yield* rows, [["a", 1]])
      yield* append("a", [noted(1)])
      yield* pass(50)
      const [status] = yield* runner.statuses
      assert.strictEqual(status?.current?.state, "waiting-for-schedule")
      assert.deepStrictEqual(status?.current?.lag, { count: 1, atLeast: false })
      assert.deepStrictEqual(yield* rows, [["a", 1]])
      yield* pass(15)
      assert.deepStrictEqual(yield* rows, [["a", 2]])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )
})
