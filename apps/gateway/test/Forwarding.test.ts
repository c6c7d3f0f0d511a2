/** Requests on their way through the gateway: what arrives at a service, and what comes back. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { connect } from "node:net"
import type { IncomingHttpHeaders } from "node:http"
import { gateway, nobody, serverOf } from "./Behind.ts"

const productId = "product_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55"

/** A server that keeps what it was asked. */
const keeping = Effect.gen(function* () {
  const asked: Array<{ method: string; url: string; headers: IncomingHttpHeaders; body: string }> = []
  const url = yield* serverOf((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (part: string) => (body += part))
    request.on("end", () => {
      asked.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body })
      response.writeHead(200, { "content-type": "application/json", etag: '"3"', "keep-alive": "timeout=9" })
      response.end(JSON.stringify({ seen: body.length }))
    })
  })
  return { url, asked }
})

describe("a request", () => {
  it.live("goes to the service of its context as it is, and its answer comes back", () =>
    Effect.gen(function* () {
      const [ordering, inventory] = [yield* keeping, yield* keeping]
      const { ask } = yield* gateway({ ordering: ordering.url, inventory: inventory.url })
      const body = { quantity: 3, note: "ä€" }
      const key = "0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55"
      const answer = yield* ask("POST", `/inventory/${productId}/receipts?a=b%20c&a=d`, body, {
        "idempotency-key": key
      })
      assert.deepStrictEqual([answer.status, answer.headers["etag"]], [200, '"3"'])
      assert.deepStrictEqual(answer.json, { seen: JSON.stringify(body).length })
      const [seen] = inventory.asked
      assert.deepInclude(seen, { method: "POST", body: JSON.stringify(body) })
      assert.match(seen?.url ?? "", /^\/inventory\/product_[\w-]+\/receipts\?a=b(?:%20|\+)c&a=d$/u)
      assert.strictEqual(seen?.headers["idempotency-key"], key)
      yield* ask("GET", "/orders?limit=2")
      assert.deepStrictEqual(
        ordering.asked.map(({ url }) => url),
        ["/orders?limit=2"]
      )
      assert.strictEqual(inventory.asked.length, 1)
    }).pipe(Effect.scoped)
  )

  it.live("keeps its correlation id, or is given one, which is in the answer and in the log", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* keeping
      const { ask, log } = yield* gateway({ ordering: url })
      yield* ask("GET", "/orders", undefined, { "x-correlation-id": "mine-1234" })
      const { headers } = yield* ask("GET", "/orders")
      const made = headers["x-correlation-id"] ?? ""
      assert.match(made, /^[0-9a-f-]{36}$/u)
      assert.deepStrictEqual(
        asked.map((one) => one.headers["x-correlation-id"]),
        ["mine-1234", made]
      )
      const lines = log.filter((line) => line.includes("GET /orders 200"))
      assert.strictEqual(lines.length, 2)
      assert.include(lines[1], made)
    }).pipe(Effect.scoped)
  )

  it.live("says where it comes from, and nothing of one connection, no credential and no other way goes on", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* keeping
      const claims = {
        authorization: "Bearer of-a-service",
        te: "trailers",
        "x-mine": "stays",
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "orders.example"
      }
      const plain = yield* gateway({ ordering: url })
      yield* plain.ask("GET", "/orders", undefined, claims)
      const [seen] = asked
      assert.deepInclude(seen?.headers, {
        "x-mine": "stays",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "http",
        "x-forwarded-host": plain.url.slice("http://".length),
        host: url.slice("http://".length)
      })
      for (const name of ["authorization", "te"]) assert.isUndefined(seen?.headers[name], name)
      const trusting = yield* gateway({ ordering: url }, { trustsForwarded: true })
      const back = yield* trusting.ask("GET", "/orders", undefined, claims)
      assert.deepInclude(asked[1]?.headers, {
        "x-forwarded-for": "203.0.113.7, 127.0.0.1",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "orders.example"
      })
      assert.notInclude(back.headers["keep-alive"] ?? "", "timeout=9")
    }).pipe(Effect.scoped)
  )

  it.live("stays in its trace", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* keeping
      const { ask } = yield* gateway({ ordering: url })
      const span = yield* Effect.currentSpan
      yield* ask("GET", "/orders")
      const [, trace, parent] = String(asked[0]?.headers["traceparent"]).split("-")
      assert.strictEqual(trace, span.traceId)
      assert.notStrictEqual(parent, span.spanId)
    }).pipe(Effect.withSpan("asking"), Effect.scoped)
  )

  it.live("is asked of the next instance when there is no connection, with all of its body", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* keeping
      const { ask } = yield* gateway({ ordering: [yield* nobody, url] })
      for (const note of ["one", "two", "three"]) {
        assert.strictEqual((yield* ask("POST", "/orders", { note })).status, 200)
      }
      assert.deepStrictEqual(
        asked.map(({ body }) => body),
        ['{"note":"one"}', '{"note":"two"}', '{"note":"three"}']
      )
    }).pipe(Effect.scoped)
  )

  it.live("is taken by one instance after the other", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* keeping, yield* keeping]
      const { ask } = yield* gateway({ ordering: [one.url, other.url] })
      for (let count = 0; count < 6; count++) yield* ask("GET", "/orders")
      assert.deepStrictEqual([one.asked.length, other.asked.length], [3, 3])
    }).pipe(Effect.scoped)
  )

  it.live("for an unknown path, or one that services only speak among themselves, is answered as a service does", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* keeping
      const { ask, url: own } = yield* gateway({ ordering: url, inventory: url })
      for (const [method, path] of [
        ["GET", "/cellar"],
        ["POST", "/service/commands/ordering.PlaceOrder"],
        ["GET", "/services/inventory/service/commands/x"]
      ] as const) {
        const { headers, json, status } = yield* ask(method, path)
        assert.strictEqual(status, 404, path)
        assert.match(headers["content-type"] ?? "", /^application\/problem\+json/u)
        assert.deepInclude(json, { type: "urn:eventfold:problem:not-found", status: 404 })
      }
      const wrong = yield* ask("DELETE", "/orders")
      assert.strictEqual(wrong.status, 405)
      assert.strictEqual(wrong.headers["allow"], "GET, HEAD, OPTIONS, POST")
      // Clients that are as they should be make other paths of these before they ask.
      for (const path of [
        "/orders/../place",
        "/orders/%2e%2e/place",
        "/orders/..%5cservice/place",
        "/orders/..\\x/place"
      ]) {
        const answer = yield* raw(own, `POST ${path} HTTP/1.1`)
        assert.match(answer, /^HTTP\/1\.1 (?:404|200) /u, path)
      }
      assert.deepStrictEqual(
        asked.map((one) => one.url),
        ["/orders/..%5cservice/place"]
      )
    }).pipe(Effect.scoped)
  )
})

/** Sends a request as text, which no client corrects. Answers what comes back. */
const raw = (url: string, line: string) =>
  Effect.callback<string>((resume) => {
    const { host, hostname, port } = new URL(url)
    let answer = ""
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${line}\r\nHost: ${host}\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`)
    })
    socket.setEncoding("utf8").on("data", (part: string) => (answer += part))
    socket.on("close", () => resume(Effect.succeed(answer)))
    socket.on("error", (error) => resume(Effect.die(error)))
  })
