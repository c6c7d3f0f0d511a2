/** What can go wrong on the way to another program: nobody there, silence, lost answers, wrong credentials, and breakers. */
import { ContextNotRegistered, ContextUnavailable } from "@eventfold/event-store"
import { RegistryFailure, ServiceRegistry } from "@eventfold/messaging"
import { Breakers } from "@eventfold/processes"
import { settled } from "@eventfold/testing/TestTime"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer } from "effect"
import { FetchHttpClient, HttpClient, HttpClientError, HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { createServer } from "node:net"
import { breakerOf } from "../src/index.ts"
import { ringing, till } from "./Counting.ts"
import { bus, known, secret, serve } from "./Programs.ts"

/** A client that does with each request what a function says. */
const client = (
  ask: (request: HttpClientRequest.HttpClientRequest) => Effect.Effect<Response, HttpClientError.HttpClientError>
) =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) => Effect.map(ask(request), (web) => HttpClientResponse.fromWeb(request, web)))
  )
const noConnection = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.fail(new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) }))
const answer = (body: object) => Effect.sync(() => Response.json(body))
const rung = answer({ _tag: "Answered", answer: { rung: 1 } })
const refused = answer({ _tag: "Refused", refusal: "no such till" })

const problemOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), (error) => (error instanceof ContextUnavailable ? error.problem : error))

describe("a command to a context in another program", () => {
  it.effect("of a context nobody serves is an error that names those that are served", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ringing(1))
      assert.deepStrictEqual(
        error,
        new ContextNotRegistered({ namespace: "eventfold", context: "tills", known: ["ovens"] })
      )
    }).pipe(Effect.provide(bus(known({ ovens: "http://127.0.0.1:1" }))))
  )

  it.effect("is not sent when the registry is away", () => {
    const away = Effect.fail(new RegistryFailure({ operation: "find", retryable: true, cause: "away" }))
    const registry = Layer.mock(ServiceRegistry, { timeToLive: Duration.seconds(15), find: () => away })
    return Effect.gen(function* () {
      assert.strictEqual(yield* problemOf(ringing(1)), "registry")
    }).pipe(Effect.provide(bus(registry, { http: client(() => Effect.die("nobody may be asked")) })))
  })

  it.effect("ends when nobody answers within the time limit", () =>
    Effect.gen(function* () {
      const sent = yield* Effect.forkChild(problemOf(ringing(1)))
      yield* settled
      yield* TestClock.adjust("9999 millis")
      yield* settled
      assert.isUndefined(sent.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* Fiber.join(sent), "timeout")
    }).pipe(Effect.provide(bus(known({ tills: "http://tills" }), { http: client(() => Effect.never) })))
  )

  it.live("ends when a program takes the connection and says nothing", () =>
    Effect.gen(function* () {
      const silent = yield* Effect.acquireRelease(
        Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
          const open = new Set<{ destroy: () => void }>()
          const server = createServer((socket) => open.add(socket))
          server.listen(0, "127.0.0.1", () => {
            const address = server.address()
            const port = typeof address === "object" && address !== null ? address.port : 0
            const close = () => {
              for (const socket of open) socket.destroy()
              server.close()
            }
            resume(Effect.succeed({ port, close }))
          })
        }),
        ({ close }) => Effect.sync(close)
      )
      const url = `http://127.0.0.1:${silent.port}`
      const problem = yield* Effect.provide(
        problemOf(ringing(1)),
        bus(known({ tills: url }), { timeLimit: "50 millis" })
      )
      assert.strictEqual(problem, "timeout")
    }).pipe(Effect.scoped)
  )

  it.effect("is sent to the next of those that serve it when there is no connection to the first", () => {
    const asked: Array<string> = []
    const http = client((request) => {
      asked.push(new URL(request.url).host)
      return request.url.includes("dead") ? noConnection(request) : rung
    })
    const of = (instance: string) => ({
      namespace: "eventfold",
      service: "tills",
      instance,
      version: "1",
      endpoints: { http: `http://${instance}` }
    })
    const registry = Layer.effectDiscard(
      Effect.flatMap(ServiceRegistry, (all) => Effect.forEach(["alive", "dead"], (one) => all.register(of(one))))
    ).pipe(Layer.orDie, Layer.provideMerge(known({})))
    return Effect.gen(function* () {
      for (const number of [1, 2, 3, 4]) yield* ringing(number)
      assert.deepStrictEqual(asked, ["alive", "dead", "alive", "alive", "dead", "alive"])
    }).pipe(Effect.provide(bus(registry, { http })))
  })

  it.live("whose answer was lost is handled once, and answered when it comes again", () =>
    Effect.gen(function* () {
      const one = till()
      const url = yield* serve(one.handlers)
      let lost = 0
      const losing = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, (real) =>
          HttpClient.transform(real, (answered, request) =>
            Effect.flatMap(answered, (response) =>
              (lost += 1) === 1 ? noConnection(request) : Effect.succeed(response)
            )
          )
        )
      ).pipe(Layer.provide(FetchHttpClient.layer))
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* problemOf(ringing(1)), "unreachable")
        assert.strictEqual(one.rung(), 1)
        assert.strictEqual((yield* ringing(1)).rung, 1)
        assert.strictEqual(one.rung(), 1)
      }).pipe(Effect.provide(bus(known({ tills: url }), { http: losing })))
    }).pipe(Effect.scoped)
  )

  it.effect("takes the trace and its own id along", () => {
    const seen: Array<string | undefined> = []
    const http = client(({ headers }) => {
      seen.push(headers["traceparent"]?.split("-")[1], headers["idempotency-key"])
      return rung
    })
    return Effect.gen(function* () {
      const { traceId } = yield* Effect.currentSpan
      yield* ringing(1)
      assert.deepStrictEqual(seen, [traceId, "00000000-0000-4000-8000-000000000001"])
    }).pipe(Effect.withSpan("who sends it"), Effect.provide(bus(known({ tills: "http://tills" }), { http })))
  })

  it.effect(
    "that is answered with what nobody understands, or by somebody in between, is not known to have been handled",
    () => {
      const answers = [
        Effect.sync(() => Response.json({ status: "ok" })),
        Effect.sync(() => new Response("<html>", { status: 200 })),
        Effect.sync(() => new Response("bad gateway", { status: 502 })),
        Effect.sync(() => new Response("", { status: 302, headers: { location: "http://elsewhere" } }))
      ]
      let next = 0
      const http = client(() => answers[next++] ?? Effect.die("asked too often"))
      return Effect.gen(function* () {
        for (const number of [1, 2, 3, 4]) assert.strictEqual(yield* problemOf(ringing(number)), "unexpected")
      }).pipe(Effect.provide(bus(known({ tills: "http://tills" }), { http })))
    }
  )
})

describe("the breaker of a context", () => {
  it.effect("opens after five failures in a row, lets one try after its time, and closes when that succeeds", () => {
    let isDown = true
    let asked = 0
    const http = client((request) => {
      asked += 1
      return isDown ? noConnection(request) : rung
    })
    return Effect.gen(function* () {
      const { states } = yield* Breakers
      for (const number of [1, 2, 3, 4, 5]) assert.strictEqual(yield* problemOf(ringing(number)), "unreachable")
      const error = yield* Effect.flip(ringing(6))
      assert.deepInclude(error, {
        _tag: "ContextUnavailable",
        problem: "left-alone",
        retryable: true,
        retryAfter: 60_000
      })
      assert.strictEqual(asked, 5)
      assert.deepInclude((yield* states)[0], { breaker: breakerOf("tills"), state: "open" })
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual(yield* problemOf(ringing(7)), "unreachable")
      assert.strictEqual(yield* problemOf(ringing(8)), "left-alone")
      isDown = false
      yield* TestClock.adjust("60 seconds")
      yield* ringing(9)
      yield* ringing(10)
      assert.strictEqual(asked, 8)
      assert.deepInclude((yield* states)[0], { state: "closed" })
    }).pipe(Effect.provide(bus(known({ tills: "http://tills" }), { http })))
  })

  it.effect("does not count what a context answers: refusals, and failures of its own", () => {
    const failure = {
      _tag: "EventStoreFailure",
      operation: "append",
      retryable: false,
      cause: "broken"
    }
    let asked = 0
    const http = client((request) => {
      asked += 1
      if (asked % 5 === 0) return refused
      return asked > 8 ? Effect.sync(() => Response.json(failure, { status: 503 })) : noConnection(request)
    })
    return Effect.gen(function* () {
      for (let number = 1; number <= 20; number++) yield* Effect.flip(ringing(number))
      assert.strictEqual(asked, 20)
    }).pipe(Effect.provide(bus(known({ tills: "http://tills" }), { http })))
  })

  it.effect("is one for each context", () => {
    const http = client(noConnection)
    return Effect.gen(function* () {
      const { states } = yield* Breakers
      for (let number = 1; number <= 6; number++) yield* Effect.flip(ringing(number))
      assert.deepStrictEqual(
        (yield* states).map(({ breaker }) => breaker),
        ["service:tills"]
      )
    }).pipe(Effect.provide(bus(known({ tills: "http://tills" }), { http })))
  })
})

describe("the credential that services share", () => {
  const asking = (url: string, number: number, command: number) =>
    Effect.provide(ringing(command), bus(known({ tills: url }), { credential: { credential: secret(number) } }))

  it.live("is asked for, and whoever has another one is told nothing and handled nothing", () =>
    Effect.gen(function* () {
      const one = till()
      const url = yield* serve(one.handlers)
      assert.strictEqual(yield* problemOf(asking(url, 2, 1)), "credential")
      const shown: ReadonlyArray<Record<string, string>> = [
        {},
        { authorization: "Bearer " },
        { authorization: "Bearer wrong" },
        { authorization: "Basic dTpw" }
      ]
      for (const headers of shown) {
        for (const [command, body] of [
          ["tills.Ring", "{}"],
          ["tills.Nothing", "not JSON"]
        ]) {
          const request = HttpClientRequest.post(`${url}/service/commands/${command}`).pipe(
            HttpClientRequest.setHeaders(headers),
            HttpClientRequest.bodyText(body ?? "", "application/json")
          )
          const response = yield* HttpClient.execute(request)
          assert.strictEqual(response.status, 401)
          assert.strictEqual(yield* response.text, "")
        }
      }
      assert.strictEqual(one.rung(), 0)
    }).pipe(Effect.scoped, Effect.provide(FetchHttpClient.layer))
  )

  it.live("can be changed while two of them are accepted", () =>
    Effect.gen(function* () {
      const url = yield* serve(till().handlers, { credential: secret(2), alsoAccepted: secret(1) })
      assert.strictEqual((yield* asking(url, 1, 1)).rung, 1)
      assert.strictEqual((yield* asking(url, 2, 2)).rung, 2)
      assert.strictEqual(yield* problemOf(asking(url, 3, 3)), "credential")
    }).pipe(Effect.scoped)
  )
})
