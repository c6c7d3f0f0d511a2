import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import { bodies, draft, mug, orderThrough, uuid } from "./Samples.ts"
import { request, TestService } from "./TestService.ts"

describe("the service on an embedded database", () => {
  layer(TestService.layer({ ports: EmbeddedPorts.layer }), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("takes an order from draft to delivery and tells all of it", () =>
      Effect.gen(function* () {
        const path = yield* orderThrough("place", "approve", "ship", "deliver")
        const { body } = yield* request("GET", path)
        assert.deepInclude(body.value, { status: "delivered", version: 6, total: { amount: 2500, currency: "EUR" } })
        const history = yield* request("GET", `${path}/events`)
        assert.strictEqual(history.body.at("events", "length"), 6)
        const list = yield* request("GET", `/orders?customerId=${String(body.at("customerId"))}`)
        assert.deepInclude(list.body.at("orders", 0), { orderId: body.at("orderId"), status: "delivered", version: 6 })
      })
    )

    it.effect("does a command once that is sent many times at the same moment", () =>
      Effect.gen(function* () {
        const { path } = yield* draft()
        const once = { body: mug, headers: { "idempotency-key": uuid() } }
        const answers = yield* Effect.all(
          Array.from({ length: 8 }, () => request("POST", `${path}/items`, once)),
          { concurrency: "unbounded" }
        )
        for (const answer of answers) assert.deepStrictEqual([answer.status, answer.body.at("version")], [200, 3])
      })
    )

    it.effect("loses none of many changes to one order, and lets one win of those that name a version", () =>
      Effect.gen(function* () {
        const { path } = yield* draft({ items: [] })
        const add = (headers = {}) => request("POST", `${path}/items`, { body: mug, headers })
        const free = yield* Effect.all(
          Array.from({ length: 8 }, () => add()),
          { concurrency: "unbounded" }
        )
        for (const { status } of free) assert.strictEqual(status, 200)
        const { body } = yield* request("GET", path)
        assert.deepStrictEqual([body.at("version"), body.at("lines", 0, "quantity")], [9, 16])
        const guarded = yield* Effect.all(
          Array.from({ length: 8 }, () => add({ "if-match": '"9"' })),
          {
            concurrency: "unbounded"
          }
        )
        const statuses = guarded.map(({ status }) => status).toSorted((one, other) => one - other)
        assert.deepStrictEqual(statuses, [200, ...Array.from({ length: 7 }, () => 412)])
      })
    )

    it.effect("remembers a refusal, and keeps nothing of a command that failed its version", () =>
      Effect.gen(function* () {
        const { path } = yield* draft()
        const once = { body: bodies.approve, headers: { "idempotency-key": uuid() } }
        const refused = yield* request("POST", `${path}/approve`, once)
        yield* request("POST", `${path}/place`, { body: bodies.place })
        const again = yield* request("POST", `${path}/approve`, once)
        assert.deepStrictEqual([refused.status, again.status], [409, 409])
        assert.deepStrictEqual(again.body.value, refused.body.value)
        const key = { "idempotency-key": uuid() }
        const late = yield* request("POST", `${path}/approve`, {
          body: bodies.approve,
          headers: { ...key, "if-match": '"2"' }
        })
        const inTime = yield* request("POST", `${path}/approve`, {
          body: bodies.approve,
          headers: { ...key, "if-match": '"3"' }
        })
        assert.deepStrictEqual([late.status, inTime.status], [412, 200])
      })
    )

    it.effect("keeps text of every kind as it was given", () =>
      Effect.gen(function* () {
        const productName = "Tasse «Grün» 🍵 \u202e日本語 ' \" \\ <b>"
        const { path } = yield* draft({ items: [{ ...mug, productName }] })
        const { body } = yield* request("GET", path)
        assert.strictEqual(body.at("lines", 0, "productName"), productName)
      })
    )
  })
})
