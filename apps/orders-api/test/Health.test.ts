import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { DatabaseProbe } from "../src/health/HealthChecks.ts"
import * as Service from "../src/Service.ts"
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
        assert.hasAllKeys(body.at("components"), [
          "breakers",
          "database",
          "eventStore",
          "handlers",
          "notifications",
          "processes",
          "projections",
          "readCache",
          "sagas"
        ])
        for (const component of body.all("components")) {
          assert.strictEqual(component.at("status"), "up")
          assert.isAtLeast(component.number("responseMillis"), 0)
        }
        assert.deepInclude(body.at("components", "projections"), { status: "up" })
        assert.isNumber(body.at("components", "projections", "pendingEvents"))
        assert.isNumber(body.at("components", "projections", "lagMillis"))
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
