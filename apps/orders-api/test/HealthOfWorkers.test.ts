/** What handlers hold back, and sagas that nobody can drive, are in the health of the service, which works on. */
import { assert, describe, layer } from "@effect/vitest"
import { Saga } from "@eventfold/decider"
import { Effect } from "effect"
import { each, read, readyService, until } from "./Reading.ts"
import { append, newOrderId } from "./StoredOrders.ts"
import { request } from "./TestService.ts"
import { uuid } from "./Samples.ts"

const well = (part: string) => until("/health", (body) => body.at("components", part, "status") === "up")
const ill = (part: string) => until("/health", (body) => body.at("components", part, "status") === "degraded")

describe("the health of a service", () => {
  layer(readyService({ settings: { fulfilment: "orchestrated" } }), { excludeTestServices: true, timeout: 300_000 })(
    (it) => {
      it.effect("is degraded by an event that a handler holds back, until somebody has decided about it", () =>
        Effect.gen(function* () {
          assert.strictEqual((yield* well("handlers")).at("components", "handlers", "status"), "up")
          const position = yield* append("order", newOrderId(), ["OrderPlaced", { total: "a lot" }])
          const health = yield* ill("handlers")
          assert.strictEqual(health.at("status"), "degraded")
          assert.deepInclude(health.at("components", "handlers"), {
            status: "degraded",
            detail: ["deliveries", "fulfilment"]
              .map((name) => `${name}: 1 event could not be dealt with, 0 wait behind`)
              .join("; ")
          })
          assert.isNumber(health.at("components", "handlers", "lagMillis"))
          const letters = yield* read(`/dead-letters?state=failed&limit=100`)
          const consumers = Array.from(new Set(each(letters, "deadLetters", "consumer")))
          for (const consumer of consumers) {
            const path = `/dead-letters/${String(consumer)}/${position}/discard`
            assert.strictEqual((yield* request("POST", path, { body: { reason: "made by a test" } })).status, 200)
          }
          assert.strictEqual((yield* well("handlers")).at("components", "handlers", "status"), "up")
        })
      )

      it.effect("is degraded by a saga that this program does not know, and that is due for more than a minute", () =>
        Effect.gen(function* () {
          assert.strictEqual((yield* well("sagas")).at("components", "sagas", "status"), "up")
          const sagaId = `teleportation_${uuid()}`
          const started = { sagaId, tenant: "main", saga: "teleportation", version: 1, input: {} }
          yield* append(Saga.category, sagaId, ["SagaStarted", started])
          const health = yield* ill("sagas")
          assert.deepInclude(health.at("components", "sagas"), {
            status: "degraded",
            detail: "1 should have gone on for more than a minute: the log says why not"
          })
        })
      )
    }
  )
})
