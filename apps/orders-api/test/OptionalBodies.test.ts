/** Commands of which nothing has to be said take a request without a body; all others say that they need one. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { open } from "./AccountSamples.ts"
import { pathOf, reserve, stocked } from "./InventorySamples.ts"
import { paid } from "./PaymentSamples.ts"
import { readyService } from "./Reading.ts"
import { bodies, draft } from "./Samples.ts"
import { request } from "./TestService.ts"

const optional = [
  "accounts.close",
  "catalog.discontinue",
  "inventory.commit",
  "inventory.expire",
  "inventory.release",
  "payments.capture",
  "payments.settle",
  "projections.rebuild"
]

describe("a body", () => {
  layer(readyService({ settings: { fulfilment: "off" } }), { excludeTestServices: true })((it) => {
    it.effect("is described as required just where something in it is", () =>
      Effect.gen(function* () {
        const { body } = yield* request("GET", "/openapi.json")
        const found: Array<string> = []
        for (const operation of body.all("paths").flatMap((methods) => methods.all())) {
          const id = operation.text("operationId")
          const name = operation.at("requestBody", "content", "application/json", "schema", "$ref")
          if (operation.at("requestBody") === undefined || id === "payments.webhook") continue
          assert.isString(name, id)
          const component = String(name).replace("#/components/schemas/", "")
          assert.isDefined(body.at("components", "schemas", component), id)
          const needsNothing = body.at("components", "schemas", component, "required") === undefined
          assert.strictEqual(operation.at("requestBody", "required"), !needsNothing, id)
          if (needsNothing) found.push(id)
        }
        assert.deepStrictEqual(found.toSorted(), optional)
      })
    )

    it.effect("may be missing where nothing has to be said", () =>
      Effect.gen(function* () {
        const productId = yield* stocked(10)
        for (const [how, status] of [
          ["release", "released"],
          ["commit", "committed"]
        ] as const) {
          const path = pathOf(yield* reserve([{ productId, quantity: 1 }]))
          const ended = yield* request("POST", `${path}/${how}`)
          assert.deepStrictEqual([ended.status, ended.body.at("status")], [200, status], ended.text)
        }
        const held = pathOf(yield* reserve([{ productId, quantity: 1 }], { holdForSeconds: 900 }))
        // Too early for it: what it is asked for has been understood.
        assert.strictEqual((yield* request("POST", `${held}/expire`)).status, 409)
        const payment = yield* paid({ capture: false })
        const captured = yield* request("POST", `${payment}/capture`)
        assert.deepStrictEqual([captured.status, captured.body.at("status")], [200, "captured"], captured.text)
        assert.strictEqual((yield* request("POST", `${payment}/settle`)).status, 200)
        const { path: account } = yield* open()
        assert.strictEqual((yield* request("POST", `${account}/close`)).status, 200)
        assert.strictEqual((yield* request("POST", "/projections/order_list/rebuild")).status, 202)
      })
    )

    it.effect("that is there is looked at, and only what is wrong is named", () =>
      Effect.gen(function* () {
        const path = pathOf(yield* reserve([{ productId: yield* stocked(1), quantity: 1 }]))
        const wrongBody = yield* request("POST", `${path}/release`, { body: { occurredAt: "soon", by: "Ada" } })
        assert.sameMembers(
          wrongBody.body.all("errors").map((error) => error.at("field")),
          ["occurredAt", "by"]
        )
        const wrongHeader = yield* request("POST", `${path}/release`, { headers: { "idempotency-key": "mine" } })
        assert.deepStrictEqual(
          wrongHeader.body.all("errors").map((error) => [error.at("in"), error.at("field")]),
          [["header", "idempotency-key"]]
        )
        assert.strictEqual((yield* request("POST", `${path}/release`, { body: "[" })).status, 400)
      })
    )

    it.effect("that is needed is asked for", () =>
      Effect.gen(function* () {
        const { path } = yield* draft()
        yield* request("POST", `${path}/place`, { body: bodies.place })
        const cancelled = yield* request("POST", `${path}/cancel`)
        assert.strictEqual(cancelled.status, 400)
        assert.deepStrictEqual(cancelled.body.at("errors"), [{ in: "body", field: "", rule: "must be a JSON object" }])
      })
    )
  })
})
