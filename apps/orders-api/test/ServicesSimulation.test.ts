/**
 * Orders are fulfilled by four programs with a log each as they are by one, whatever happens: the same laws hold, and where nothing
 * goes wrong the same becomes of every order. What breaks a law says its seed: `EVENTFOLD_SEED` runs just that one.
 */
import { assert, describe, it } from "@effect/vitest"
import { effort } from "@eventfold/testing"
import { Effect } from "effect"
import * as Plan from "./simulation/Plan.ts"
import * as ServicesSimulation from "./simulation/ServicesSimulation.ts"
import * as Simulation from "./simulation/Simulation.ts"

const given = process.env["EVENTFOLD_SEED"]
const seeds = given === undefined ? Array.from({ length: effort }, (_, number) => `services-${number + 1}`) : [given]
/** A test is one of these parts: all runs of the long form in one would take longer than a test may. */
const parts = Array.from({ length: Math.ceil(seeds.length / 40) }, (_, part) => seeds.slice(part * 40, part * 40 + 40))
const ways = ["orchestrated", "choreographed"] as const
const rows = ways.flatMap((way) => parts.map((part) => ({ way, part, from: part[0], count: part.length })))

describe("orders are fulfilled across services, and no piece, no cent and no order is lost, whatever happens", () => {
  it.live.each(rows)("$way, in $count runs that are made up, from $from on", ({ part, way }) =>
    Effect.forEach(
      part,
      Effect.fnUntraced(function* (seed) {
        const { dead, problems } = yield* ServicesSimulation.run(seed, way)
        assert.strictEqual(problems.join("\n"), "", `EVENTFOLD_SEED=${seed}`)
        assert.strictEqual(dead, 0, `messages were given up, EVENTFOLD_SEED=${seed}`)
      }),
      { discard: true }
    )
  )
})

/** A plan in which what happens does not hang on who is first: enough stock, no trouble, nobody changes their mind. */
const calm = (plan: Plan.Plan): Plan.Plan => ({
  ...plan,
  crashes: 0,
  trouble: 0,
  outages: [],
  stock: plan.stock.map((one) => ({ ...one, quantity: 1_000 })),
  orders: plan.orders.map((order) => ({ ...order, cancelledAt: undefined }))
})

describe("where nothing goes wrong", () => {
  it.live.each(ways)("the same becomes of every order in four services as in one, %s", (way) =>
    Effect.forEach(
      seeds.slice(0, 10),
      Effect.fnUntraced(function* (seed) {
        const plan = calm(yield* Plan.make(seed, way))
        const one = yield* Simulation.run(seed, way, plan)
        const four = yield* ServicesSimulation.inTime(seed, ServicesSimulation.runOf(plan))
        const standing = (all: typeof one.all) =>
          all.map(({ cancellation, events, fulfilment, moved, order, paying, payment, reservation, shipment }) => ({
            statuses: [order, reservation, payment, shipment].map(({ status }) => status),
            processes: [cancellation, fulfilment, paying],
            moved,
            happened: [events.order, events.reservation, events.payment, events.shipment]
          }))
        assert.deepStrictEqual([...one.problems, ...four.problems], [], `EVENTFOLD_SEED=${seed}`)
        assert.deepStrictEqual(standing(four.all), standing(one.all), `EVENTFOLD_SEED=${seed}`)
      }),
      { discard: true }
    )
  )
})
