import { assert, describe, it } from "@effect/vitest"
import { DomainEvent, Projection, ReadModel } from "@eventfold/decider"
import { DateTime, Effect, Random, Schema } from "effect"
import { LawBroken, ProjectionLaws, ProjectionSpec, Seed } from "../src/index.ts"

const Numbered = DomainEvent.make("Numbered", { number: Schema.Int })
const events = Schema.Union([Numbered])
const Row = Schema.Struct({ id: Schema.String, sum: Schema.Int })
const sums = (name: string) => ReadModel.make({ name, key: ["id"], row: Row })

const history = Effect.forEach(Array.from({ length: 40 }), () =>
  Effect.gen(function* () {
    const id = `s${yield* Random.nextIntBetween(0, 4)}`
    const event = Numbered.make({ occurredAt: DateTime.makeUnsafe(0), number: yield* Random.nextIntBetween(1, 100) })
    return ProjectionSpec.inStream("law", id, [event])
  })
).pipe(Effect.map((all) => all.flat()))

/** A projection of sums by stream, which adds what `by` makes of an event. */
const Sums = (name: string, by: (number: number) => number = (number) => number) =>
  Projection.make({
    readModel: sums(name),
    events,
    keys: Projection.byStream("law", "id"),
    project: ({ number }, [row], { stream }) => [
      Projection.upsert({ id: stream.id, sum: (row?.sum ?? 0) + by(number) })
    ]
  })

/** It adds something else each time it is called. */
const Restless = () => {
  let calls = 0
  return Sums("restless", (number) => number + (calls += 1))
}

/** It begins with the sum of another stream. */
const Nosy = Projection.make({
  readModel: sums("nosy"),
  events,
  keys: (_, { stream }) => [{ id: stream.id }, { id: "s0" }],
  project: ({ number }, [row, other], { stream }) => [
    Projection.upsert({ id: stream.id, sum: (row?.sum ?? other?.sum ?? 0) + number })
  ]
})

/** What it remembers of a stream has no end of its own: it remembers how often it was asked. */
const Forgetful = () => {
  let calls = 0
  return Projection.countersWithMemory({
    readModel: sums("forgetful"),
    events,
    memory: {
      category: "law",
      readModel: sums("forgetful_memory"),
      remember: (_, __, { stream }) => ({ id: stream.id, sum: (calls += 1) })
    },
    counters: ["sum"],
    initial: ({ id }) => ({ id, sum: 0 }),
    count: ({ number }) => [Projection.increment({ id: "all" }, "sum", number)]
  })
}

const broken = (laws: ReturnType<typeof ProjectionLaws.of>) =>
  Effect.forEach(laws, ({ check }) =>
    Effect.match(Effect.provideService(check, Seed, "1"), {
      onFailure: (error) => (error instanceof LawBroken ? error.message : "another failure"),
      onSuccess: () => "holds"
    })
  )

describe("the laws of projections", () => {
  it.effect("hold of a sound one, where other events are in the log too", () =>
    Effect.gen(function* () {
      const Other = DomainEvent.make("Other", {})
      const mixed = Effect.map(history, (all) =>
        all.flatMap((one) => [
          { ...one, event: Other.make({ occurredAt: DateTime.makeUnsafe(0) }) },
          one,
          { ...one, tenant: "other" }
        ])
      )
      const log = { events: Schema.Union([Numbered, Other]), history: mixed }
      assert.deepStrictEqual(yield* broken(ProjectionLaws.ofLog(Sums("sums"), log)), ["holds", "holds"])
    })
  )

  it.effect("find one that is not determined by its events", () =>
    Effect.gen(function* () {
      const [following, inline] = yield* broken(ProjectionLaws.of(Restless(), history))
      assert.include(following, "the row")
      assert.include(following, '(seed: "1")')
      assert.include(inline, "the row")
    })
  )

  it.effect("find one whose memory is not determined by its events", () =>
    Effect.gen(function* () {
      const [following, inline] = yield* broken(ProjectionLaws.of(Forgetful(), history))
      assert.include(following, "of forgetful_memory")
      assert.include(inline, "of forgetful_memory")
    })
  )

  it.effect("find one that reads the row of another stream, in several slices; it cannot run inline", () =>
    Effect.gen(function* () {
      const [following, inline] = yield* broken(ProjectionLaws.of(Nosy, history, { options: { slices: 3 } }))
      assert.include(following, "the row")
      assert.isUndefined(inline)
    })
  )
})
