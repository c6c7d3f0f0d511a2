/** Bodies that come bit by bit, in both directions: nothing waits for their end. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Queue, Scope, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { createHash } from "node:crypto"
import type { ServerResponse } from "node:http"
import { gateway, serverOf } from "./Behind.ts"

const bytes = new TextEncoder()

describe("a body", () => {
  it.live("reaches the service while it is still being sent, and is whole in the end", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const url = yield* serverOf((request, response) => {
        const hash = createHash("sha256")
        request.on("data", (part: Uint8Array) => {
          Deferred.doneUnsafe(begun, Exit.void)
          hash.update(part)
        })
        request.on("end", () => response.end(hash.digest("hex")))
      })
      const { url: own } = yield* gateway({ ordering: url })
      const first = new Uint8Array(1000).fill(7)
      const rest = new Uint8Array(700_000).fill(9)
      // The rest is only sent when the service has got the beginning.
      const parts = Stream.concat(Stream.make(first), Stream.fromEffect(Effect.as(Deferred.await(begun), rest)))
      const text = yield* HttpClientRequest.post(`${own}/orders`).pipe(
        HttpClientRequest.bodyStream(parts),
        HttpClient.execute,
        Effect.flatMap((response) => response.text),
        Effect.provide(FetchHttpClient.layer)
      )
      assert.strictEqual(text, createHash("sha256").update(first).update(rest).digest("hex"))
    }).pipe(Effect.scoped)
  )

  it.live("of an answer reaches the client while the service still writes it; a large one is whole", () =>
    Effect.gen(function* () {
      const answers = yield* Queue.unbounded<ServerResponse>()
      const large = new Uint8Array(5 * 1024 * 1024).fill(5)
      const url = yield* serverOf((request, response) => {
        if (request.url === "/orders") return void response.end(large)
        response.writeHead(200, { "content-type": "text/event-stream" })
        response.write("event: orders\ndata: 1\n\n")
        Queue.offerUnsafe(answers, response)
      })
      const { url: own } = yield* gateway({ ordering: url })
      const all = yield* Effect.flatMap(HttpClient.get(`${own}/orders`), ({ arrayBuffer }) => arrayBuffer)
      assert.strictEqual(all.byteLength, large.byteLength)
      const live = yield* HttpClient.get(`${own}/orders/live`)
      assert.match(live.headers["content-type"] ?? "", /^text\/event-stream/u)
      const response = yield* Queue.take(answers)
      let seen = ""
      yield* live.stream.pipe(
        Stream.takeUntil((part) => {
          seen += new TextDecoder().decode(part)
          // Each event is only written when the client has the one before.
          if (!seen.includes("data: 2")) response.write(bytes.encode("event: orders\ndata: 2\n\n"))
          return seen.includes("data: 2")
        }),
        Stream.runDrain
      )
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("that breaks off is no whole answer for the client either", () =>
    Effect.gen(function* () {
      const url = yield* serverOf((_, response) => {
        response.writeHead(200, { "content-type": "application/json" })
        response.write('{"orders":[', () => response.destroy())
      })
      const { url: own } = yield* gateway({ ordering: url })
      const read = yield* Effect.exit(Effect.flatMap(HttpClient.get(`${own}/orders`), ({ text }) => text))
      assert.isTrue(Exit.isFailure(read))
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("nobody wants any more is given up at the service, too", () =>
    Effect.gen(function* () {
      const closed = yield* Deferred.make<void>()
      const url = yield* serverOf((_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" })
        response.write("event: alive\n\n")
        response.on("close", () => Deferred.doneUnsafe(closed, Exit.void))
      })
      const { url: own } = yield* gateway({ ordering: url })
      const client = HttpClient.withScope(yield* HttpClient.HttpClient)
      yield* Effect.scoped(Effect.flatMap(client.get(`${own}/orders/live`), ({ stream }) => Stream.runHead(stream)))
      yield* Effect.timeout(Deferred.await(closed), "20 seconds")
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.live("without an end does not keep the gateway from ending: it is ended in good order", () =>
    Effect.gen(function* () {
      const url = yield* serverOf((_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" })
        response.write("event: alive\n\n")
      })
      const scope = yield* Scope.make()
      const { url: own } = yield* Scope.provide(gateway({ ordering: url }), scope)
      const live = yield* HttpClient.get(`${own}/orders/live`)
      const [, text] = yield* Effect.all([Scope.close(scope, Exit.void), live.text], { concurrency: 2 }).pipe(
        Effect.timeout("15 seconds")
      )
      assert.strictEqual(text, "event: alive\n\n")
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )
})
