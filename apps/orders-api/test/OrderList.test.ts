import { EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { OrderId } from "@eventfold/shared-kernel"
import { assert, describe, layer } from "@effect/vitest"
import { Context, DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as Service from "../src/Service.ts"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import type { Json } from "./Json.ts"
import { bodies, draft, mug, uuid } from "./Samples.ts"
import * as ServerPorts from "./ServerPorts.ts"
import { added, append, drafted } from "./StoredOrders.ts"
import { request, TestService } from "./TestService.ts"

const live = { excludeTestServices: true, timeout: 60_000 }

const idsOf = (body: Json) => body.all("orders").map((order) => order.text("orderId"))

const suite = <E>(name: string, ports: Layer.Layer<Service.Ports, E>) =>
  describe(`the list of orders ${name}`, () => {
    layer(
      TestService.layer({ ports }),
      live
    )((it) => {
      it.effect("shows an order as it is right after the command that changed it", () =>
        Effect.gen(function* () {
          const customerId = `customer_${uuid()}`
          const { path } = yield* draft({ customerId })
          const list = () => request("GET", `/orders?customerId=${customerId}`)
          const first = yield* list()
          assert.strictEqual(first.status, 200)
          assert.isTrue(first.body.at("upToDate"))
          assert.deepInclude(first.body.at("orders", 0), { status: "draft", version: 2, lineCount: 1 })
          yield* request("POST", `${path}/place`, { body: { ...bodies.place, occurredAt: "2024-05-17T09:30:00Z" } })
          const { body } = yield* list()
          assert.deepInclude(body.at("orders", 0), {
            orderId: path.replace("/orders/", ""),
            customerId,
            status: "placed",
            version: 3,
            total: { amount: 2500, currency: "EUR" },
            placedAt: "2024-05-17T09:30:00.000Z"
          })
        })
      )

      it.effect("is read page by page, the newest first, each order once, while new ones come in", () =>
        Effect.gen(function* () {
          const customerId = `customer_${uuid()}`
          const ids: Array<string> = []
          for (let count = 0; count < 7; count++)
            ids.unshift((yield* draft({ customerId })).answer.body.text("orderId"))
          const seen: Array<string> = []
          let cursor: unknown
          do {
            const at = typeof cursor === "string" ? `&cursor=${cursor}` : ""
            const { body } = yield* request("GET", `/orders?customerId=${customerId}&limit=3${at}`)
            seen.push(...idsOf(body))
            cursor = body.at("nextCursor")
            yield* draft({ customerId })
          } while (cursor !== undefined)
          assert.deepStrictEqual(seen, ids)
        })
      )

      it.effect("has no next page when the page ends just at the end", () =>
        Effect.gen(function* () {
          const customerId = `customer_${uuid()}`
          yield* draft({ customerId })
          yield* draft({ customerId })
          const { body } = yield* request("GET", `/orders?customerId=${customerId}&limit=2`)
          assert.strictEqual(idsOf(body).length, 2)
          assert.isUndefined(body.at("nextCursor"))
        })
      )

      it.effect("is filtered by customer and by status", () =>
        Effect.gen(function* () {
          const customerId = `customer_${uuid()}`
          const [one, two] = [yield* draft({ customerId }), yield* draft({ customerId })]
          yield* request("POST", `${one.path}/cancel`, { body: bodies.cancel })
          const cancelled = yield* request("GET", `/orders?customerId=${customerId}&status=cancelled`)
          assert.deepStrictEqual(idsOf(cancelled.body), [one.answer.body.at("orderId")])
          const drafts = yield* request("GET", `/orders?customerId=${customerId}&status=draft`)
          assert.deepStrictEqual(idsOf(drafts.body), [two.answer.body.at("orderId")])
          const all = yield* request("GET", "/orders?limit=100&status=cancelled")
          assert.isTrue(all.body.all("orders").every((order) => order.at("status") === "cancelled"))
        })
      )

      it.effect("takes in what others stored, in many batches, and passes over what are no orders", () =>
        Effect.gen(function* () {
          const customerId = `customer_${uuid()}`
          const ids = Array.from({ length: 60 }, () => `order_${uuid()}`)
          for (const orderId of ids) {
            const items = Array.from({ length: 19 }, (_, index) => added(orderId, index + 1))
            yield* append("order", orderId, drafted(orderId, customerId), ...items)
            yield* append("parcel", uuid(), ["ParcelWeighed", { grams: 1 }])
          }
          const { body } = yield* request("GET", `/orders?customerId=${customerId}&limit=100`)
          assert.deepStrictEqual(idsOf(body), ids.toReversed())
          assert.isTrue(
            body.all("orders").every((order) => order.at("version") === 20 && order.at("total", "amount") === 47_500)
          )
        })
      )

      it.effect("belongs to one tenant", () =>
        Effect.gen(function* () {
          const store = yield* EventStore
          const [orderId, customerId] = [OrderId.fromUuid(uuid()), `customer_${uuid()}`]
          yield* store.append(StreamId.make("other", "order", orderId), ExpectedVersion.NoStream, [
            {
              id: uuid(),
              type: "OrderDrafted",
              schemaVersion: 1,
              occurredAt: DateTime.makeUnsafe("2024-05-17T09:30:00Z"),
              data: { orderId, customerId, currency: "EUR" },
              metadata: {}
            }
          ])
          const { body } = yield* request("GET", `/orders?customerId=${customerId}`)
          assert.deepStrictEqual(body.value, { orders: [], upToDate: true })
          assert.strictEqual((yield* request("GET", `/orders/${orderId}`)).status, 404)
        })
      )
    })
  })

suite("in memory", Service.portsMemory)
suite("in an embedded database", EmbeddedPorts.layer)
suite("on a PostgreSQL server", ServerPorts.layer)

describe("the list of orders of two services on one PostgreSQL server", () => {
  layer(
    ServerPorts.layer,
    live
  )((it) => {
    const service = Layer.fresh(TestService.layer({ ports: Layer.effectContext(Effect.context<Service.Ports>()) }))

    it.effect("is taken in once by two services that share it", () =>
      Effect.gen(function* () {
        const customerId = `customer_${uuid()}`
        const [one, two] = [yield* running(service), yield* running(service)]
        const list = `/orders?customerId=${customerId}&limit=100`
        const body = { customerId, currency: "EUR", items: [mug] }
        yield* Effect.forEach(
          Array.from({ length: 20 }),
          () =>
            Effect.all(
              [
                Effect.andThen(one.request("POST", "/orders", { body }), two.request("GET", list)),
                Effect.andThen(two.request("POST", "/orders", { body }), one.request("GET", list))
              ],
              { concurrency: 2 }
            ),
          { concurrency: 2, discard: true }
        )
        const [left, right] = [yield* one.request("GET", list), yield* two.request("GET", list)]
        assert.strictEqual(new Set(idsOf(left.body)).size, 40)
        assert.deepStrictEqual(left.body.value, right.body.value)
        assert.isTrue(left.body.all("orders").every((order) => order.at("version") === 2))
      })
    )

    it.effect("is built again from the events when it is emptied", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { request } = yield* running(service)
        const before = yield* request("GET", "/orders?limit=100")
        assert.isAtLeast(idsOf(before.body).length, 40)
        yield* sql`delete from orders_api.order_list`
        yield* sql`update orders_api.checkpoints set position = 0`
        const after = yield* request("GET", "/orders?limit=100")
        assert.deepStrictEqual(after.body.value, before.body.value)
      })
    )
  })
})

/** A service that runs until the test ends. */
const running = <E, R>(service: Layer.Layer<TestService, E, R>) =>
  Effect.map(Layer.build(service), (context) => Context.get(context, TestService))
