/** The list of orders as it changes, as clients get it over HTTP. */
import { assert, describe, it, layer } from "@effect/vitest"
import { Clock, Context, Effect, Exit, Layer, Schedule, Scope } from "effect"
import { mostClients } from "../src/http/LiveOrdersHandler.ts"
import { listen } from "./LiveEvents.ts"
import { each, read, readyService } from "./Reading.ts"
import { bodies, draft, uuid } from "./Samples.ts"
import { request, TestService } from "./TestService.ts"

const newCustomer = () => `customer_${uuid()}`

const live = Effect.fnUntraced(function* (query: string, headers: Record<string, string> = {}) {
  const { url } = yield* TestService
  return yield* listen(`${url}/orders/live${query}`, headers)
})

describe("the list of orders as it changes", () => {
  layer(readyService(), { excludeTestServices: true })((it) => {
    it.effect("is sent at once, and again when it has changed, each time as it is asked for otherwise", () =>
      Effect.gen(function* () {
        const customerId = newCustomer()
        const { path } = yield* draft({ customerId })
        const client = yield* live(`?customerId=${customerId}&limit=1`)
        assert.strictEqual(client.status, 200)
        assert.match(client.headers["content-type"] ?? "", /^text\/event-stream/u)
        const first = yield* client.list((list) => list.at("orders", 0, "status") === "draft")
        assert.strictEqual(first.list.at("total"), 1)
        // What does not pass the filters changes nothing.
        yield* draft()
        yield* request("POST", `${path}/place`, { body: bodies.place })
        const second = yield* client.list((list) => list.at("orders", 0, "status") === "placed")
        assert.isAbove(Number(second.id), Number(first.id))
        yield* draft({ customerId })
        const third = yield* client.list((list) => list.at("total") === 2)
        const page = yield* read(`/orders?customerId=${customerId}&limit=1`)
        assert.deepStrictEqual(third.list.at("orders"), page.at("orders"))
        assert.strictEqual(
          client.lists().length,
          new Set(client.lists().map(({ list }) => JSON.stringify(list.value))).size
        )
      })
    )

    it.effect("begins again where it was left: what the client has is not sent, and nothing is missed", () =>
      Effect.gen(function* () {
        const customerId = newCustomer()
        yield* draft({ customerId })
        const query = `?customerId=${customerId}&sort=oldest`
        const before = yield* live(query)
        const { id } = yield* before.list((list) => list.at("total") === 1)
        const again = yield* live(query, { "last-event-id": id })
        yield* draft({ customerId })
        const next = yield* again.list(() => true)
        assert.strictEqual(next.list.at("total"), 2)
        // What happens while nobody listens is in the first list that comes.
        yield* draft({ customerId })
        const late = yield* live(query, { "last-event-id": next.id })
        const missed = yield* late.list((list) => list.at("total") === 3)
        assert.strictEqual(each(missed.list, "orders").length, 3)
        assert.isAbove(Number(missed.id), Number(next.id))
      })
    )

    it.effect("is refused like any other list", () =>
      Effect.gen(function* () {
        for (const [query, headers, field] of [
          ["?status=lost", {}, "status"],
          ["", { "last-event-id": "the last one" }, "last-event-id"],
          ["?cursor=abcd", {}, "cursor"]
        ] as const) {
          const { body, status } = yield* request("GET", `/orders/live${query}`, { headers })
          assert.deepStrictEqual([status, body.at("errors", 0, "field")], [400, field])
        }
      })
    )

    it.effect("is sent to so many clients at a time, and to another when one has left", () =>
      Effect.gen(function* () {
        const query = `?customerId=${newCustomer()}`
        const leaving = yield* Scope.make()
        yield* Scope.provide(live(query), leaving)
        yield* Effect.forEach(Array.from({ length: mostClients - 1 }), () => live(query), { concurrency: 8 })
        const refused = yield* Effect.repeat(live(query), {
          schedule: Schedule.recurs(5),
          until: ({ status }) => status === 503
        })
        assert.deepStrictEqual([refused.status, refused.headers["retry-after"]], [503, "5"])
        yield* Scope.close(leaving, Exit.void)
        const patience = Schedule.spaced("20 millis").pipe(Schedule.upTo({ duration: "10 seconds" }))
        const accepted = yield* Effect.repeat(live(query), {
          schedule: patience,
          until: ({ status }) => status === 200
        })
        assert.strictEqual(accepted.status, 200)
      })
    )
  })

  it.live("ends when the service does, which nobody who listens holds up", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const service = Context.get(yield* Layer.buildWithScope(Layer.fresh(TestService.layer()), scope), TestService)
      const client = yield* listen(`${service.url}/orders/live`)
      yield* client.list(() => true)
      const begun = yield* Clock.currentTimeMillis
      yield* Scope.close(scope, Exit.void)
      yield* client.ended
      assert.isBelow((yield* Clock.currentTimeMillis) - begun, 3_000)
    })
  )
})
