import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Ref } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as Service from "../demo/Service.ts"

const baseUrl = new URL("http://orders.test:3000")
const options = { baseUrl, patience: "30 seconds" } as const

const healthy = () =>
  Response.json({
    status: "up",
    service: "orders-api",
    version: "0.1.0",
    time: "2024-05-17T09:30:00.000Z",
    uptimeSeconds: 1,
    components: {}
  })

/** Answers one request: with a response, or with a text that says why the connection failed. */
type Answer = () => Response | string

/** A network on which the first answers are given in turn, and the last one for ever. */
const network = Effect.fnUntraced(function* (...answers: readonly [...Array<Answer>, Answer]) {
  const asked = yield* Ref.make(0)
  const client = HttpClient.make((request) =>
    Effect.flatMap(
      Ref.getAndUpdate(asked, (count) => count + 1),
      (index) => {
        const answer = (answers[index] ?? answers.at(-1))?.() ?? ""
        if (answer instanceof Response) return Effect.succeed(HttpClientResponse.fromWeb(request, answer))
        const reason = new HttpClientError.TransportError({ request, cause: new Error(answer) })
        return Effect.fail(new HttpClientError.HttpClientError({ reason }))
      }
    )
  )
  return { asked: Ref.get(asked), layer: Layer.succeed(HttpClient.HttpClient, client) }
})

describe("the client of the demo", () => {
  it.effect("sends again what was refused a connection or told to come back", () =>
    Effect.gen(function* () {
      const { asked, layer } = yield* network(
        () => "connect ECONNREFUSED",
        () => new Response(null, { status: 503 }),
        () => new Response(null, { status: 429 }),
        healthy
      )
      const waiting = yield* Service.untilHealthy(options).pipe(Effect.provide(layer), Effect.forkChild)
      yield* TestClock.adjust("2 seconds")
      const { status } = yield* Fiber.join(waiting)
      assert.strictEqual(status, "up")
      assert.strictEqual(yield* asked, 4)
    })
  )

  it.effect("waits as long as Retry-After says", () =>
    Effect.gen(function* () {
      const { asked, layer } = yield* network(
        () => new Response(null, { status: 503, headers: { "retry-after": "5" } }),
        healthy
      )
      const waiting = yield* Service.untilHealthy(options).pipe(Effect.provide(layer), Effect.forkChild)
      yield* TestClock.adjust("4900 millis")
      assert.strictEqual(yield* asked, 1)
      yield* TestClock.adjust("200 millis")
      assert.strictEqual(yield* asked, 2)
      yield* Fiber.join(waiting)
    })
  )

  it.effect("gives up when its patience is over, with the address, the reason and what to do", () =>
    Effect.gen(function* () {
      const { asked, layer } = yield* network(() => "connect ECONNREFUSED 127.0.0.1:3000")
      const waiting = yield* Service.untilHealthy(options).pipe(Effect.provide(layer), Effect.flip, Effect.forkChild)
      yield* TestClock.adjust("20 seconds")
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(
        (yield* Fiber.join(waiting)).message,
        "No order service answers at http://orders.test:3000: connect ECONNREFUSED 127.0.0.1:3000.\n" +
          "Is it running? Start it with: npm start"
      )
      assert.isAbove(yield* asked, 10)
    })
  )

  it.effect("does not wait for ever for an answer", () =>
    Effect.gen(function* () {
      const never = Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make(() => Effect.never)
      )
      const waiting = yield* Service.untilHealthy(options).pipe(Effect.provide(never), Effect.flip, Effect.forkChild)
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual((yield* Fiber.join(waiting)).reason, "there was no answer within 35s")
    })
  )

  it.effect("says at once that something else answers", () =>
    Effect.gen(function* () {
      const { asked, layer } = yield* network(() => new Response("<h1>Hello</h1>", { status: 404 }))
      const error = yield* Service.untilHealthy(options).pipe(Effect.provide(layer), Effect.flip)
      assert.include(error.reason, "something else answers there")
      assert.include(error.reason, "404")
      assert.strictEqual(yield* asked, 1)
    })
  )
})
