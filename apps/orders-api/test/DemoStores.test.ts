/** What is counted in the stores after the demo sees what is missing, what is too much, and holes between numbers. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Option } from "effect"
import * as FulfilmentPlan from "../demo/FulfilmentPlan.ts"
import * as Notifications from "../demo/Notifications.ts"
import type { SampleOrder } from "../demo/Samples.ts"
import * as DemoStores from "../demo/Stores.ts"
import { Json } from "./Json.ts"

const order = (number: string): SampleOrder => ({
  number,
  customer: "AAA",
  orderedOn: DateTime.makeUnsafe("1997-01-01"),
  requiredOn: DateTime.makeUnsafe("1997-01-03"),
  shippedOn: Option.some(DateTime.makeUnsafe("1997-01-05")),
  carrier: "Speedy Express",
  shipTo: { name: "A", street: "S 1", city: "C", region: Option.none(), postalCode: Option.none(), country: "France" },
  lines: [{ product: "7", productName: "Chai", unitPrice: 100n, quantity: 3, discount: 0 }]
})
const orders = [order("1"), order("2")]
const plan = FulfilmentPlan.make({ orders, products: [], customers: new Map() })
const usd = (amount: number) => ({ amount, currency: "USD" })
const uuids = new Map(orders.map(({ number }) => [number, `0190f5a2-7c4e-5b1a-9d3f-2f6f0c1d8e0${number}`]))

/** What the stores hold of an order of which nothing was lost and nothing happened twice. */
const eventsOf = (order: SampleOrder, sequence: number): ReadonlyArray<DemoStores.Stored> => {
  const uuid = uuids.get(order.number) ?? ""
  const number = { kind: "invoice", year: 1997, sequence }
  const money = { total: usd(300), money: usd(300) }
  const kinds = Notifications.kindsOf(order, plan)
  return Object.entries(DemoStores.wanted(order, plan)).flatMap(([place, count]) =>
    Array.from({ length: count }, (_, index) => {
      const [category = "", type = ""] = place.split(" ")
      const ids =
        category === "stock"
          ? { reservationId: `reservation_${uuid}` }
          : { orderId: `order_${uuid}`, reservationId: "-" }
      const numbered = type === "DocumentNumberTaken" ? number : { number }
      const told = { notificationId: kinds[index], news: { kind: kinds[index] } }
      return { category, type, data: new Json({ ...ids, ...money, ...numbered, ...told }) }
    })
  )
}
const sound = orders.flatMap((order, index) => eventsOf(order, index + 1))
const differences = (events: ReadonlyArray<DemoStores.Stored>) => DemoStores.differences(orders, plan, uuids, events)
const isOf = (type: string) => (event: DemoStores.Stored) => event.type === type

describe("what is counted in the stores after the demo", () => {
  it("agrees when nothing was lost and nothing happened twice", () => {
    assert.deepStrictEqual(differences(sound), [])
  })

  it("tells of each event that was lost, and of each that happened twice", () => {
    for (const one of sound) {
      const index = sound.indexOf(one)
      const place = `${one.category} ${one.type}`
      assert.isTrue(
        differences(sound.toSpliced(index, 1)).some((told) => told.includes(place)),
        `without ${place}`
      )
      assert.isTrue(
        differences([...sound, one]).some((told) => told.includes(place)),
        `twice ${place}`
      )
    }
  })

  it("tells of holes between the numbers of invoices, and of numbers without one", () => {
    const [first, second] = orders.map((order, index) => eventsOf(order, 2 * index + 1))
    assert.deepStrictEqual(differences([...(first ?? []), ...(second ?? [])]), [
      "invoice 1997: number 3 where 2 should be"
    ])
    const other = eventsOf(order("2"), 3).filter(isOf("InvoiceIssued"))
    const swapped = [
      ...(first ?? []),
      ...eventsOf(order("2"), 2).filter((event) => event.type !== "InvoiceIssued"),
      ...other
    ]
    assert.deepStrictEqual(differences(swapped), ["the numbers that were taken are not those of the invoices"])
  })

  it("tells of amounts that are others, and of news that is not so", () => {
    const changed = (type: string, data: object) =>
      sound.map((event, index) =>
        isOf(type)(event) && index === sound.findIndex(isOf(type))
          ? { ...event, data: new Json(Object.assign({}, event.data.at(), data)) }
          : event
      )
    assert.deepStrictEqual(differences(changed("InvoiceIssued", { total: usd(299) })), [
      "order 1: sale InvoiceIssued of 299 cents instead of 300"
    ])
    assert.lengthOf(differences(changed("NotificationRequested", { news: { kind: "order-cancelled" } })), 1)
    assert.deepStrictEqual(differences(changed("NotificationSent", { notificationId: "another" })), [
      "order 1: not sent as asked for"
    ])
  })
})
