/** The gateway before two services, one of which hosts inventory and the other one everything else. */
import { assert, describe, it } from "@effect/vitest"
import { Api, type Hostable, hostable } from "@eventfold/orders-api"
import { Effect, Option, Stream } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { OpenApi } from "effect/http-api"
import { ask, gateway, nobody, services } from "./Behind.ts"

const others: ReadonlyArray<Hostable> = hostable.filter((context) => context !== "inventory")

const plan = [others, ["inventory"]] as const

const uuid = "0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55"

/** A value as it is in JSON. */
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const field = (value: unknown, ...path: ReadonlyArray<string | number>): unknown =>
  path.reduce<unknown>((part, key) => (part as Record<string | number, unknown> | undefined)?.[key], value)

const names = (value: unknown, list: string, name: string) =>
  (field(value, list) as ReadonlyArray<unknown>).map((one) => String(field(one, name)))

/** Asks until the answer is as it should be. */
const until = <A, E>(asking: Effect.Effect<A, E>, isRight: (answer: A) => boolean) =>
  asking.pipe(
    Effect.filterOrFail(isRight, (answer) => answer),
    Effect.tapError(() => Effect.sleep("20 millis")),
    Effect.eventually,
    Effect.timeout("20 seconds")
  )

describe("the gateway before several services", () => {
  it.live("is one address: stock and orders, each with the service that has them, and their tokens", () =>
    Effect.gen(function* () {
      const { ask } = yield* gateway(yield* services(plan))
      const stock = `/inventory/product_${uuid}`
      assert.strictEqual((yield* ask("GET", stock)).status, 404)
      const received = yield* ask("POST", `${stock}/receipts`, { quantity: 7 })
      assert.strictEqual(received.status, 200, received.text)
      const available = yield* ask("GET", stock)
      assert.deepInclude(available.json, { available: 7, onHand: 7 })
      const drafted = yield* ask("POST", "/orders", { customerId: `customer_${uuid}`, currency: "EUR" })
      assert.strictEqual(drafted.status, 201, drafted.text)
      const path = drafted.headers["location"] ?? ""
      assert.strictEqual((yield* ask("GET", path)).status, 200)
      // What inventory has stored is a place in its log, for which ordering would wait in vain.
      const token = received.headers["consistency-token"] ?? ""
      assert.match(token, /^inventory_/u)
      const same = yield* until(
        ask("GET", "/inventory", undefined, { "consistency-token": token }),
        ({ status }) => status === 200
      )
      assert.strictEqual(names(same.json, "stock", "productId").length, 1)
      assert.strictEqual((yield* ask("GET", "/orders", undefined, { "consistency-token": token })).status, 200)
      const own = drafted.headers["consistency-token"] ?? ""
      const list = yield* ask("GET", "/orders", undefined, { "consistency-token": own })
      assert.strictEqual(names(list.json, "orders", "orderId").length, 1, list.text)
      // The service that has the orders has the payments, too.
      assert.strictEqual((yield* ask("GET", `${path}/payments`, undefined, { "consistency-token": own })).status, 200)
    }).pipe(Effect.scoped)
  )

  it.live("repeats a command with the same key as one", () =>
    Effect.gen(function* () {
      const { ask } = yield* gateway(yield* services(plan))
      const stock = `/inventory/product_${uuid}`
      const headers = { "idempotency-key": "0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e99" }
      const first = yield* ask("POST", `${stock}/receipts`, { quantity: 7 }, headers)
      const second = yield* ask("POST", `${stock}/receipts`, { quantity: 7 }, headers)
      assert.deepStrictEqual(second.json, first.json)
      assert.deepInclude((yield* ask("GET", stock)).json, { onHand: 7 })
    }).pipe(Effect.scoped)
  )

  it.live("has one description, that of a service with every context, and one page of it", () =>
    Effect.gen(function* () {
      const { ask } = yield* gateway(yield* services([hostable]))
      const { info, ...description } = (yield* ask("GET", "/openapi.json")).json as Record<string, unknown>
      const { info: _, ...whole } = json(OpenApi.fromApi(Api)) as Record<string, unknown>
      assert.deepStrictEqual(description, whole)
      assert.strictEqual(field(info, "title"), "eventfold gateway")
      const docs = yield* ask("GET", "/docs")
      assert.match(docs.headers["content-type"] ?? "", /^text\/html/u)
      const index = yield* ask("GET", "/")
      assert.include(field(index.json, "contexts", "inventory") as ReadonlyArray<string>, "/reservations")
      assert.strictEqual((yield* ask("GET", "/asyncapi.json")).status, 200)
      const found = yield* ask("GET", "/services")
      assert.strictEqual(field(found.json, "services", 0, "address"), "/services/ordering")
      assert.sameMembers(field(found.json, "services", 0, "contexts") as Array<Hostable>, [...hostable])
    }).pipe(Effect.scoped)
  )

  it.live("tells how all of it is, and works as long as one context does", () =>
    Effect.gen(function* () {
      const found = yield* services(plan)
      const well = yield* gateway(found)
      yield* until(well.ask("GET", "/health"), (answer) => field(answer.json, "status") === "up")
      const { inventory: _, ...rest } = found
      const half = yield* gateway({ ...rest, inventory: yield* nobody })
      const ailing = yield* half.ask("GET", "/health")
      assert.deepStrictEqual([ailing.status, field(ailing.json, "status")], [200, "degraded"])
      assert.deepInclude(field(ailing.json, "components", "inventory"), {
        status: "down",
        detail: "there is no connection to it, or it broke"
      })
      assert.deepInclude(field(ailing.json, "components", "ordering"), { status: "up" })
      const nothing = yield* gateway({ inventory: yield* nobody })
      const down = yield* nothing.ask("GET", "/health")
      assert.deepStrictEqual([down.status, field(down.json, "status")], [503, "down"])
      assert.strictEqual(field(down.json, "components", "ordering", "detail"), "nobody serves it")
    }).pipe(Effect.scoped)
  )

  it.live("puts lists together, finds one thing, and names the addresses of the rest", () =>
    Effect.gen(function* () {
      const found = yield* services(plan)
      const { ask: asked } = yield* gateway(found)
      yield* until(asked("GET", "/ready"), ({ status }) => status === 200)
      const all = names((yield* asked("GET", "/projections")).json, "projections", "name")
      const own = yield* asked("GET", "/services/inventory/projections")
      const ofInventory = names(own.json, "projections", "name")
      const direct = yield* ask(`${found.inventory ?? ""}/projections`, "GET")
      assert.sameMembers(ofInventory, names(direct.json, "projections", "name"))
      assert.includeMembers(all, ["order_list", ...ofInventory])
      assert.isAbove(all.length, ofInventory.length)
      for (const name of ["order_list", "stock_levels"]) {
        const one = yield* asked("GET", `/projections/${name}`)
        assert.deepStrictEqual([one.status, field(one.json, "name")], [200, name], one.text)
      }
      assert.strictEqual((yield* asked("GET", "/projections/nothing")).status, 404)
      assert.strictEqual((yield* asked("GET", `/sagas/order_${uuid}`)).status, 404)
      const statistics = yield* asked("GET", "/sagas/statistics")
      assert.deepInclude(statistics.json, { active: 0, completionRate: 1 })
      for (const [method, path] of [
        ["GET", "/audit"],
        ["GET", "/dead-letters"],
        ["POST", "/projections/order_list/stop"]
      ] as const) {
        const { headers, json: told, status } = yield* asked(method, path)
        assert.strictEqual(status, 400)
        assert.match(headers["content-type"] ?? "", /^application\/problem\+json/u)
        assert.strictEqual(field(told, "type"), "urn:eventfold:problem:ask-one-service")
        assert.sameMembers(field(told, "addresses") as Array<string>, [
          `/services/ordering${path}`,
          `/services/inventory${path}`
        ])
        assert.notStrictEqual((yield* asked(method, `/services/ordering${path}`)).status, 400)
      }
      const cellar = yield* asked("GET", "/services/cellar/projections")
      assert.deepStrictEqual([cellar.status, field(cellar.json, "name")], [404, "cellar"])
    }).pipe(Effect.scoped)
  )

  it.live("has a person forgotten by every service, and says when one has not", () =>
    Effect.gen(function* () {
      const found = yield* services(plan)
      const whole = yield* gateway(found)
      const subject = `customer_${uuid}`
      const status = `/privacy/forgotten-subjects/${subject}`
      const wish = { subject, reason: "requested" }
      const half = yield* gateway({ ...found, inventory: yield* nobody })
      const undone = yield* half.ask("POST", "/privacy/forgotten-subjects", wish)
      assert.strictEqual(undone.status, 503)
      assert.include(String(field(undone.json, "detail")), "in ordering, and not yet in inventory")
      assert.strictEqual((yield* half.ask("GET", status)).status, 503)
      assert.deepInclude((yield* whole.ask("GET", status)).json, { subject, forgotten: false })
      const done = yield* whole.ask("POST", "/privacy/forgotten-subjects", wish)
      assert.deepInclude(done.json, { subject, forgotten: true })
      assert.deepInclude((yield* whole.ask("GET", status)).json, { subject, forgotten: true })
      for (const url of Object.values(found)) {
        assert.deepInclude((yield* ask(`${url}${status}`, "GET")).json, { forgotten: true })
      }
      const wrong = yield* whole.ask("POST", "/privacy/forgotten-subjects", { subject: 1 })
      assert.deepStrictEqual([wrong.status, field(wrong.json, "type")], [400, "urn:eventfold:problem:invalid-request"])
    }).pipe(Effect.scoped)
  )

  it.live("tells the list of orders as it changes", () =>
    Effect.gen(function* () {
      const { ask, url } = yield* gateway(yield* services(plan))
      yield* until(ask("GET", "/ready"), ({ status }) => status === 200)
      const client = HttpClient.withScope(yield* HttpClient.HttpClient)
      const { stream } = yield* client.get(`${url}/orders/live?limit=1`)
      const first = yield* stream.pipe(Stream.decodeText(), Stream.runHead)
      assert.include(
        Option.getOrElse(first, () => ""),
        "event: orders"
      )
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )
})
