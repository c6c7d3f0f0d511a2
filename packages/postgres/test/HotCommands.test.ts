/** How many SQL statements a command sends: what a hot one costs on a real server. */
import { assert, layer } from "@effect/vitest"
import { Decider, DomainEvent } from "@eventfold/decider"
import { CommandHandler, SnapshotPolicy, SnapshotStore, StateCache, StreamId } from "@eventfold/event-store"
import { DateTime, Effect, Layer, Result, Schema } from "effect"
import { Statement } from "effect/sql"
import { layerPostgres } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"

const Counted = DomainEvent.make("Counted", { by: Schema.Int })
const occurredAt = DateTime.makeUnsafe("2026-01-15T12:00:00Z")
const counter = Decider.make({
  category: "counter",
  State: Schema.Struct({ sum: Schema.Int }),
  Event: Schema.Union([Counted]),
  initial: { sum: 0 },
  evolve: ({ sum }, { by }: typeof Counted.Type) => ({ sum: sum + by }),
  decide: (by: number, { sum }) =>
    sum + by < 0 ? Result.fail("too little" as const) : Result.succeed([Counted.make({ by, occurredAt })])
})
const handler = CommandHandler.make(counter, { snapshots: SnapshotPolicy.everyEvents(10) })

const sent: Array<string> = []

/** Notes the function or the table every statement speaks to; below the layers, so that their own fibers are heard too. */
const noting = Layer.succeed(Statement.CurrentTransformer, (statement) =>
  Effect.sync(() => {
    const [sql] = statement.compile()
    sent.push(/eventfold\.(\w+)/u.exec(sql)?.[1] ?? sql)
    return statement
  })
)

/** What is sent while an effect runs. */
const statementsOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const before = sent.length
    return Effect.map(effect, () => sent.slice(before))
  })

let streams = 0
const fresh = Effect.sync(() => StreamId.make("main", "counter", String(++streams)))
const forget = Effect.flatMap(StateCache, (cache) => cache.invalidateAll)

layer(layerPostgres.pipe(Layer.provide(PostgresDatabase.layer), Layer.provideMerge(noting)))(
  "statements sent to PostgreSQL",
  (it) => {
    it.effect("a command that begins an aggregate, and each one after it, is one", () =>
      Effect.gen(function* () {
        const stream = yield* fresh
        for (let version = 1; version <= 5; version += 1) {
          assert.lengthOf(yield* statementsOf(handler.handle(stream, 1)), 1)
        }
        assert.deepStrictEqual(yield* handler.load(stream), { state: { sum: 5 }, version: 5 })
      })
    )

    it.effect("a refusal that stands is one, the look at what is new", () =>
      Effect.gen(function* () {
        const stream = yield* fresh
        yield* handler.handle(stream, 1)
        assert.deepStrictEqual(yield* statementsOf(Effect.flip(handler.handle(stream, -2))), ["events"])
      })
    )

    it.effect("a load of a short stream is one; of a long one two: its last events and a snapshot", () =>
      Effect.gen(function* () {
        const stream = yield* fresh
        for (let version = 1; version <= 8; version += 1) yield* handler.handle(stream, 1)
        yield* forget
        assert.deepStrictEqual(yield* statementsOf(handler.load(stream)), ["events"])
        for (let version = 9; version <= 25; version += 1) yield* handler.handle(stream, 1)
        yield* (yield* SnapshotStore).settled
        yield* forget
        assert.deepStrictEqual(yield* statementsOf(handler.load(stream)), ["events", "snapshots"])
      })
    )
  }
)
