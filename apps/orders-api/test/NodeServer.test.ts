import { assert, describe, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { HttpServer } from "effect/http"
import * as NodeServer from "../src/http/NodeServer.ts"
import { Settings } from "../src/Settings.ts"
import * as BrokenPorts from "./BrokenPorts.ts"
import { Json } from "./Json.ts"
import { uuid } from "./Samples.ts"
import { ask, TestService } from "./TestService.ts"

const live = { excludeTestServices: true }

describe("a server whose routes are not there yet", () => {
  const server = NodeServer.layer.pipe(Layer.provide(Layer.succeed(Settings, Settings.make({ port: 0 }))))
  layer(
    server,
    live
  )((it) => {
    it.effect("says that it is starting", () =>
      Effect.gen(function* () {
        const url = HttpServer.formatAddress((yield* HttpServer.HttpServer).address)
        const answer = yield* ask(url, "GET", "/health")
        assert.strictEqual(answer.status, 503)
        assert.strictEqual(answer.headers["content-type"], "application/problem+json")
        assert.strictEqual(answer.headers["retry-after"], "1")
        assert.strictEqual(answer.body.at("type"), "urn:eventfold:problem:starting")
      })
    )
  })
})

describe("a client that goes away before it is answered", () => {
  const asked = Deferred.makeUnsafe<void>()
  const leftAlone = Deferred.makeUnsafe<void>()
  layer(
    TestService.layer({ ports: BrokenPorts.observed(asked, leftAlone) }),
    live
  )((it) => {
    it.effect("ends the work for it, and leaves a line in the log with status 499", () =>
      Effect.gen(function* () {
        const { log, request } = yield* TestService
        const client = yield* Effect.forkChild(
          request("GET", `/orders/${uuid()}`, { headers: { "x-correlation-id": "gone" } })
        )
        yield* Deferred.await(asked)
        yield* Fiber.interrupt(client)
        yield* Deferred.await(leftAlone)
        const line = Json.parse(log.find((entry) => entry.includes("gone")) ?? "{}")
        assert.deepInclude(line.at("annotations"), { correlationId: "gone", status: 499 })
      })
    )
  })
})
