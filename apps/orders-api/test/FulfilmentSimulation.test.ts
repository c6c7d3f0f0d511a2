/**
 * Orders are fulfilled whatever happens: made-up runs in which processes end anywhere and the card gateway is in trouble,
 * and laws that hold after each. What breaks one says its seed: `EVENTFOLD_SEED` runs just that one.
 */
import { assert, describe, it } from "@effect/vitest"
import { effort } from "@eventfold/testing"
import { Effect } from "effect"
import { run } from "./simulation/Simulation.ts"

const given = process.env["EVENTFOLD_SEED"]
/** 300 in the short form of `npm run test:long`, 10,020 in the long one. */
const runs = effort < 30 ? 100 * effort : 334 * effort
const seeds = given === undefined ? Array.from({ length: runs }, (_, number) => `run-${number}`) : [given]
/** A test is one of these parts: all runs of the long form in one would take longer than a test may. */
const parts = Array.from({ length: Math.ceil(seeds.length / 334) }, (_, part) =>
  seeds.slice(part * 334, part * 334 + 334)
)
const ways = [
  { way: "orchestrated", named: "with a coordinator" },
  { way: "choreographed", named: "with none" }
] as const
const rows = ways.flatMap((way) => parts.map((part) => ({ ...way, part, from: part[0], count: part.length })))

describe("orders are fulfilled, and no piece, no cent and no order is lost, whatever happens", () => {
  it.live.each(rows)("$named, in $count runs that are made up, from $from on", ({ part, way }) =>
    Effect.forEach(
      part,
      Effect.fnUntraced(function* (seed) {
        const { problems } = yield* run(seed, way)
        assert.strictEqual(problems.join("\n"), "", `EVENTFOLD_SEED=${seed}`)
      }),
      { discard: true }
    )
  )
})
