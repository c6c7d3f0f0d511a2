import { describe, it } from "@effect/vitest"
import { effort, ProjectionLaws, ProjectionSpec, Seed } from "@eventfold/testing"
import { DateTime, Effect, Random } from "effect"
import { Broken, Days, Noted, Sold, Tallies } from "./Tallies.ts"

/** Events of a few streams, in any order. */
const history = <Event>(length: number, event: Effect.Effect<Event>) =>
  Effect.forEach(Array.from({ length }), () =>
    Effect.gen(function* () {
      const id = `s${yield* Random.nextIntBetween(0, 5)}`
      return ProjectionSpec.inStream("note", id, [yield* event])
    })
  ).pipe(Effect.map((events) => events.flat()))

const occurredAt = DateTime.makeUnsafe(0)
const notes = (poison: number) =>
  Effect.gen(function* () {
    return (yield* Random.next) < poison
      ? Broken.make({ occurredAt })
      : Noted.make({ occurredAt, note: yield* Random.nextIntBetween(0, 100) })
  })
const sales = Effect.gen(function* () {
  const day = `2026-01-0${yield* Random.nextIntBetween(1, 4)}`
  return Sold.make({ occurredAt, day, amount: yield* Random.nextIntBetween(1, 100) })
})

const laws = [
  ["rows of streams", ProjectionLaws.of(Tallies(), history(60, notes(0)))],
  ["rows of streams, some of them poisoned", ProjectionLaws.of(Tallies(), history(60, notes(0.03)))],
  [
    "rows of streams, in three slices",
    ProjectionLaws.of(Tallies(), history(60, notes(0.03)), { options: { slices: 3 } })
  ],
  ["counters that many streams share", ProjectionLaws.of(Days, history(60, sales), { options: { slices: 2 } })]
] as const

describe.each(laws)("projections under chaos: %s", (_, laws) => {
  for (const { check, name } of laws) {
    for (const seed of Array.from({ length: effort }, (_, index) => `${index}`)) {
      it.effect(`${name} (${seed})`, () => Effect.provideService(check, Seed, seed))
    }
  }
})
