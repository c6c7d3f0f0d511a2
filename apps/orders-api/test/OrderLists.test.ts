/** The list of orders, the search and the details as clients read them, in memory and in a database. */
import { assert, describe, layer } from "@effect/vitest"
import { EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { OrderId } from "@eventfold/shared-kernel"
import { DateTime, Effect, type Layer } from "effect"
import * as Service from "../src/Service.ts"
import * as LongTests from "./LongTests.ts"
import { after, afterPosition, each, read, readyService, until } from "./Reading.ts"
import { bodies, draft, mug, uuid } from "./Samples.ts"
import { added, append, drafted } from "./StoredOrders.ts"
import { request } from "./TestService.ts"

const live = { excludeTestServices: true, timeout: 300_000 }

const newCustomer = () => `customer_${uuid()}`

const place = (path: string, occurredAt: string) =>
  request("POST", `${path}/place`, { body: { ...bodies.place, occurredAt } })

const mugs = (quantity: number, currency = "EUR") => ({
  ...mug,
  quantity,
  unitPrice: { amount: 1000, currency },
  priceReason: "agreed by telephone"
})

/** Four orders of a customer: 10, 20 and 30 EUR and 40 USD, placed a day after another, but the third is a draft. */
const fourOrders = Effect.fnUntraced(function* (customerId: string) {
  const paths: Array<string> = []
  for (const [index, currency] of ["EUR", "EUR", "EUR", "USD"].entries()) {
    const { path } = yield* draft({ customerId, currency, items: [mugs(index + 1, currency)] })
    if (index !== 2) yield* place(path, `2024-05-1${index}T09:30:00Z`)
    paths.push(path.replace("/orders/", ""))
  }
  const cancelled = yield* request("POST", `/orders/${paths[0]}/cancel`, { body: bodies.cancel })
  return { ids: paths, headers: after(cancelled) }
})

const suite = <E>(name: string, ports: Layer.Layer<Service.Ports, E>) =>
  describe(`the list of orders ${name}`, () => {
    layer(
      readyService({ ports }),
      live
    )((it) => {
      it.effect("shows an order as the command left it to whoever hands over what that has answered", () =>
        Effect.gen(function* () {
          const customerId = newCustomer()
          const { answer, path } = yield* draft({ customerId })
          const first = yield* read(`/orders?customerId=${customerId}`, after(answer))
          assert.deepInclude(first.at("orders", 0), { status: "draft", version: 2, lineCount: 1 })
          const placed = yield* place(path, "2024-05-17T09:30:00Z")
          const { body, headers } = yield* request("GET", `/orders?customerId=${customerId}`, {
            headers: after(placed)
          })
          assert.deepInclude(body.value, { total: 1, upToDate: true })
          assert.strictEqual(headers["up-to-date"], "true")
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
          const customerId = newCustomer()
          const ids: Array<unknown> = []
          let last = yield* draft({ customerId })
          for (let count = 0; count < 7; count++) {
            ids.unshift(last.answer.body.text("orderId"))
            if (count < 6) last = yield* draft({ customerId })
          }
          const seen: Array<unknown> = []
          let cursor: unknown
          do {
            const at = typeof cursor === "string" ? `&cursor=${cursor}` : ""
            const page = yield* read(`/orders?customerId=${customerId}&limit=3${at}`, after(last.answer))
            seen.push(...each(page, "orders", "orderId"))
            cursor = page.at("nextCursor")
            last = yield* draft({ customerId })
          } while (cursor !== undefined)
          assert.deepStrictEqual(seen, ids)
        })
      )

      it.effect("has what passes every filter, how many that are, and no further page than there is", () =>
        Effect.gen(function* () {
          const customerId = newCustomer()
          const { headers, ids } = yield* fourOrders(customerId)
          const [one, two, three, four] = ids
          for (const [filter, wanted] of [
            ["", [four, three, two, one]],
            ["status=cancelled", [one]],
            ["status=draft", [three]],
            ["currency=USD", [four]],
            ["currency=EUR&minTotal=2000", [three, two]],
            ["minTotal=2000&maxTotal=2000", [two]],
            ["placedFrom=2024-05-11T09:30:00Z", [four, two]],
            ["placedFrom=2024-05-10T00:00:00Z&placedTo=2024-05-11T09:30:00Z", [one]],
            ["status=shipped", []]
          ] as const) {
            const page = yield* read(`/orders?customerId=${customerId}&limit=4&${filter}`, headers)
            assert.deepStrictEqual([each(page, "orders", "orderId"), page.at("total")], [wanted, wanted.length], filter)
            assert.isUndefined(page.at("nextCursor"))
          }
          const page = yield* read(`/orders?customerId=${customerId}&limit=1`, headers)
          assert.deepStrictEqual([page.at("orders", "length"), page.at("total")], [1, 4])
        })
      )

      it.effect("comes in the order that is asked for, page by page", () =>
        Effect.gen(function* () {
          const customerId = newCustomer()
          const { headers, ids } = yield* fourOrders(customerId)
          const [one, two, three, four] = ids
          for (const [sort, wanted] of [
            ["newest", [four, three, two, one]],
            ["oldest", [one, two, three, four]],
            ["placed", [four, two, one, three]],
            ["total", [one, two, three, four]],
            ["-total", [four, three, two, one]]
          ] as const) {
            const path = `/orders?customerId=${customerId}&sort=${sort}&limit=3`
            const page = yield* read(path, headers)
            const rest = yield* read(`${path}&cursor=${page.text("nextCursor")}`, headers)
            const found = [...each(page, "orders", "orderId"), ...each(rest, "orders", "orderId")]
            assert.deepStrictEqual(found, [...wanted], sort)
          }
        })
      )

      it.effect(
        "takes in what others stored, in many batches, passes over what are no orders, and can be built anew",
        () =>
          Effect.gen(function* () {
            const customerId = newCustomer()
            const ids = Array.from({ length: 30 }, () => `order_${uuid()}`)
            let position = 0
            for (const orderId of ids) {
              const items = Array.from({ length: 19 }, (_, index) => added(orderId, index + 1))
              yield* append("order", orderId, drafted(orderId, customerId), ...items)
              position = yield* append("parcel", uuid(), ["ParcelWeighed", { grams: 1 }])
            }
            const list = `/orders?customerId=${customerId}&limit=100`
            const before = yield* read(list, afterPosition(position))
            assert.deepStrictEqual(each(before, "orders", "orderId"), ids.toReversed())
            assert.isTrue(
              before
                .all("orders")
                .every((order) => order.at("version") === 20 && order.at("total", "amount") === 47_500)
            )
            const begun = yield* request("POST", "/projections/order_list/rebuild", { body: {} })
            assert.strictEqual(begun.status, 202)
            // Whoever asks meanwhile gets the rows there are, or the new ones, and no others.
            const rebuilt = yield* until("/projections/order_list", (one) => one.at("rows") === "current")
            assert.strictEqual(rebuilt.at("rows"), "current")
            assert.deepStrictEqual((yield* read(list)).value, before.value)
          })
      )

      it.effect("belongs to one tenant", () =>
        Effect.gen(function* () {
          const store = yield* EventStore
          const [orderId, customerId] = [OrderId.fromUuid(uuid()), newCustomer()]
          const { position } = yield* store.append(StreamId.make("other", "order", orderId), ExpectedVersion.NoStream, [
            {
              id: uuid(),
              type: "OrderDrafted",
              schemaVersion: 1,
              occurredAt: DateTime.makeUnsafe("2024-05-17T09:30:00Z"),
              data: { orderId, customerId, currency: "EUR" },
              metadata: {}
            }
          ])
          const page = yield* read(`/orders?customerId=${customerId}`, afterPosition(position))
          assert.deepStrictEqual(page.value, { orders: [], total: 0, upToDate: true })
          assert.strictEqual((yield* request("GET", `/orders/${orderId}`)).status, 404)
          const details = yield* request("GET", `/orders/${orderId}/details`, { headers: afterPosition(position) })
          assert.strictEqual(details.status, 404)
        })
      )

      it.effect("has beside it a search by words of products, ids and addresses, and the details of one order", () =>
        Effect.gen(function* () {
          const [word, city] = [`Samovar${uuid().slice(-8)}`, `Petersburg${uuid().slice(-8)}`]
          const customerId = newCustomer()
          const { answer, path } = yield* draft({ customerId, items: [{ ...mug, productName: `${word} with cups` }] })
          const orderId = answer.body.text("orderId")
          const placed = yield* request("POST", `${path}/place`, {
            body: { shippingAddress: { ...bodies.place.shippingAddress, city } }
          })
          const found = Effect.fnUntraced(function* (q: string) {
            const page = yield* read(`/orders/search?q=${encodeURIComponent(q)}`, after(placed))
            return each(page, "orders", "orderId")
          })
          assert.deepStrictEqual(yield* found(word.toLowerCase()), [orderId])
          assert.deepStrictEqual(yield* found(`cups ${word.slice(0, -2)}`), [orderId])
          assert.deepStrictEqual(yield* found(`jansen ${city}`), [orderId])
          // A word of an address is found as a whole only: what is stored is its hash.
          assert.deepStrictEqual(yield* found(city.slice(0, -2)), [])
          assert.deepStrictEqual(yield* found(customerId), [orderId])
          assert.deepStrictEqual(yield* found(`${word} teapot`), [])
          const details = yield* read(`${path}/details`, after(placed))
          assert.deepInclude(details.value, { orderId, customerId, status: "placed" })
          assert.notInclude(JSON.stringify(details.value), city)
        })
      )
    })
  })

suite("in memory", Service.portsMemory)
for (const [where, ports] of LongTests.databases) suite(where, ports)
