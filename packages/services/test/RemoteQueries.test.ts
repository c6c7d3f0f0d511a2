/** What can go wrong on the way of a query to another program: the same as of a command, and answers that are too long. */
import { Message } from "@eventfold/decider"
import { ContextNotRegistered, ContextQueries, ContextUnavailable, QueryBus } from "@eventfold/event-store"
import { settled } from "@eventfold/testing/TestTime"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Schema } from "effect"
import { FetchHttpClient, HttpClient, HttpClientError, HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { ringing } from "./Counting.ts"
import { both, known, queries, secret, serve } from "./Programs.ts"

/** Asks how often a till was rung, in so many words. */
const count = Message.query({
  context: "tills",
  payload: Schema.TaggedStruct("Count", { letters: Schema.Int }),
  answer: Schema.Struct({ text: Schema.String })
})
const counting = QueryBus.handler(count, ({ letters }) => Effect.succeed({ text: "x".repeat(letters) }))

const asking = (letters = 1) => Effect.flatMap(ContextQueries, (all) => all.ask(count, { _tag: "Count", letters }))

const problemOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), (error) => (error instanceof ContextUnavailable ? error.problem : error))

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

describe("a query to a context in another program", () => {
  it.effect("of a context nobody serves is an error that names those that are served", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* Effect.flip(asking()),
        new ContextNotRegistered({ namespace: "eventfold", context: "tills", known: ["ovens"] })
      )
    }).pipe(Effect.provide(queries(known({ ovens: "http://127.0.0.1:1" }))))
  )

  it.effect("ends when nobody answers within the time limit, which is shorter than that of a command", () =>
    Effect.gen(function* () {
      const sent = yield* Effect.forkChild(problemOf(asking()))
      yield* settled
      yield* TestClock.adjust("4999 millis")
      yield* settled
      assert.isUndefined(sent.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* Fiber.join(sent), "timeout")
    }).pipe(Effect.provide(queries(known({ tills: "http://tills" }), { http: client(() => Effect.never) })))
  )

  it.effect("that is answered with what does not fit the query is answered by nobody", () => {
    const http = client(() => Effect.sync(() => Response.json({ _tag: "Answered", answer: { text: 1 } })))
    return Effect.gen(function* () {
      assert.strictEqual(yield* problemOf(asking()), "unexpected")
    }).pipe(Effect.provide(queries(known({ tills: "http://tills" }), { http })))
  })

  it.effect("takes the trace along, and has nothing of its content in the address", () => {
    const seen: Array<string | undefined> = []
    const http = client((request) => {
      seen.push(request.method, request.url, request.headers["traceparent"]?.split("-")[1])
      return Effect.sync(() => Response.json({ _tag: "Answered", answer: { text: "x" } }))
    })
    return Effect.gen(function* () {
      const { traceId } = yield* Effect.currentSpan
      yield* asking()
      assert.deepStrictEqual(seen, ["POST", "http://tills/service/queries/tills.Count", traceId])
    }).pipe(Effect.withSpan("who asks"), Effect.provide(queries(known({ tills: "http://tills" }), { http })))
  })

  it.live("whose answer is longer than a mebibyte is told so, and trying again does not help", () =>
    Effect.gen(function* () {
      const url = yield* serve([], { credential: secret(1) }, [counting])
      yield* Effect.gen(function* () {
        const most = 1_048_576 - '{"text":""}'.length
        assert.strictEqual((yield* asking(most)).text.length, most)
        assert.deepInclude(yield* Effect.flip(asking(most + 1)), {
          _tag: "ContextUnavailable",
          problem: "unexpected",
          retryable: false,
          detail: "the answer to tills.Count has 1048577 bytes: 1048576 at most"
        })
      }).pipe(Effect.provide(queries(known({ tills: url }))))
    }).pipe(Effect.scoped)
  )
})

describe("the breaker of a context", () => {
  it.effect("is one for its commands and its queries", () => {
    let asked = 0
    const http = client((request) => {
      asked += 1
      return noConnection(request)
    })
    return Effect.gen(function* () {
      for (const number of [1, 2, 3, 4, 5]) assert.strictEqual(yield* problemOf(ringing(number)), "unreachable")
      assert.strictEqual(yield* problemOf(asking()), "left-alone")
      assert.strictEqual(asked, 5)
    }).pipe(Effect.provide(both(known({ tills: "http://tills" }), http)))
  })
})

describe("the credential that services share", () => {
  it.live("is asked for before anything of a query is read", () =>
    Effect.gen(function* () {
      const url = yield* serve([], { credential: secret(1) }, [counting])
      const another = queries(known({ tills: url }), { credential: { credential: secret(2) } })
      assert.strictEqual(yield* Effect.provide(problemOf(asking()), another), "credential")
      for (const query of ["tills.Count", "tills.Nothing"]) {
        const request = HttpClientRequest.post(`${url}/service/queries/${query}`).pipe(
          HttpClientRequest.bodyText("not JSON", "application/json")
        )
        const response = yield* HttpClient.execute(request)
        assert.strictEqual(response.status, 401)
        assert.strictEqual(yield* response.text, "")
      }
    }).pipe(Effect.scoped, Effect.provide(FetchHttpClient.layer))
  )

  it.live("answers no query of a context that is not served there", () =>
    Effect.gen(function* () {
      const url = yield* serve([], { credential: secret(1) })
      const error = yield* Effect.flip(Effect.provide(asking(), queries(known({ tills: url }))))
      assert.deepInclude(error, { _tag: "UnknownMessage", known: [] })
    }).pipe(Effect.scoped)
  )
})
