/** What was sold, to the cent, of a small known set of orders in two currencies. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import * as Service from "../src/Service.ts"
import { after, each, read, readyService } from "./Reading.ts"
import { bodies, draft, mug, shippingAddress, uuid } from "./Samples.ts"
import * as LongTests from "./LongTests.ts"
import { request } from "./TestService.ts"

const live = { excludeTestServices: true, timeout: 300_000 }

const customers = { ada: `customer_${uuid()}`, grace: `customer_${uuid()}` }
const tea = `product_${uuid()}`

const line = (amount: number, currency: string, quantity = 1, productId = mug.productId) => ({
  productId,
  productName: "Something",
  quantity,
  unitPrice: { amount, currency },
  priceReason: "agreed by telephone"
})

const placed = Effect.fnUntraced(function* (
  customer: keyof typeof customers,
  occurredAt: string,
  items: ReadonlyArray<ReturnType<typeof line>>,
  country?: string
) {
  const currency = items[0]?.unitPrice.currency
  const { answer, path } = yield* draft({ customerId: customers[customer], currency, items })
  const place = { shippingAddress: { ...shippingAddress, ...(country === undefined ? {} : { country }) }, occurredAt }
  assert.strictEqual((yield* request("POST", `${path}/place`, { body: place })).status, 200)
  return { path, orderId: answer.body.text("orderId") }
})

/** The headers with which all of it is in every answer, and the ids of the orders in the order of their placing. */
const sold = Effect.gen(function* () {
  const small = yield* placed("ada", "2024-05-17T09:30:00Z", [line(1250, "EUR", 2)])
  const late = yield* placed("grace", "2024-05-17T23:59:59.999Z", [line(15_000, "USD")])
  const large = yield* placed("ada", "2024-05-18T00:00:00Z", [line(500_000, "EUR")], "Belgium")
  const two = yield* placed("grace", "2024-05-18T12:00:00Z", [line(1250, "EUR"), line(620, "EUR", 10, tea)])
  for (const step of ["approve", "ship", "deliver"] as const) {
    yield* request("POST", `${late.path}/${step}`, { body: bodies[step] })
  }
  yield* request("POST", `${large.path}/cancel`, { body: bodies.cancel })
  yield* request("POST", `${two.path}/approve`, { body: { ...bodies.approve, occurredAt: "2024-05-20T10:00:00Z" } })
  yield* request("POST", `${small.path}/approve`, { body: { ...bodies.approve, occurredAt: "2024-05-20T09:00:00Z" } })
  // A draft counts nowhere.
  const { answer } = yield* draft({ customerId: customers.ada })
  return { headers: after(answer), ids: [small, late, large, two].map(({ orderId }) => orderId) }
})

const eur = (amount: number) => ({ amount, currency: "EUR" })
const usd = (amount: number) => ({ amount, currency: "USD" })
const figures = (orders: number, cancelled: number, gross: object, net: object) => ({ orders, cancelled, gross, net })

const suite = <E>(name: string, ports: Layer.Layer<Service.Ports, E>) =>
  describe(`sales ${name}`, () => {
    layer(
      readyService({ ports }),
      live
    )((it) => {
      it.effect("are told per day, product, region, segment and customer, with and without what was cancelled", () =>
        Effect.gen(function* () {
          const { headers, ids } = yield* sold
          const [small, late, large, two] = ids
          const rows = Effect.fnUntraced(function* (path: string, list: string) {
            const body = yield* read(path, headers)
            return each(body, list)
          })

          const seventeenth = { day: "2024-05-17", ...figures(1, 0, eur(2_500), eur(2_500)) }
          const eighteenth = { day: "2024-05-18", ...figures(2, 1, eur(507_450), eur(7_450)) }
          const days = "/sales/days?currency=EUR"
          assert.deepStrictEqual(yield* rows(days, "days"), [seventeenth, eighteenth])
          assert.deepStrictEqual(yield* rows(`${days}&from=2024-05-18&to=2024-05-18`, "days"), [eighteenth])
          assert.deepStrictEqual(yield* rows(`${days}&to=2024-05-17`, "days"), [seventeenth])
          assert.deepStrictEqual(yield* rows("/sales/days?currency=USD", "days"), [
            { day: "2024-05-17", ...figures(1, 0, usd(15_000), usd(15_000)) }
          ])
          assert.deepStrictEqual(yield* rows("/sales/days?currency=JPY", "days"), [])

          assert.deepStrictEqual(yield* rows("/sales/products?currency=EUR", "products"), [
            { productId: tea, grossPieces: 10, netPieces: 10, ...figures(1, 0, eur(6_200), eur(6_200)) },
            { productId: mug.productId, grossPieces: 4, netPieces: 3, ...figures(3, 1, eur(503_750), eur(3_750)) }
          ])
          assert.deepStrictEqual(yield* rows("/sales/regions?currency=EUR", "regions"), [
            { region: "Netherlands", ...figures(2, 0, eur(9_950), eur(9_950)) },
            { region: "Belgium", ...figures(1, 1, eur(500_000), eur(0)) }
          ])
          assert.sameDeepMembers(Array.from(yield* rows("/sales/segments?currency=EUR", "segments")), [
            { segment: "premium", ...figures(1, 1, eur(500_000), eur(0)) },
            { segment: "basic", ...figures(2, 0, eur(9_950), eur(9_950)) }
          ])
          assert.deepStrictEqual(yield* rows("/sales/segments?currency=USD", "segments"), [
            { segment: "standard", ...figures(1, 0, usd(15_000), usd(15_000)) }
          ])

          const ada = { active: 1, completed: 0, ...figures(2, 1, eur(502_500), eur(2_500)) }
          const grace = { active: 1, completed: 0, ...figures(1, 0, eur(7_450), eur(7_450)) }
          const top = "/customers/top?currency=EUR"
          assert.deepStrictEqual(yield* rows(top, "customers"), [
            { customerId: customers.grace, ...grace },
            { customerId: customers.ada, ...ada }
          ])
          const first = yield* read(`${top}&limit=1`, headers)
          assert.deepStrictEqual([first.at("total"), first.at("currency")], [2, "EUR"])
          const second = yield* read(`${top}&limit=1&cursor=${first.text("nextCursor")}`, headers)
          assert.deepStrictEqual(each(second, "customers", "customerId"), [customers.ada])

          const dashboard = yield* read(`/customers/${customers.grace}/dashboard`, headers)
          assert.sameDeepMembers(Array.from(each(dashboard, "totals")), [
            { currency: "EUR", average: eur(7_450), ...grace },
            {
              currency: "USD",
              average: usd(15_000),
              active: 0,
              completed: 1,
              ...figures(1, 0, usd(15_000), usd(15_000))
            }
          ])
          assert.deepStrictEqual(each(dashboard, "recent", "orderId"), [two, late])
          assert.strictEqual(dashboard.at("lastOrderAt"), "2024-05-18T12:00:00.000Z")
          const other = yield* read(`/customers/${customers.ada}/dashboard`, headers)
          assert.deepStrictEqual(each(other, "totals"), [{ currency: "EUR", average: eur(2_500), ...ada }])
          assert.deepStrictEqual(each(other, "recent", "orderId"), [large, small])
          const nobody = `customer_${uuid()}`
          assert.deepStrictEqual((yield* read(`/customers/${nobody}/dashboard`, headers)).value, {
            customerId: nobody,
            totals: [],
            recent: []
          })

          // What was approved first is shipped first, whichever was placed first.
          const queue = yield* read("/shipping-queue?limit=1", headers)
          assert.deepInclude(queue.at("orders", 0), { orderId: small, total: eur(2_500), lineCount: 1, pieces: 2 })
          assert.strictEqual(queue.at("total"), 2)
          const rest = yield* read(`/shipping-queue?limit=1&cursor=${queue.text("nextCursor")}`, headers)
          assert.deepStrictEqual([each(rest, "orders", "orderId"), rest.at("nextCursor")], [[two], undefined])
          const shipped = yield* request("POST", `/orders/${small}/ship`, { body: bodies.ship })
          const left = yield* read("/shipping-queue", after(shipped))
          assert.deepStrictEqual([each(left, "orders", "orderId"), left.at("total")], [[two], 1])
        })
      )
    })
  })

suite("in memory", Service.portsMemory)
for (const [where, ports] of LongTests.databases) suite(where, ports)
