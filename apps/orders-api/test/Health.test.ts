import { assert, describe, it, layer } from "@effect/vitest"
import { layerMemory } from "@eventfold/event-store"
import { Effect, Layer } from "effect"
import { DatabaseProbe, HealthChecks } from "../src/health/HealthChecks.ts"
import { mostStuckCounted, OrderList, type Progress } from "../src/queries/OrderList.ts"
import * as Service from "../src/Service.ts"
import { Settings } from "../src/Settings.ts"
import * as BrokenPorts from "./BrokenPorts.ts"
import { draft } from "./Samples.ts"
import { request, TestService } from "./TestService.ts"

const live = { excludeTestServices: true }

const withProbe = (probe: Effect.Effect<void, { readonly message: string }>) =>
  Layer.merge(Layer.fresh(Service.portsMemory), Layer.succeed(DatabaseProbe, probe))

describe("the health of a service that works", () => {
  layer(
    TestService.layer({ ports: withProbe(Effect.void) }),
    live
  )((it) => {
    it.effect("is up in every part, with version, time and response times", () =>
      Effect.gen(function* () {
        yield* draft()
        const { body, headers, status } = yield* request("GET", "/health")
        assert.deepStrictEqual([status, body.at("status"), body.at("service")], [200, "up", "eventfold orders"])
        assert.strictEqual(headers["cache-control"], "no-store")
        assert.match(body.text("version"), /^\d+\.\d+\.\d+$/u)
        assert.match(body.text("time"), /^\d{4}-\d\d-\d\dT/u)
        assert.isAtLeast(body.number("uptimeSeconds"), 0)
        assert.hasAllKeys(body.at("components"), ["database", "eventStore", "orderList"])
        for (const component of body.all("components")) {
          assert.strictEqual(component.at("status"), "up")
          assert.isAtLeast(component.number("responseMillis"), 0)
        }
        assert.deepInclude(body.at("components", "orderList"), { status: "up" })
        assert.isNumber(body.at("components", "orderList", "pendingEvents"))
        assert.isNumber(body.at("components", "orderList", "lagMillis"))
      })
    )
  })
})

describe("the health of a service whose database is gone", () => {
  layer(
    TestService.layer({ ports: withProbe(Effect.fail({ message: "connection refused" })) }),
    live
  )((it) => {
    it.effect("is down, answered 503, and says which part and why", () =>
      Effect.gen(function* () {
        const { body, headers, status } = yield* request("GET", "/health")
        assert.deepStrictEqual([status, body.at("status")], [503, "down"])
        assert.strictEqual(headers["content-type"], "application/json")
        assert.deepInclude(body.at("components", "database"), { status: "down", detail: "connection refused" })
        assert.strictEqual(body.at("components", "eventStore", "status"), "up")
      })
    )
  })
})

describe("the health of a service whose store never answers", () => {
  layer(
    TestService.layer({ ports: BrokenPorts.hanging }),
    live
  )((it) => {
    it.effect("is known within the time limit of a probe", () =>
      Effect.gen(function* () {
        const { body, status } = yield* request("GET", "/health")
        assert.deepStrictEqual([status, body.at("status")], [503, "down"])
        assert.isBelow(body.number("components", "eventStore", "responseMillis"), 4_000)
        assert.isAtLeast(body.number("components", "eventStore", "responseMillis"), 1_900)
      })
    )
  })
})

describe("the health of the list of orders", () => {
  const well: Progress = { pending: 0, lagMillis: 0, problem: undefined, stuck: undefined }
  const cases: ReadonlyArray<readonly [what: string, progress: Partial<Progress>, status: string, detail?: string]> = [
    ["is up when nothing is wrong", {}, "up"],
    ["is up when it is behind for a moment", { pending: 3, lagMillis: 10_000 }, "up"],
    ["is degraded when it is behind for longer", { pending: 3, lagMillis: 10_001 }, "degraded"],
    ["is degraded when it does not get on", { problem: "no space" }, "degraded", "no space"],
    ["names the order that is stuck", { stuck: { orders: 1, first: "why" } }, "degraded", "1 order is stuck: why"],
    [
      "counts the orders that are stuck and names the first",
      { stuck: { orders: mostStuckCounted - 1, first: "why" } },
      "degraded",
      "99 orders are stuck, the first of them: why"
    ],
    [
      "does not count further than to a hundred",
      { stuck: { orders: mostStuckCounted, first: "why" } },
      "degraded",
      "100 orders or more are stuck, the first of them: why"
    ],
    [
      "says all that is wrong",
      { problem: "no space", stuck: { orders: 1, first: "why" } },
      "degraded",
      "no space; 1 order is stuck: why"
    ]
  ]
  for (const [what, progress, status, detail] of cases) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const health = yield* (yield* HealthChecks).check
        assert.strictEqual(health.status, status)
        const { pending, lagMillis } = { ...well, ...progress }
        assert.deepStrictEqual(health.components["orderList"], {
          status: health.status,
          pendingEvents: pending,
          lagMillis,
          responseMillis: 0,
          ...(detail === undefined ? {} : { detail })
        })
      }).pipe(
        Effect.provide(
          HealthChecks.layer.pipe(
            Layer.provide(Layer.mock(OrderList)({ progress: Effect.succeed({ ...well, ...progress }) })),
            Layer.provide([Layer.fresh(layerMemory), Layer.succeed(Settings, Settings.make())])
          )
        )
      )
    )
  }
})
