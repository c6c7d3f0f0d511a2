import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Json } from "./Json.ts"
import { bodies, draft, uuid } from "./Samples.ts"
import { request, TestService } from "./TestService.ts"

describe("what follows from a request", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("carries its correlation id: the answer, every event, every line of the log", () =>
      Effect.gen(function* () {
        const headers = { "x-correlation-id": `till-7/${uuid()}`, "x-actor": "till 7" }
        const { answer, path } = yield* draft({}, headers)
        assert.strictEqual(answer.headers["x-correlation-id"], headers["x-correlation-id"])
        const { body } = yield* request("GET", `${path}/events`)
        for (const event of body.all("events")) {
          assert.deepInclude(event.value, {
            correlationId: headers["x-correlation-id"],
            causationId: answer.headers["idempotency-key"],
            actor: "till 7"
          })
        }
        const { log } = yield* TestService
        const line = Json.parse(log.find((entry) => entry.includes(headers["x-correlation-id"])) ?? "{}")
        assert.match(line.text("message"), /^POST \/orders 201 in \d+ ms$/u)
        assert.deepInclude(line.at("annotations"), {
          correlationId: headers["x-correlation-id"],
          method: "POST",
          path: "/orders",
          status: 201
        })
      })
    )

    it.effect("gets a correlation id when it brought none, or none that is valid", () =>
      Effect.gen(function* () {
        const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7/u
        const { answer, path } = yield* draft()
        const made = answer.headers["x-correlation-id"] ?? ""
        assert.match(made, uuidV7)
        const { body } = yield* request("GET", `${path}/events`)
        assert.strictEqual(body.at("events", 0, "correlationId"), made)
        const refused = yield* request("GET", "/orders", { headers: { "x-correlation-id": "x".repeat(129) } })
        assert.strictEqual(refused.status, 400)
        assert.match(refused.headers["x-correlation-id"] ?? "", uuidV7)
      })
    )

    it.effect("is one line in the log with method, path, status and time", () =>
      Effect.gen(function* () {
        const { log } = yield* TestService
        const before = log.length
        const { path } = yield* draft()
        yield* request("GET", `${path}?version=2`)
        yield* request("GET", "/nothing/at/all")
        const lines = log.slice(before).map((line) => Json.parse(line))
        assert.deepStrictEqual(
          lines.map((line) => [
            line.at("level"),
            ...["method", "path", "status"].map((key) => line.at("annotations", key))
          ]),
          [
            ["INFO", "POST", "/orders", 201],
            ["INFO", "GET", path, 200],
            ["INFO", "GET", "/…/…/…", 404]
          ]
        )
        for (const line of lines) assert.isAtLeast(line.number("annotations", "ms"), 0)
      })
    )

    it.effect("leaves no personal data in the log", () =>
      Effect.gen(function* () {
        const { log } = yield* TestService
        const { path } = yield* draft({}, { "x-actor": "Zebulon Quux" })
        const person = { recipient: "Zebulon Quux", street: "Quux Street 1", city: "Quuxville", country: "NL" }
        yield* request("POST", `${path}/place`, { body: { shippingAddress: person } })
        yield* request("POST", `${path}/approve`, { body: { approvedBy: "Zebulon Quux" } })
        yield* request("POST", `${path}/ship`, { body: bodies.ship })
        yield* request("POST", `${path}/deliver`, { body: { signedBy: "Zebulon Quux" } })
        yield* request("POST", `${path}/cancel`, { body: { ...bodies.cancel, by: "Zebulon Quux" } })
        yield* request("POST", `${path}/place`, { body: { shippingAddress: { ...person, country: "" } } })
        yield* request("GET", "/orders/zebulon.quux@example.com?q=Quux")
        assert.isAtLeast(log.length, 8)
        assert.notMatch(log.join("\n"), /quux/iu)
      })
    )
  })
})
