import { assert, describe, layer } from "@effect/vitest"
import { ByteSize, Effect } from "effect"
import { connect } from "node:net"
import { draft, mug, uuid } from "./Samples.ts"
import { type Answer, request, TestService } from "./TestService.ts"

const isProblem = (answer: Answer, status: number, name: string) => {
  assert.strictEqual(answer.status, status)
  assert.strictEqual(answer.headers["content-type"], "application/problem+json")
  assert.deepInclude(answer.body.value, { status, type: `urn:eventfold:problem:${name}` })
  assert.isString(answer.body.at("title"))
  assert.isString(answer.headers["x-correlation-id"])
}

const fieldsOf = (answer: Answer): Array<string> =>
  answer.body.all("errors").map((error) => `${error.text("in")} ${error.text("field")}`)

describe("a request that is not valid", () => {
  layer(TestService.layer({ settings: { maxBodySize: ByteSize.kibibytes(4) } }), { excludeTestServices: true })(
    (it) => {
      it.effect("is told every wrong field at once, with its rule", () =>
        Effect.gen(function* () {
          const answer = yield* request("POST", "/orders", {
            body: {
              orderId: "order_1",
              customer: "Ada",
              currency: "EURO",
              items: [
                { ...mug, productName: " ", quantity: 1.5 },
                { ...mug, unitPrice: { amount: "12,50", currency: "EUR" } }
              ],
              occurredAt: "yesterday"
            },
            headers: { "idempotency-key": "1", "if-match": "3", "x-actor": "\u00e9", "x-correlation-id": "a b" }
          })
          isProblem(answer, 400, "invalid-request")
          assert.sameMembers(fieldsOf(answer), [
            "header idempotency-key",
            "header if-match",
            "header x-correlation-id",
            "header x-actor",
            "body orderId",
            "body customer",
            "body customerId",
            "body currency",
            "body items[0].productName",
            "body items[0].quantity",
            "body items[1].unitPrice.amount",
            "body occurredAt"
          ])
          const rules = new Map(answer.body.all("errors").map((error) => [error.text("field"), error.text("rule")]))
          assert.strictEqual(rules.get("customerId"), "is required")
          assert.strictEqual(rules.get("customer"), "is not known here")
          assert.strictEqual(rules.get("items[0].quantity"), "must be a whole number from 1 to 1000000")
          assert.strictEqual(
            rules.get("occurredAt"),
            "must be a point in time that exists, such as 2024-05-17T09:30:00Z, in the years 1 to 9999"
          )
        })
      )

      it.effect("is not answered with more than it is worth when nearly everything is wrong", () =>
        Effect.gen(function* () {
          const body = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`x${index}`, 1]))
          const answer = yield* request("POST", "/orders", { body })
          isProblem(answer, 400, "invalid-request")
          assert.strictEqual(fieldsOf(answer).length, 402)
          assert.match(answer.body.text("detail"), /; and 392 more$/u)
        })
      )

      it.effect("is told wrong parts of path, query and body together", () =>
        Effect.gen(function* () {
          const changed = yield* request("PUT", "/orders/7/items/8", { body: { quantity: 0 } })
          isProblem(changed, 400, "invalid-request")
          assert.deepStrictEqual(fieldsOf(changed), ["path id", "path productId", "body quantity"])
          const removed = yield* request("DELETE", "/orders/7/items/8?occurredAt=soon&now=1")
          assert.sameMembers(fieldsOf(removed), ["path id", "path productId", "query occurredAt", "query now"])
          const listed = yield* request("GET", "/orders?limit=0&status=lost&customerId=ada&cursor=a~b")
          assert.sameMembers(fieldsOf(listed), ["query limit", "query status", "query customerId", "query cursor"])
        })
      )

      it.effect.each([
        "+012024-01-01T00:00:00Z",
        "0000-06-01",
        "2024-13-01",
        "2024-02-30T25:00:00Z",
        "2024-02-30",
        "2023-02-29T12:00:00Z",
        "1715938200"
      ])("may not claim to have occurred at %s", (occurredAt) =>
        Effect.gen(function* () {
          const { path } = yield* draft()
          const answer = yield* request("POST", `${path}/items`, { body: { ...mug, occurredAt } })
          isProblem(answer, 400, "invalid-request")
          assert.deepStrictEqual(fieldsOf(answer), ["body occurredAt"])
        })
      )

      it.effect.each(["", "{", "[]", "null", "1", '"text"'])("needs an object of JSON as its body, not %s", (body) =>
        Effect.gen(function* () {
          const answer = yield* request("POST", "/orders", { body })
          isProblem(answer, 400, "invalid-request")
          assert.deepStrictEqual(answer.body.at("errors"), [{ in: "body", field: "", rule: "must be a JSON object" }])
        })
      )

      it.effect("is answered 415 when its body is something else than JSON", () =>
        Effect.gen(function* () {
          const answer = yield* request("POST", "/orders", { body: "a=b", headers: { "content-type": "text/csv" } })
          isProblem(answer, 415, "unsupported-media-type")
        })
      )

      it.effect("is answered 413 when its body is too large", () =>
        Effect.gen(function* () {
          const answer = yield* request("POST", "/orders", { body: { customerId: "x".repeat(5_000) } })
          isProblem(answer, 413, "body-too-large")
          assert.strictEqual(answer.body.at("maximumBytes"), 4096)
          // The connection is fine afterwards.
          assert.strictEqual((yield* draft()).answer.status, 201)
        })
      )

      it.effect.each(["/nothing", "/orders/a/b/c", "/orders/%zz", "/order", "/openapi"])(
        "is answered 404 when nothing is at %s",
        (path) => Effect.map(request("GET", path), (answer) => isProblem(answer, 404, "not-found"))
      )

      it.effect.each([
        { method: "PATCH", path: "/orders", allow: "GET, HEAD, OPTIONS, POST" },
        { method: "DELETE", path: `/orders/${uuid()}`, allow: "GET, HEAD, OPTIONS" },
        { method: "GET", path: `/orders/${uuid()}/items/${uuid()}`, allow: "DELETE, OPTIONS, PUT" },
        { method: "POST", path: "/health", allow: "GET, HEAD, OPTIONS" },
        { method: "PUT", path: "/docs", allow: "GET, HEAD, OPTIONS" }
      ] as const)("is answered 405 with what is allowed instead of $method $path", ({ allow, method, path }) =>
        Effect.gen(function* () {
          const answer = yield* request(method, path, method === "GET" ? {} : { body: {} })
          isProblem(answer, 405, "method-not-allowed")
          assert.strictEqual(answer.headers["allow"], allow)
          const options = yield* request("OPTIONS", path)
          assert.deepStrictEqual([options.status, options.headers["allow"]], [204, allow])
        })
      )

      it.effect.each([
        { what: "broken HTTP", text: "GET / HTTP/9.9\r\n\r\n", status: 400, name: "malformed-http" },
        {
          what: "huge headers",
          text: `GET / HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`,
          status: 431,
          name: "headers-too-large"
        }
      ])("is answered with a problem document even when Node refuses it: $what", ({ name, status, text }) =>
        Effect.gen(function* () {
          const answer = yield* raw((yield* TestService).port, text)
          assert.match(answer, new RegExp(`^HTTP/1.1 ${status}`, "u"))
          assert.include(answer, "Content-Type: application/problem+json")
          assert.include(answer, `urn:eventfold:problem:${name}`)
        })
      )
    }
  )
})

/** Sends text over a connection and answers everything that comes back until it is closed. */
const raw = (port: number, text: string) =>
  Effect.callback<string>((resume) => {
    let answer = ""
    const socket = connect(port, "127.0.0.1", () => socket.write(text))
    socket.on("data", (data) => void (answer += String(data)))
    socket.on("close", () => resume(Effect.succeed(answer)))
    return Effect.sync(() => socket.destroy())
  })
