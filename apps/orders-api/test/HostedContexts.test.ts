/** Processes that host some contexts: what they serve, what they run, and whom they ask. */
import { assert, describe, it, layer } from "@effect/vitest"
import { DocumentsMemory } from "@eventfold/documents"
import { ConsistencyToken, EventId, EventStore, ExpectedVersion, layerMemory, StreamId } from "@eventfold/event-store"
import { ServiceRegistry, ServiceRegistryMemory } from "@eventfold/messaging"
import { DateTime, Effect, Exit, Layer, Redacted, Schedule, Scope } from "effect"
import { OpenApi } from "effect/http-api"
import * as DatabaseContexts from "../src/contexts/DatabaseContexts.ts"
import { type Hosted, hostedBy, modules } from "../src/contexts/Hosting.ts"
import { Api } from "../src/http/Api.ts"
import { hostable } from "../src/http/ServedBy.ts"
import { credential } from "../src/services/InOneProgram.ts"
import { Settings } from "../src/Settings.ts"
import { placed, reaches } from "./FulfilmentSamples.ts"
import { layer as services } from "./HostedServices.ts"
import { counts, newProduct, stocked } from "./InventorySamples.ts"
import { each, read, readyService, until } from "./Reading.ts"
import { uuid } from "./Samples.ts"
import { request, TestService } from "./TestService.ts"

const live = { excludeTestServices: true, timeout: 300_000 }

const inventory = {
  contexts: ["inventory"],
  serviceCredential: credential,
  services: [
    {
      namespace: "eventfold",
      service: "ordering",
      instance: "configured",
      version: "configured",
      endpoints: { http: "http://ordering.example:3001" }
    }
  ]
} as const

/** Made before anybody is asked: a connection that waits meanwhile would be closed. */
const whole = Object.keys(OpenApi.fromApi(Api).paths)

const ofService = { authorization: `Bearer ${Redacted.value(credential)}` }

const command = (name: string, payload: object, headers: Record<string, string> = {}) =>
  request("POST", `/service/commands/${name}`, {
    body: { tenant: "main", payload },
    headers: { "idempotency-key": uuid(), ...headers }
  })

describe("the modules of contexts", () => {
  it("are there for each context that can be hosted, and each is hosted where it is named", () => {
    assert.sameMembers(
      modules.map(({ name }) => name),
      [...hostable]
    )
    assert.deepStrictEqual(hostedBy({ contexts: "all" }), modules)
    const some = hostedBy({ contexts: ["payments", "ordering"] }).map(({ name }) => name)
    assert.deepStrictEqual(some, ["ordering", "payments"])
  })
})

describe("a process of inventory alone", () => {
  layer(
    readyService({ settings: inventory }),
    live
  )((it) => {
    it.effect("serves stock and what every process serves, and its OpenAPI document says no more", () =>
      Effect.gen(function* () {
        const productId = yield* stocked(4)
        assert.deepInclude(yield* counts(productId), { available: 4 })
        const served = Object.keys((yield* read("/openapi.json")).at("paths") ?? {})
        assert.includeMembers(served, ["/inventory", "/reservations", "/health", "/dead-letters"])
        assert.isEmpty(served.filter((path) => !whole.includes(path)))
        const elsewhere = served.filter((path) => /^\/(?:orders|payments|shipments|accounts|customers)/u.test(path))
        assert.deepStrictEqual(elsewhere, ["/orders/{id}/fulfilment"], "every process says what it runs for an order")
        const links = (yield* read("/")).at("links")
        assert.containsAllKeys(links, ["stock", "reservations", "health"])
        assert.doesNotHaveAnyKeys(links, ["orders", "payments", "accounts"])
      })
    )

    it.effect("says of a path of another context where it is, if that is known", () =>
      Effect.gen(function* () {
        const orders = yield* request("GET", "/orders")
        assert.strictEqual(orders.status, 404)
        assert.deepInclude(orders.body.value, {
          type: "urn:eventfold:problem:served-elsewhere",
          context: "ordering",
          addresses: ["http://ordering.example:3001"]
        })
        const payments = yield* request("POST", "/payments", { body: {} })
        assert.deepInclude(payments.body.value, { status: 404, context: "payments", addresses: [] })
        // Every process tells of what it runs for an order, and none but that of ordering knows which orders there are.
        const fulfilment = yield* request("GET", `/orders/order_${uuid()}/fulfilment`)
        assert.strictEqual(fulfilment.status, 200, fulfilment.text)
        assert.deepInclude(fulfilment.body.value, { sagas: [], processes: [] })
        const nowhere = yield* request("GET", "/nowhere")
        assert.deepInclude(nowhere.body.value, { status: 404, type: "urn:eventfold:problem:not-found" })
      })
    )

    it.effect("waits for what it has stored itself, and refuses the token of another service", () =>
      Effect.gen(function* () {
        yield* stocked(2)
        const asked = (log: string | undefined) => {
          const token = ConsistencyToken.encode({ tenant: "main", position: 1, streams: [], log })
          return request("GET", "/inventory", { headers: { "consistency-token": token } })
        }
        assert.strictEqual((yield* asked("inventory")).status, 200)
        for (const log of ["ordering", undefined]) {
          const refused = yield* asked(log)
          assert.strictEqual(refused.status, 400, refused.text)
          assert.include(refused.text, "must be a consistency token of the service that answers")
        }
      })
    )

    it.effect("runs what inventory brings, and nothing of others", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(each(yield* read("/processes"), "processes", "name"), ["reservation-expiry"])
        const projections = each(yield* read("/projections"), "projections", "name")
        assert.sameMembers(projections, ["stock_levels", "reservations", "sagas"])
        const health = yield* request("GET", "/health")
        assert.strictEqual(health.status, 200)
        assert.doesNotHaveAnyKeys(health.body.at("components"), ["notifications"])
      })
    )

    it.effect("handles commands of inventory for whoever has the credential, and no others", () =>
      Effect.gen(function* () {
        const productId = newProduct()
        const payload = { _tag: "ReceiveStock", productId, quantity: 3, occurredAt: "2026-01-05T10:00:00.000Z" }
        const id = { "idempotency-key": uuid() }
        for (const headers of [{}, { authorization: "Bearer of-somebody-else-who-has-no-business" }]) {
          assert.strictEqual((yield* command("inventory.ReceiveStock", payload, headers)).status, 401)
        }
        assert.strictEqual((yield* request("GET", `/inventory/${productId}`)).status, 404)
        const receive = command("inventory.ReceiveStock", payload, { ...ofService, ...id })
        for (const received of [yield* receive, yield* receive]) {
          assert.strictEqual(received.status, 200, received.text)
          assert.strictEqual(received.body.at("_tag"), "Answered")
        }
        assert.deepInclude(yield* counts(productId), { available: 3 })
        const other = yield* command("ordering.ApproveOrder", { _tag: "ApproveOrder" }, ofService)
        assert.deepStrictEqual([other.status, other.body.at("_tag")], [404, "UnknownMessage"])
      })
    )
  })
})

describe("a process with a registry where others look", () => {
  it.live("is registered there with each of its contexts while it runs, and not after it has ended", () =>
    Effect.gen(function* () {
      const registry = ServiceRegistry.make(ServiceRegistryMemory.driver())
      const contexts = ["inventory", "payments"] as const
      const serviceUrl = "http://10.0.0.7:3002"
      const settings = { contexts, serviceRegistry: "nats", serviceUrl, serviceCredential: credential } as const
      const registered = Effect.map(registry.list(), (found) =>
        found.map(({ endpoints, service }) => [service, endpoints["http"]])
      )
      const scope = yield* Scope.make()
      yield* Layer.buildWithScope(Layer.fresh(TestService.layer({ settings, registry })), scope)
      yield* Effect.repeat(registered, {
        schedule: Schedule.spaced("20 millis"),
        until: ({ length }) => length === 2
      }).pipe(Effect.timeout("20 seconds"))
      assert.deepStrictEqual(yield* registered, [
        ["inventory", serviceUrl],
        ["payments", serviceUrl]
      ])
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(yield* registered, [])
    })
  )
})

describe("a process that hosts everything", () => {
  layer(
    readyService(),
    live
  )((it) => {
    it.effect("answers no other service when it has no credential", () =>
      Effect.gen(function* () {
        const answer = yield* command("inventory.ReceiveStock", {}, ofService)
        assert.deepStrictEqual([answer.status, answer.body.at("type")], [404, "urn:eventfold:problem:not-found"])
      })
    )
  })
})

describe("processes that host a part each", () => {
  layer(
    services([["ordering", "catalog", "customers", "accounts", "payments", "shipping"], ["inventory"]], {
      fulfilment: "orchestrated"
    }),
    live
  )((it) => {
    it.effect("send each other commands: the saga of an order reserves stock in another store", () =>
      Effect.gen(function* () {
        const order = yield* placed()
        yield* reaches(order.path, "approved")
        assert.deepInclude(yield* counts(order.productId), { available: 8, reserved: 2 })
        const short = yield* placed({ stock: 1 })
        yield* reaches(short.path, "cancelled")
        assert.deepInclude(yield* counts(short.productId), { available: 1, reserved: 0 })
        const forecast = yield* until(`/inventory/forecast?productId=${order.productId}`, (body) =>
          body.all("forecasts").some((one) => one.at("sold") === 2)
        )
        assert.deepInclude(forecast.at("forecasts", 0), { available: 8, soldPerDay: 0.07, daysLeft: 112 })
        yield* until("/health", (body) =>
          body.all("components", "breakers", "breakers").some((one) => one.at("breaker") === "service:inventory")
        )
      })
    )
  })
})

describe("a database", () => {
  const memory = Layer.fresh(Layer.merge(layerMemory, DocumentsMemory.layerMemory))
  const claimed = (contexts: Hosted) =>
    Effect.provideService(DatabaseContexts.claim, Settings, Settings.make({ contexts }))

  for (const [first, second] of [
    ["all", ["inventory"]],
    [["inventory"], "all"],
    [["inventory"], ["inventory", "payments"]],
    [["inventory"], ["payments"]]
  ] as const) {
    it.effect(`for ${String(first)} is refused to ${String(second)}, and stays as it is`, () =>
      Effect.gen(function* () {
        yield* claimed(first)
        const refused = yield* Effect.flip(claimed(second))
        assert.strictEqual(refused._tag, "DatabaseOfOtherContexts")
        assert.include(refused.message, `it is to host ${String(second)}; the database is for ${String(first)}`)
        yield* claimed(first)
      }).pipe(Effect.provide(memory))
    )
  }

  it.effect("is for the contexts of one of two who start at the same moment", () =>
    Effect.gen(function* () {
      const both = [claimed(["inventory"]), claimed(["payments"])].map(Effect.result)
      const ends = yield* Effect.all(both, { concurrency: 2 })
      assert.strictEqual(ends.filter(({ _tag }) => _tag === "Success").length, 1)
    }).pipe(Effect.provide(memory))
  )

  it.effect("that was in use before there was a choice is for all contexts", () =>
    Effect.gen(function* () {
      const event = {
        id: EventId.make(1),
        type: "Told",
        schemaVersion: 1,
        data: {},
        metadata: {},
        occurredAt: yield* DateTime.now
      }
      const store = yield* EventStore
      yield* store.append(StreamId.make("main", "told", "1"), ExpectedVersion.Any, [event])
      assert.strictEqual((yield* Effect.flip(claimed(["inventory"])))._tag, "DatabaseOfOtherContexts")
      yield* claimed("all")
    }).pipe(Effect.provide(memory))
  )
})
