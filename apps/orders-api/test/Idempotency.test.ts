import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { bodies, draft, mug, uuid } from "./Samples.ts"
import { request, TestService } from "./TestService.ts"

describe("a command repeated with its Idempotency-Key", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("is answered like the first and changes nothing", () =>
      Effect.gen(function* () {
        const { path } = yield* draft()
        const once = { body: mug, headers: { "idempotency-key": uuid() } }
        const first = yield* request("POST", `${path}/items`, once)
        yield* request("POST", `${path}/place`, { body: bodies.place })
        const again = yield* request("POST", `${path}/items`, once)
        assert.deepStrictEqual([again.status, again.body.value], [first.status, first.body.value])
        assert.strictEqual(again.headers["etag"], first.headers["etag"])
        const { body } = yield* request("GET", path)
        assert.deepStrictEqual([body.at("version"), body.at("lines", 0, "quantity")], [4, 4])
      })
    )

    it.effect("names the same order when it drafts one without choosing an id", () =>
      Effect.gen(function* () {
        const key = uuid()
        const body = { customerId: uuid(), currency: "EUR", items: [mug] }
        const [first, again] = yield* Effect.all([
          request("POST", "/orders", { body, headers: { "idempotency-key": key } }),
          request("POST", "/orders", { body, headers: { "idempotency-key": `"${key.toUpperCase()}"` } })
        ])
        assert.strictEqual(first.body.at("orderId"), `order_${key}`)
        assert.deepStrictEqual([again.status, again.body.value], [201, first.body.value])
      })
    )

    it.effect("happens once when it is sent many times at the same moment", () =>
      Effect.gen(function* () {
        const { path } = yield* draft()
        const once = { body: mug, headers: { "idempotency-key": uuid() } }
        const answers = yield* Effect.all(
          Array.from({ length: 10 }, () => request("POST", `${path}/items`, once)),
          { concurrency: "unbounded" }
        )
        for (const answer of answers) assert.deepStrictEqual([answer.status, answer.body.at("version")], [200, 3])
        const { body } = yield* request("GET", path)
        assert.strictEqual(body.at("lines", 0, "quantity"), 4)
      })
    )

    it.effect("is refused the same way again, even when it would be allowed by now", () =>
      Effect.gen(function* () {
        const { path } = yield* draft()
        const once = { body: bodies.approve, headers: { "idempotency-key": uuid() } }
        const first = yield* request("POST", `${path}/approve`, once)
        yield* request("POST", `${path}/place`, { body: bodies.place })
        const again = yield* request("POST", `${path}/approve`, once)
        assert.strictEqual(first.status, 409)
        assert.deepStrictEqual([again.status, again.body.value], [first.status, first.body.value])
      })
    )

    it.effect("is refused with 422 when it has become another command or has other content", () =>
      Effect.gen(function* () {
        const { path } = yield* draft()
        const headers = { "idempotency-key": uuid() }
        yield* request("POST", `${path}/items`, { body: mug, headers })
        const answers = yield* Effect.all([
          request("POST", `${path}/items`, { body: { ...mug, quantity: 9 }, headers }),
          request("POST", `${path}/place`, { body: bodies.place, headers })
        ])
        for (const { body, status } of answers) {
          assert.strictEqual(status, 422)
          assert.deepInclude(body.value, {
            type: "urn:eventfold:problem:idempotency-key-reused",
            idempotencyKey: headers["idempotency-key"]
          })
        }
      })
    )

    it.effect("may leave the business time to the clock both times", () =>
      Effect.gen(function* () {
        const { path } = yield* draft()
        const headers = { "idempotency-key": uuid() }
        yield* request("POST", `${path}/items`, { body: { ...mug, occurredAt: "2024-01-01" }, headers })
        const again = yield* request("POST", `${path}/items`, { body: mug, headers })
        assert.deepStrictEqual([again.status, again.body.at("version")], [200, 3])
      })
    )

    it.effect("need not choose a key: one is made and answered", () =>
      Effect.gen(function* () {
        const { answer } = yield* draft()
        const key = answer.headers["idempotency-key"] ?? ""
        assert.match(key, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/u)
        assert.strictEqual(answer.body.at("orderId"), `order_${key}`)
      })
    )
  })
})

describe("an order that is placed twice", () => {
  layer(TestService.layer({ settings: { fulfilment: "off" } }), { excludeTestServices: true })((it) => {
    it.effect("is placed once when nothing differs, and refused to be paid by another card", () =>
      Effect.gen(function* () {
        const { path } = yield* draft()
        const place = (paymentToken: string) =>
          request("POST", `${path}/place`, { body: { ...bodies.place, paymentToken } })
        const [first, same, other] = [yield* place("tok_visa"), yield* place("tok_visa"), yield* place("tok_amex")]
        assert.deepStrictEqual([first.status, same.status, same.body.at("version")], [200, 200, 3])
        assert.strictEqual(other.status, 409)
        assert.deepInclude(other.body.value, {
          type: "urn:eventfold:problem:order-already-placed",
          orderStatus: "placed",
          detail: `order ${path.slice("/orders/".length)} is placed, with another payment token or none`
        })
        assert.deepInclude(other.body.at("refusal"), { differs: "paymentToken" })
        assert.notInclude(other.text, "tok_")
      })
    )
  })
})
