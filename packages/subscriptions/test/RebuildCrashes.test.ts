import { assert, describe, it } from "@effect/vitest"
import { Paging, Rows, Specification } from "@eventfold/decider"
import { effort } from "@eventfold/testing/Effort"
import { Effect, Result } from "effect"
import { Consumers, ManagedProjection, ReadModelStore } from "../src/index.ts"
import { type Death, start } from "./RebuildNodes.ts"
import { pass, ports, quiet } from "./Running.ts"
import { append, noted, Tallies, tallies } from "./Tallies.ts"

const question = Result.getOrThrow(Paging.ask(Rows.of(tallies), { where: Specification.everything, limit: 100 }))
const read = Effect.flatMap(ReadModelStore, (store) => store.find(tallies, "main", question))
const options = { grace: "2 seconds" } as const
const projection = () => ManagedProjection.make(Tallies(), { slices: 2, batchSize: 3, catchUpBatchSize: 4 })

/** Appends, reads, and sees that no row has fallen back; `expected` says what the rows are when all is folded. */
const world = () => {
  const expected = new Map<string, { id: string; seen: number; sum: number }>()
  const seen = new Map<string, number>()
  let turn = 0
  const add = Effect.suspend(() => {
    turn += 1
    const [id, note] = [`s${turn % 5}`, turn]
    const row = expected.get(id) ?? { id, seen: 0, sum: 0 }
    expected.set(id, { id, seen: row.seen + 1, sum: row.sum + note })
    return append(id, [noted(note)])
  })
  const look = Effect.map(read, (rows) => {
    for (const row of rows) {
      assert.isAtLeast(row.seen, seen.get(row.id) ?? 0, `the row ${row.id} has fallen back`)
      seen.set(row.id, row.seen)
    }
    assert.strictEqual(rows.length, seen.size, "a row is gone")
  })
  const tick = Effect.andThen(Effect.andThen(add, look), Effect.andThen(pass(0.5), look))
  return { add, expected: () => Array.from(expected.values()).toSorted((a, b) => (a.id < b.id ? -1 : 1)), tick }
}

/** A rebuild begun by a node that dies, which another one takes up. Answers how many calls the first one has made. */
const rebuilt = Effect.fnUntraced(function* (death: Death | undefined) {
  const { add, expected, tick } = world()
  for (let event = 0; event < 12; event += 1) yield* add
  const before = yield* start([projection()], options)
  yield* pass(1)
  yield* before.stop
  const first = yield* start([projection()], { ...options, ...(death === undefined ? {} : { death }) })
  yield* Effect.ignore(first.rebuild.rebuild("tallies"))
  for (let ticks = 0; ticks < 14 && !first.isDead(); ticks += 1) yield* tick
  yield* first.stop
  const second = yield* start([projection()], options)
  const [one] = yield* second.rebuild.statuses
  if (one?.serving?.generation === 1) yield* second.rebuild.rebuild("tallies")
  for (let ticks = 0; ticks < 24; ticks += 1) yield* tick
  yield* pass(2)
  assert.deepStrictEqual<unknown>(yield* read, expected())
  const left = yield* (yield* ReadModelStore).generations()
  assert.deepStrictEqual(
    left.map(({ generation, state }) => [generation, state]),
    [[2, "serving"]]
  )
  const names = (yield* (yield* Consumers).states()).map(({ consumer, slice }) => `${consumer} ${slice}`)
  assert.deepStrictEqual(names, ["projection:tallies:2 0", "projection:tallies:2 1"])
  yield* second.stop
  return first.calls()
}, Effect.scoped)

const run = (death: Death | undefined) => rebuilt(death).pipe(quiet, Effect.provide(ports))

describe("a rebuild whose node dies", () => {
  it.effect(
    "goes on on another node, whatever was done last, and no reader sees a failure or a row that falls back",
    () =>
      Effect.gen(function* () {
        const calls = yield* run(undefined)
        assert.isAbove(calls, 50)
        const step = Math.max(1, Math.floor(43 / effort))
        for (let at = 1; at <= calls; at += step) yield* run({ at, after: at % 2 === 0 })
      })
  )
})
