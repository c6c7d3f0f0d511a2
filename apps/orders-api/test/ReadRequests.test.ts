/** Questions that demand what a command did, and what is answered when it cannot be had. */
import { assert, describe, layer } from "@effect/vitest"
import { ConsistencyToken, StreamId } from "@eventfold/event-store"
import { Effect, Fiber } from "effect"
import { open } from "./AccountSamples.ts"
import { after, afterPosition, read, readyService } from "./Reading.ts"
import { bodies, draft, orderThrough, uuid } from "./Samples.ts"
import { append, drafted, newOrderId, undecodable } from "./StoredOrders.ts"
import { request } from "./TestService.ts"

const live = { excludeTestServices: true }

describe("a question that hands over what a command has answered", () => {
  layer(
    readyService(),
    live
  )((it) => {
    it.effect("is answered with all of it, whichever read model it asks", () =>
      Effect.gen(function* () {
        const customerId = `customer_${uuid()}`
        const { path } = yield* draft({ customerId })
        yield* request("POST", `${path}/place`, { body: { ...bodies.place, occurredAt: "2024-05-17T09:30:00Z" } })
        const ordered = after(yield* request("POST", `${path}/approve`, { body: bodies.approve }))
        const orderId = path.replace("/orders/", "")
        assert.strictEqual((yield* read(`/orders?customerId=${customerId}`, ordered)).at("orders", 0, "version"), 4)
        assert.strictEqual((yield* read(`/orders/search?q=${orderId}`, ordered)).at("total"), 1)
        assert.strictEqual((yield* read(`${path}/details`, ordered)).at("status"), "approved")
        assert.strictEqual((yield* read("/shipping-queue", ordered)).at("orders", 0, "orderId"), orderId)
        assert.strictEqual((yield* read(`/customers/${customerId}/dashboard`, ordered)).at("totals", 0, "active"), 1)
        for (const path of ["/sales/days", "/sales/products", "/sales/regions", "/sales/segments", "/customers/top"]) {
          assert.strictEqual((yield* read(`${path}?currency=EUR`, ordered)).at("total"), 1, path)
        }
        const account = yield* open({ owner: "Philippa Unparalleled" })
        const paid = after(
          yield* request("POST", `${account.path}/deposits`, { body: { money: { amount: 5, currency: "JPY" } } })
        )
        const owner = encodeURIComponent("Philippa Unparalleled")
        assert.strictEqual(
          (yield* read(`/accounts?owner=${owner}`, paid)).at("accounts", 0, "balances", 1, "amount"),
          5
        )
        assert.strictEqual((yield* read(`/accounts/search?q=${owner}`, paid)).at("total"), 1)
        assert.deepStrictEqual((yield* read("/accounts/volume", paid)).at("volumes", 0, "deposited"), {
          amount: 5,
          currency: "JPY"
        })
      })
    )

    it.effect.each<readonly [what: string, token: string, rule: string]>([
      ["a text that is none", "nonsense", "must be a consistency token, as a command has answered it"],
      ["another alphabet", "no token!", "must be a consistency token, as a command has answered it"],
      [
        "one of another tenant",
        ConsistencyToken.encode({ tenant: "other", position: 1, streams: [] }),
        "must be a consistency token of the same tenant"
      ]
    ])("is refused for a token that is no good: %s", ([, token, rule]) =>
      Effect.gen(function* () {
        const { body, status } = yield* request("GET", "/orders", { headers: { "consistency-token": token } })
        assert.deepStrictEqual([status, body.at("errors")], [400, [{ in: "header", field: "consistency-token", rule }]])
      })
    )

    it.effect.each(["-1", "5001", "1.5", "soon", ""])("is refused for a wait out of range: '%s'", (wait) =>
      Effect.gen(function* () {
        for (const path of ["/orders", "/accounts/volume", `/customers/${uuid()}/dashboard`]) {
          const { body, status } = yield* request("GET", `${path}?wait=${wait}`)
          const rule = "must be a whole number of milliseconds from 0 to 5000"
          assert.deepStrictEqual([status, body.at("errors")], [400, [{ in: "query", field: "wait", rule }]])
        }
      })
    )

    it.effect.each<readonly [path: string, field: string]>([
      ["/orders?limit=0", "limit"],
      ["/orders?limit=101", "limit"],
      ["/orders?cursor=bm9uZQ", "cursor"],
      ["/orders?cursor=%20", "cursor"],
      ["/orders?sort=best", "sort"],
      ["/orders?status=lost", "status"],
      ["/orders?currency=EURO", "currency"],
      ["/orders?minTotal=-1", "minTotal"],
      ["/orders?maxTotal=12.50", "maxTotal"],
      ["/orders?placedFrom=yesterday", "placedFrom"],
      ["/orders?customer=x", "customer"],
      ["/orders/search", "q"],
      ["/orders/search?q=", "q"],
      ["/orders/search?q=...", "q"],
      ["/sales/days", "currency"],
      ["/sales/days?currency=EUR&from=2024-02-30", "from"],
      ["/accounts?highBalance=yes", "highBalance"],
      ["/accounts/search?tag=best", "tag"],
      ["/dead-letters?state=lost", "state"],
      ["/dead-letters?cursor=nonsense", "cursor"]
    ])("is refused with the name of what is wrong in it: %s", ([path, field]) =>
      Effect.gen(function* () {
        const { body, status } = yield* request("GET", path)
        assert.deepStrictEqual([status, body.at("errors", "length"), body.at("errors", 0, "field")], [400, 1, field])
        assert.match(body.text("errors", 0, "rule"), /^(?:must be|is required|is not known)/u)
        assert.strictEqual(body.at("detail"), `${field} (query) ${body.text("errors", 0, "rule")}`)
      })
    )

    it.effect("has a cursor refused that belongs to another order of the rows", () =>
      Effect.gen(function* () {
        yield* draft()
        const { answer } = yield* draft()
        const cursor = (yield* read("/orders?limit=1", after(answer))).text("nextCursor")
        const { body, status } = yield* request("GET", `/orders?sort=total&cursor=${cursor}`)
        assert.deepStrictEqual([status, body.at("errors", 0, "field")], [400, "cursor"])
      })
    )
  })
})

describe("a read model that is behind", () => {
  layer(
    readyService(),
    live
  )((it) => {
    it.effect("says so, refuses whoever demands more, and none else; in time it answers", () =>
      Effect.gen(function* () {
        const first = yield* draft()
        yield* read("/orders", after(first.answer))
        assert.strictEqual((yield* request("POST", "/projections/order_list/stop")).body.at("state"), "stopped")
        const second = yield* draft()
        const headers = after(second.answer)

        const late = yield* request("GET", "/orders?wait=0", { headers })
        assert.deepStrictEqual([late.status, late.headers["retry-after"]], [503, "1"])
        assert.deepInclude(late.body.value, { type: "urn:eventfold:problem:unavailable", reason: "behind" })
        assert.match(late.body.text("detail"), /order_list has not reached position \d+ yet/u)
        assert.strictEqual((yield* request("GET", "/orders?wait=50", { headers })).status, 503)
        const careless = yield* request("GET", "/orders?wait=0")
        assert.deepStrictEqual([careless.status, careless.headers["up-to-date"]], [200, "false"])
        assert.deepInclude(careless.body.value, { total: 1, upToDate: false })
        // Others follow the log by themselves.
        const other = yield* request("GET", `${second.path}/details`, { headers })
        assert.deepStrictEqual([other.status, other.headers["up-to-date"]], [200, "true"])

        const waiting = yield* Effect.forkChild(request("GET", "/orders", { headers }))
        assert.strictEqual((yield* request("POST", "/projections/order_list/start")).status, 200)
        const answer = yield* Fiber.join(waiting)
        assert.deepStrictEqual([answer.status, answer.body.at("total")], [200, 2])
      })
    )

    it.effect("refuses at once whoever demands what is held back, and names it", () =>
      Effect.gen(function* () {
        const orderId = newOrderId()
        yield* append("order", orderId, drafted(orderId))
        const position = yield* append("order", orderId, undecodable)
        const other = yield* orderThrough("place")
        yield* read("/orders", afterPosition(position))
        const headers = afterPosition(position, StreamId.make("main", "order", orderId))
        const { body, headers: answered, status } = yield* request("GET", "/orders", { headers })
        assert.deepStrictEqual([status, answered["retry-after"]], [503, "60"])
        assert.strictEqual(body.at("reason"), "held")
        assert.include(body.text("detail"), `order/${orderId}`)
        assert.strictEqual((yield* request("GET", `${other}/details`)).status, 200)
      })
    )
  })
})
