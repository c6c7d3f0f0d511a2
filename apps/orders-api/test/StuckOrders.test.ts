/** An order whose event cannot be decoded, as users and operators see it over HTTP: before, meanwhile and repaired. */
import { assert, layer } from "@effect/vitest"
import { type EventRepairs, layerMemory } from "@eventfold/event-store"
import { Context, Effect, Exit, Layer, Schedule, Scope } from "effect"
import * as OrderListMemory from "../src/queries/OrderListMemory.ts"
import type * as Service from "../src/Service.ts"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import type { Json } from "./Json.ts"
import { bodies, mug } from "./Samples.ts"
import * as ServerPorts from "./ServerPorts.ts"
import { added, append, drafted, newOrderId, repair, summaryOf, unknown } from "./StoredOrders.ts"
import { TestService } from "./TestService.ts"

type Request = TestService["Service"]["request"]

const patience = Schedule.spaced("50 millis").pipe(Schedule.upTo({ duration: "30 seconds" }))

/** Asks until the answer is as it should be; the last answer in any case. */
const until = (request: Request, path: string, wanted: (body: Json) => boolean) =>
  Effect.map(
    Effect.repeat(request("GET", path), { schedule: patience, until: ({ body }) => wanted(body) }),
    ({ body }) => body
  )

const list = "/orders?limit=100"

const rowOf = (body: Json, orderId: string) => body.all("orders").find((row) => row.at("orderId") === orderId)

const detailOf = (request: Request) =>
  Effect.map(request("GET", "/health"), ({ body, status }) => {
    assert.strictEqual(status, 200)
    return [
      body.at("status"),
      body.at("components", "orderList", "status"),
      body.text("components", "orderList", "detail")
    ]
  })

const expectWell = Effect.fnUntraced(function* (request: Request) {
  const body = yield* until(request, "/health", (health) => health.at("status") === "up")
  assert.deepInclude(body.at("components", "orderList"), { status: "up", pendingEvents: 0, lagMillis: 0 })
  assert.isUndefined(body.at("components", "orderList", "detail"))
})

/** A service over the ports of the test, until the scope or the test ends. */
const running = (scope?: Scope.Scope) =>
  Effect.gen(function* () {
    const service = Layer.fresh(TestService.layer({ ports: Layer.effectContext(Effect.context<Service.Ports>()) }))
    const built = scope === undefined ? Layer.build(service) : Layer.buildWithScope(service, scope)
    return Context.get(yield* built, TestService)
  })

const linesAbout = ({ log }: TestService["Service"], text: string) => log.filter((line) => line.includes(text))

const suite = <E>(name: string, ports: Layer.Layer<Service.Ports | EventRepairs, E>) =>
  layer(ports, { excludeTestServices: true, timeout: 60_000 })(`an order that is stuck ${name}`, (it) => {
    it.effect(
      "keeps nothing else from the list, is reported with position and cause, and shown when it is repaired",
      () =>
        Effect.gen(function* () {
          const service = yield* running()
          const { request } = service
          const stuck = newOrderId()
          yield* append("order", stuck, drafted(stuck))
          const position = yield* append("order", stuck, unknown)
          yield* append("order", stuck, added(stuck, 2))
          const body = { customerId: "customer_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55", currency: "EUR", items: [mug] }
          const other = (yield* request("POST", "/orders", { body })).body.text("orderId")
          yield* request("POST", `/orders/${other}/place`, { body: bodies.place })

          const before = (yield* request("GET", list)).body
          assert.deepInclude(rowOf(before, other)?.value, { status: "placed", version: 3 })
          assert.deepInclude(rowOf(before, stuck)?.value, { status: "draft", version: 1, lineCount: 0 })
          // Something that was stored is missing.
          assert.isFalse(before.at("upToDate"))
          const event = `event OrderTeleported v1 at position ${position} (main/order/${stuck}, version 2)`
          assert.deepStrictEqual(yield* detailOf(request), [
            "degraded",
            "degraded",
            `1 order is stuck: ${event} cannot be decoded: no schema has this name`
          ])
          assert.strictEqual((yield* request("GET", "/health")).body.at("components", "orderList", "pendingEvents"), 0)
          // The history of that order can still be read.
          const history = yield* request("GET", `/orders/${stuck}/events`)
          assert.match(history.body.text("events", 1, "summary"), /^OrderTeleported, in a form that this version/u)

          yield* repair(stuck, 2, added(stuck, 1))
          const after = yield* until(request, list, (page) => page.at("upToDate") === true)
          assert.deepInclude(rowOf(after, stuck)?.value, { version: 3, lineCount: 1 })
          assert.deepStrictEqual(rowOf(after, stuck)?.at("total"), { amount: 5000, currency: "EUR" })
          assert.strictEqual((yield* summaryOf(stuck))?.version, 3)
          yield* expectWell(request)
          const reported = linesAbout(service, "holds one order back")
          assert.strictEqual(reported.length, 1)
          assert.include(reported[0], event)
          assert.include(reported[0], "no schema has this name")
          assert.strictEqual(linesAbout(service, `goes on with main/order/${stuck}`).length, 1)
        })
    )

    it.effect("is known to a service that starts anew, counted with others, and needs no new event to be shown", () =>
      Effect.gen(function* () {
        const [one, two] = [newOrderId(), newOrderId()]
        const scope = yield* Scope.make()
        const first = yield* running(scope)
        const position = yield* append("order", one, unknown, added(one, 1))
        yield* append("order", two, drafted(two), unknown)
        assert.isFalse((yield* first.request("GET", list)).body.at("upToDate"))
        yield* Scope.close(scope, Exit.void)

        const second = yield* running()
        const details = yield* detailOf(second.request)
        assert.match(
          String(details[2]),
          new RegExp(`^2 orders are stuck, the first of them: .* at position ${position - 1} `, "u")
        )
        const listed = (yield* second.request("GET", list)).body
        assert.isFalse(listed.at("upToDate"))
        assert.isUndefined(rowOf(listed, one))

        yield* repair(one, 1, drafted(one))
        const halfWell = yield* until(second.request, list, (page) => rowOf(page, one) !== undefined)
        assert.deepInclude(rowOf(halfWell, one)?.value, { version: 2, lineCount: 1 })
        assert.match(String((yield* detailOf(second.request))[2]), /^1 order is stuck: /u)
        yield* repair(two, 2, added(two, 1))
        yield* expectWell(second.request)
        assert.isTrue((yield* second.request("GET", list)).body.at("upToDate"))
        // It was reported by the service that found it.
        assert.strictEqual(linesAbout(first, "holds one order back").length, 2)
        assert.strictEqual(linesAbout(second, "holds one order back").length, 0)
      })
    )

    it.effect("is taken in once by two services that share the list", () =>
      Effect.gen(function* () {
        const [left, right] = [yield* running(), yield* running()]
        const ids = Array.from({ length: 10 }, newOrderId)
        for (const id of ids) yield* append("order", id, drafted(id), unknown, added(id, 2))
        for (const { request } of [left, right]) assert.isFalse((yield* request("GET", list)).body.at("upToDate"))
        for (const id of ids) yield* repair(id, 2, added(id, 1))
        for (const { request } of [left, right]) {
          const page = yield* until(request, list, (page) => page.at("upToDate") === true)
          for (const id of ids) assert.deepInclude(rowOf(page, id)?.value, { version: 3, lineCount: 1 })
          yield* expectWell(request)
        }
        const told = (text: string) => [left, right].flatMap((service) => linesAbout(service, text)).length
        assert.deepStrictEqual([told("holds one order back"), told("goes on with")], [10, 10])
      })
    )
  })

suite("in memory", Layer.merge(layerMemory, OrderListMemory.layerMemory))
suite("in an embedded database", EmbeddedPorts.layer)
suite("on a PostgreSQL server", ServerPorts.layer)
