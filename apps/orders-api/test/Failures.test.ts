import { assert, describe, layer } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { connect } from "node:net"
import * as BrokenPorts from "./BrokenPorts.ts"
import { mug, uuid } from "./Samples.ts"
import { type Answer, request, TestService } from "./TestService.ts"

const live = { excludeTestServices: true }

const body = { customerId: uuid(), currency: "EUR", items: [mug] }
const headers = { "x-correlation-id": "failing-1" }

const isUnavailable = (answer: Answer, reason: string, seconds: string) => {
  assert.strictEqual(answer.status, 503)
  assert.strictEqual(answer.headers["content-type"], "application/problem+json")
  assert.strictEqual(answer.headers["retry-after"], seconds)
  assert.deepInclude(answer.body.value, {
    type: "urn:eventfold:problem:unavailable",
    status: 503,
    reason,
    correlationId: "failing-1"
  })
}

describe("when an event needs its repair, and repairs cannot be reached", () => {
  layer(
    TestService.layer({ ports: BrokenPorts.withoutRepairs }),
    live
  )((it) => {
    it.effect("whoever asks for what it is about may try again", () =>
      Effect.gen(function* () {
        isUnavailable(yield* request("GET", `/orders/${uuid()}`, { headers }), "store", "5")
        isUnavailable(yield* request("GET", `/accounts/${uuid()}`, { headers }), "store", "5")
        isUnavailable(yield* request("GET", `/accounts/${uuid()}/history`, { headers }), "store", "5")
      })
    )
  })
})

describe("when the store cannot be reached", () => {
  layer(
    TestService.layer({ ports: BrokenPorts.unreachable }),
    live
  )((it) => {
    it.effect("commands and queries are answered 503 with a time to try again", () =>
      Effect.gen(function* () {
        isUnavailable(yield* request("POST", "/orders", { body, headers }), "store", "5")
        isUnavailable(yield* request("GET", `/orders/${uuid()}`, { headers }), "store", "5")
        isUnavailable(yield* request("GET", `/orders/${uuid()}/events`, { headers }), "store", "5")
      })
    )

    it.effect("a read model that was never built is answered 503, and says so", () =>
      Effect.gen(function* () {
        for (const path of [
          "/orders",
          "/orders/search?q=mug",
          `/orders/${uuid()}/details`,
          "/sales/days?currency=EUR"
        ]) {
          isUnavailable(yield* request("GET", path, { headers }), "building", "5")
        }
      })
    )

    it.effect("the client is not told how, and the log is", () =>
      Effect.gen(function* () {
        const { text } = yield* request("GET", `/orders/${uuid()}`, { headers })
        assert.notInclude(text, "secret")
        const { log } = yield* TestService
        assert.isTrue(log.some((line) => line.includes("/var/secret") && line.includes("failing-1")))
      })
    )

    it.effect("the service says that it is down", () =>
      Effect.gen(function* () {
        const { body, status } = yield* request("GET", "/health")
        assert.strictEqual(status, 503)
        assert.strictEqual(body.at("status"), "down")
        assert.strictEqual(body.at("components", "eventStore", "status"), "down")
      })
    )
  })
})

describe("when others keep changing an order", () => {
  layer(
    TestService.layer({ ports: BrokenPorts.contended }),
    live
  )((it) => {
    it.effect("a command is answered 503 and may be repeated a second later", () =>
      Effect.gen(function* () {
        isUnavailable(yield* request("POST", "/orders", { body, headers }), "conflicts", "1")
      })
    )
  })
})

describe("when a request takes too long", () => {
  const settings = { requestTimeout: Duration.millis(200) }
  layer(
    TestService.layer({ ports: BrokenPorts.hanging, settings }),
    live
  )((it) => {
    it.effect("it is answered 503 and may be repeated with the same key", () =>
      Effect.gen(function* () {
        isUnavailable(yield* request("POST", "/orders", { body, headers }), "timeout", "5")
        isUnavailable(yield* request("GET", `/orders/${uuid()}`, { headers }), "timeout", "5")
      })
    )

    it.effect("it is answered 408 when it is the client that is slow", () =>
      Effect.gen(function* () {
        const answer = yield* slowly((yield* TestService).port)
        assert.match(answer, /^HTTP\/1\.1 408 Request Timeout/u)
        assert.include(answer, "urn:eventfold:problem:request-timeout")
        assert.match(answer, /connection: close/iu)
      })
    )
  })
})

describe("when the service makes a mistake", () => {
  layer(
    TestService.layer({ ports: BrokenPorts.mistaken }),
    live
  )((it) => {
    it.effect("the client gets a correlation id and nothing else, and the log has the rest", () =>
      Effect.gen(function* () {
        const answer = yield* request("GET", `/orders/${uuid()}`, { headers })
        assert.strictEqual(answer.status, 500)
        assert.strictEqual(answer.headers["content-type"], "application/problem+json")
        assert.deepInclude(answer.body.value, {
          type: "urn:eventfold:problem:internal-error",
          correlationId: "failing-1"
        })
        assert.notMatch(answer.text, /line 42|Error:|\.ts/u)
        const { log } = yield* TestService
        const entry = log.find((line) => line.includes("line 42")) ?? ""
        assert.include(entry, "failing-1")
        assert.include(entry, "BrokenPorts.ts")
      })
    )
  })
})

/** Sends the head of a request and half of its body, and answers what comes back. */
const slowly = (port: number) =>
  Effect.callback<string>((resume) => {
    let answer = ""
    const head = "POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n"
    const socket = connect(port, "127.0.0.1", () => socket.write(`${head}{"customerId":`))
    socket.on("data", (data) => void (answer += String(data)))
    socket.on("close", () => resume(Effect.succeed(answer)))
    return Effect.sync(() => socket.destroy())
  })
