/**
 * A service is away for longer than all attempts of a step take: with a coordinator orders wait for it, and no order is cancelled
 * because of it; what is to be undone there is undone when it is back.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Plan from "./simulation/Plan.ts"
import * as ServicesSimulation from "./simulation/ServicesSimulation.ts"

/** Runs orders of which the first two are as they are given, while a service is away; answers what became of them. */
const runWith = (absence: ServicesSimulation.Absence, given: Partial<Plan.PlannedOrder> = {}) => {
  const plan = Plan.quiet("orchestrated", 4, [])
  const orders = plan.orders.map((order, place) => (place < 2 ? { ...order, ...given } : order))
  return ServicesSimulation.inTime("away", ServicesSimulation.runOf({ ...plan, orders }, [absence]))
}

const statusesOf = ({ all }: Effect.Success<ReturnType<typeof runWith>>) =>
  all.map(({ moved, order, reservation, shipment }) => {
    const statuses = [order, reservation, shipment].map(({ status }) => status)
    return [...statuses, moved.captured === moved.refunded ? "nothing paid" : "paid"].join(", ")
  })

/** A payment may wait 50 s in a simulation. */
const absences = [
  { name: "inventory", from: 0, to: 60 },
  { name: "payments", from: 0, to: 45 },
  { name: "shipping", from: 0, to: 60 }
] as const

describe("a service that is away for a minute", () => {
  for (const absence of absences) {
    it.live(`${absence.name}: orders that are placed meanwhile are fulfilled afterwards`, () =>
      Effect.gen(function* () {
        const found = yield* runWith(absence)
        assert.deepStrictEqual(found.problems, [])
        const sent = "approved, held, requested, paid"
        assert.deepStrictEqual(statusesOf(found), [sent, sent, sent, sent])
      })
    )
  }

  it.live("shipping: orders that are cancelled meanwhile, after their fulfilment, are undone afterwards", () =>
    Effect.gen(function* () {
      const found = yield* runWith({ name: "shipping", from: 10, to: 70 }, { cancelledAt: 15 })
      assert.deepStrictEqual(found.problems, [])
      const [sent, undone] = ["approved, held, requested, paid", "cancelled, released, cancelled, nothing paid"]
      assert.deepStrictEqual(statusesOf(found), [undone, undone, sent, sent])
    })
  )

  it.live("inventory: orders whose goods leave meanwhile are delivered, and their stock is committed afterwards", () =>
    Effect.gen(function* () {
      const found = yield* runWith({ name: "inventory", from: 3, to: 63 }, { warehouse: "ships", pace: 4 })
      assert.deepStrictEqual(found.problems, [])
      const [sent, arrived] = ["approved, held, requested, paid", "delivered, committed, delivered, paid"]
      assert.deepStrictEqual(statusesOf(found), [arrived, arrived, sent, sent])
    })
  )

  it.live(
    "ordering: orders whose delivery is told meanwhile are delivered afterwards, and nobody is asked to see to it",
    () =>
      Effect.gen(function* () {
        const found = yield* runWith({ name: "ordering", from: 10, to: 70 }, { warehouse: "ships", pace: 4 })
        assert.deepStrictEqual(found.problems, [])
        const [sent, arrived] = ["approved, held, requested, paid", "delivered, committed, delivered, paid"]
        assert.deepStrictEqual(statusesOf(found), [arrived, arrived, sent, sent])
      })
  )

  it.live("inventory: the stock of orders that cannot be shipped is released afterwards", () =>
    Effect.gen(function* () {
      const found = yield* runWith({ name: "inventory", from: 2, to: 62 }, { country: "Antarctica", placedAt: 1 })
      assert.deepStrictEqual(found.problems, [])
      const [sent, undone] = ["approved, held, requested, paid", "cancelled, released, cancelled, nothing paid"]
      assert.deepStrictEqual(statusesOf(found), [undone, undone, sent, sent])
    })
  )
})
