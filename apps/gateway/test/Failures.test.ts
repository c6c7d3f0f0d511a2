/** What is answered when a service is away, slow or breaks off, and when a request is too much. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { connect } from "node:net"
import { gateway, nobody, serverOf } from "./Behind.ts"

const problem = "urn:eventfold:problem:"

const silent = serverOf(() => undefined)

const answering = serverOf((request, response) => {
  request.resume().on("end", () => response.end("{}"))
})

describe("a service that", () => {
  it.live("is not there is unavailable: nothing has happened, and it says when to come back", () =>
    Effect.gen(function* () {
      const { ask, log } = yield* gateway({ ordering: yield* nobody, inventory: yield* answering })
      const { headers, json, status } = yield* ask("POST", "/orders", {})
      assert.strictEqual(status, 503)
      assert.match(headers["content-type"] ?? "", /^application\/problem\+json/u)
      assert.strictEqual(headers["retry-after"], "5")
      assert.deepInclude(json, {
        type: `${problem}unavailable`,
        reason: "outside",
        correlationId: headers["x-correlation-id"]
      })
      assert.strictEqual((yield* ask("GET", "/inventory")).status, 200)
      assert.isTrue(log.some((line) => line.includes("ordering was asked and there is no connection to it")))
    }).pipe(Effect.scoped)
  )

  it.live("nobody has registered is unavailable, too", () =>
    Effect.gen(function* () {
      const { ask } = yield* gateway({ ordering: yield* answering })
      const { json, status } = yield* ask("GET", "/inventory")
      assert.strictEqual(status, 503)
      assert.deepInclude(json, { reason: "outside", detail: "Nobody serves inventory at present." })
    }).pipe(Effect.scoped)
  )

  it.live("does not answer in time is given up", () =>
    Effect.gen(function* () {
      const { ask } = yield* gateway({ ordering: yield* silent }, { timeLimit: Duration.millis(100) })
      const { json, status } = yield* ask("POST", "/orders", {})
      assert.strictEqual(status, 504)
      assert.deepInclude(json, { type: `${problem}gateway-timeout`, context: "ordering" })
    }).pipe(Effect.scoped)
  )

  it.live("breaks off may have done it: no other instance is asked", () =>
    Effect.gen(function* () {
      let asked = 0
      const breaking = yield* serverOf((request, response) => {
        asked++
        request.on("data", () => response.destroy())
      })
      const { ask } = yield* gateway({ ordering: [breaking, breaking.replace("127.0.0.1", "localhost")] })
      const { json, status } = yield* ask("POST", "/orders", { some: "thing" })
      assert.strictEqual(status, 502)
      assert.deepInclude(json, { type: `${problem}bad-gateway`, context: "ordering" })
      assert.strictEqual(asked, 1)
    }).pipe(Effect.scoped)
  )

  it.live("fails several times in a row is left alone for a while, and then asked again", () =>
    Effect.gen(function* () {
      let asked = 0
      let isWell = false
      const moody = yield* serverOf((request, response) => {
        asked++
        if (isWell) request.resume().on("end", () => response.end("{}"))
        else response.destroy()
      })
      const settings = { breakerFailures: 3, breakerOpenFor: Duration.seconds(2) }
      const { ask } = yield* gateway({ ordering: moody, inventory: yield* answering }, settings)
      const answers: Array<readonly [status: number, retryAfter: string | undefined]> = []
      for (let count = 0; count < 4; count++) {
        const { headers, status } = yield* ask("GET", "/orders")
        answers.push([status, headers["retry-after"]])
      }
      const broken = [502, undefined] as const
      assert.deepStrictEqual(answers.slice(0, 3), [broken, broken, broken])
      assert.strictEqual(asked, 3)
      const [status, retryAfter] = answers[3] ?? []
      assert.strictEqual(status, 503)
      assert.include(["1", "2"], retryAfter)
      assert.strictEqual((yield* ask("GET", "/inventory")).status, 200)
      isWell = true
      yield* Effect.eventually(
        Effect.flatMap(Effect.delay(ask("GET", "/orders"), "20 millis"), ({ status }) =>
          status === 200 ? Effect.void : Effect.fail(status)
        )
      ).pipe(Effect.timeout("20 seconds"))
      assert.strictEqual(asked, 4)
    }).pipe(Effect.scoped)
  )

  it.live("answers that it failed has not failed for the gateway: that goes through, and opens no breaker", () =>
    Effect.gen(function* () {
      const failing = yield* serverOf((request, response) => {
        request.resume()
        response.writeHead(503, { "content-type": "application/problem+json", "retry-after": "60" })
        response.end('{"type":"urn:eventfold:problem:unavailable","status":503,"reason":"held"}')
      })
      const { ask } = yield* gateway({ ordering: failing }, { breakerFailures: 1 })
      for (let count = 0; count < 3; count++) {
        const { headers, json, status } = yield* ask("GET", "/orders")
        assert.deepStrictEqual([status, headers["retry-after"]], [503, "60"])
        assert.deepInclude(json, { reason: "held" })
      }
    }).pipe(Effect.scoped)
  )
})

describe("a request", () => {
  it.live("with too large a body is refused, whether it says so or not, and no breaker opens", () =>
    Effect.gen(function* () {
      const { ask, url } = yield* gateway({ ordering: yield* answering }, { breakerFailures: 1 })
      const large = "x".repeat(1024 * 1024 + 1)
      const said = yield* ask("POST", "/orders", large)
      assert.strictEqual(said.status, 413)
      assert.deepInclude(said.json, { type: `${problem}body-too-large`, maximumBytes: 1024 * 1024 })
      const parts = Stream.fromIterable(Array.from({ length: 17 }, () => new Uint8Array(64 * 1024)))
      const unsaid = yield* HttpClientRequest.post(`${url}/orders`).pipe(
        HttpClientRequest.bodyStream(parts),
        HttpClient.execute,
        Effect.flatMap(({ status, text }) => Effect.map(text, (body) => ({ status, body }))),
        Effect.provide(FetchHttpClient.layer)
      )
      assert.strictEqual(unsaid.status, 413, unsaid.body)
      assert.strictEqual((yield* ask("POST", "/orders", {})).status, 200)
    }).pipe(Effect.scoped)
  )

  it.live("that comes too slowly is the client's fault: it is answered 408, and no breaker opens", () =>
    Effect.gen(function* () {
      const settings = { timeLimit: Duration.millis(100), breakerFailures: 1 }
      const { ask, url } = yield* gateway({ ordering: yield* answering }, settings)
      const answer = yield* Effect.callback<string>((resume) => {
        const { host, hostname, port } = new URL(url)
        let text = ""
        const socket = connect(Number(port), hostname, () => {
          socket.write(`POST /orders HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 100\r\n\r\n{"half":`)
        })
        socket.setEncoding("utf8").on("data", (part: string) => (text += part))
        socket.on("close", () => resume(Effect.succeed(text)))
      })
      assert.match(answer, /^HTTP\/1\.1 408 /u)
      assert.include(answer, `${problem}request-timeout`)
      assert.strictEqual((yield* ask("POST", "/orders", {})).status, 200)
    }).pipe(Effect.scoped)
  )
})
