/** What is done with what every service has: it is decided for each endpoint, and lists are put together as they are. */
import { assert, describe, it } from "@effect/vitest"
import { Api, serverOf } from "@eventfold/orders-api"
import { HttpApi } from "effect/http-api"
import { type Way, ways } from "../src/Everywhere.ts"

const join = (name: string, ...answers: ReadonlyArray<unknown>) => {
  const way: Way | undefined = ways[name]
  return way?._tag === "Together" ? way.join(answers) : assert.fail(`${name} is not put together`)
}

describe("what every service has", () => {
  it("is decided for each endpoint, and for no others", () => {
    const names: Array<string> = []
    HttpApi.reflect(Api, {
      onGroup: () => undefined,
      onEndpoint: ({ endpoint, group }) => {
        if (serverOf(group, endpoint) === "every") names.push(`${group.identifier}.${endpoint.identifier}`)
      }
    })
    assert.sameMembers(Object.keys(ways), names)
  })

  it("is one list after the other", () => {
    const joined = join(
      "subscribers.list",
      { subscribers: [1], strays: [], relays: [2] },
      { subscribers: [3], relays: [4] }
    )
    assert.deepStrictEqual(joined, { status: 200, body: { subscribers: [1, 3], strays: [], relays: [2, 4] } })
    assert.isUndefined(join("projections.list", { projections: [1] }, { problem: "none" }))
  })

  it("is what each of them runs for an order", () => {
    const ofOrdering = { orderId: "order_1", sagas: [1], processes: [] }
    const ofShipping = { orderId: "order_1", sagas: [], processes: [2] }
    assert.deepStrictEqual(join("sagas.ofOrder", ofOrdering, ofShipping)?.body, { ...ofOrdering, processes: [2] })
  })

  it("is ready when all are", () => {
    const isReady = { ready: true, building: [] }
    assert.deepStrictEqual(join("health.ready", isReady, isReady), { status: 200, body: { ready: true, building: [] } })
    const building = { ready: false, building: [{ readModel: "order_list", why: "it is new" }] }
    assert.deepStrictEqual(join("health.ready", isReady, building), { status: 503, body: building })
  })

  it("is counted together", () => {
    const none = { active: 0, waiting: 0, completed: 0, compensated: 0, parked: 0, abandoned: 0, failed: 0 }
    const joined = join(
      "sagas.statistics",
      { ...none, active: 2, completed: 3, completionRate: 1 },
      { ...none, parked: 1, failed: 1, completionRate: 0 }
    )
    assert.deepStrictEqual(joined?.body, {
      ...none,
      active: 2,
      completed: 3,
      parked: 1,
      failed: 1,
      completionRate: 0.75
    })
    assert.deepStrictEqual(join("sagas.statistics", none)?.body, { ...none, completionRate: 1 })
  })
})
