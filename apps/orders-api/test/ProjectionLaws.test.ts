import { assert, describe, it } from "@effect/vitest"
import { effort, ProjectionLaws, Seed } from "@eventfold/testing"
import { Effect, Random } from "effect"
import { modules } from "../src/contexts/Hosting.ts"
import * as Projections from "../src/projections/Projections.ts"
import { events, history } from "./RandomHistories.ts"

// Of words about people no row tells more than how long they are.
const hash = (word: string) => `h${word.length}`

const all = Projections.each(modules, hash, (projection, { mode: _, ...options } = {}) =>
  // In several slices, so that a row which depends on other streams comes out.
  ProjectionLaws.ofLog(projection, { events, history: history(60) }, { options: { slices: 2, ...options } })
)

describe("every projection of the service", () => {
  for (const { check, name } of all.flat()) {
    for (const seed of Array.from({ length: effort }, (_, index) => `${index}`)) {
      it.effect(`${name} (${seed})`, () => Effect.provideService(check, Seed, seed))
    }
  }
})

describe("the histories they are held to", () => {
  it.effect("have every event of the domain, orders that were called off late, and people who are forgotten", () =>
    Effect.gen(function* () {
      const log = (yield* Effect.forEach(Array.from({ length: 30 }), () => history(150))).flat()
      const found = new Set(log.map(({ event }) => event._tag))
      assert.deepStrictEqual(
        Array.from(events.members, ({ fields }) => fields._tag.schema.literal).filter((tag) => !found.has(tag)),
        []
      )
      const places = log.flatMap(({ event }) => (event._tag === "OrderPlaced" ? [event.shippingAddress._tag] : []))
      assert.sameMembers(Array.from(new Set(places)), ["Known", "Redacted"])
    }).pipe(Random.withSeed("histories"))
  )
})
