/** What there is to tell customers of the orders of the demo, and how the demo tells what differs. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { CustomerId, OrderId } from "@eventfold/shared-kernel"
import { DateTime, Effect, Option, Path } from "effect"
import * as FulfilmentPlan from "../demo/FulfilmentPlan.ts"
import * as Notifications from "../demo/Notifications.ts"
import * as Samples from "../demo/Samples.ts"

const [orderId, customerId, otherId] = [
  OrderId.fromUuid("0190f5a2-7c4e-5b1a-9d3f-2f6f0c1d8e01"),
  CustomerId.fromUuid("0190f5a2-7c4e-5b1a-9d3f-2f6f0c1d8e02"),
  CustomerId.fromUuid("0190f5a2-7c4e-5b1a-9d3f-2f6f0c1d8e03")
]
const at = DateTime.makeUnsafe("1996-07-10")
const mail = { channel: "e-mail", result: "sent", via: "outbox", at } as const
const told = (kind: Notifications.Notification["kind"]): Notifications.Notification => ({
  orderId,
  customerId,
  kind,
  status: "sent",
  outcomes: [mail]
})
const wanted = new Map([[orderId as string, { name: "10248", customerId, kinds: ["stock-reserved", "order-shipped"] }]])
const differences = (...found: ReadonlyArray<Notifications.Notification>) =>
  Notifications.differences(wanted as ReadonlyMap<string, Notifications.Wanted>, found)

describe("the notifications of the demo", () => {
  it("are right when all there was to tell was sent once, and nothing else", () => {
    assert.deepStrictEqual(differences(told("order-shipped"), told("stock-reserved")), [])
  })

  it("differ when something is missing, was told twice, or is not so", () => {
    assert.deepStrictEqual(differences(told("order-shipped"), told("order-shipped"), told("order-cancelled")), [
      "order 10248: stock-reserved was not told",
      "order 10248: order-shipped was told 2 times",
      "order 10248: order-cancelled was told, and is not so"
    ])
  })

  it("differ when something was not sent, was sent twice by one channel, or to somebody else", () => {
    const skipped = { ...mail, result: "skipped", reason: "customer-unknown" } as const
    assert.deepStrictEqual(
      differences(
        { ...told("stock-reserved"), status: "skipped", outcomes: [skipped] },
        { ...told("order-shipped"), outcomes: [mail, mail], customerId: otherId }
      ),
      [
        "order 10248: stock-reserved is skipped (customer-unknown), not sent",
        "order 10248: order-shipped was told to somebody else",
        "order 10248: order-shipped is sent 2 times"
      ]
    )
    assert.deepStrictEqual(
      differences(told("stock-reserved"), { ...told("order-shipped"), status: "requested", outcomes: [] }),
      ["order 10248: order-shipped is not sent yet"]
    )
    const byPhone = { ...mail, channel: "text-message" } as const
    assert.deepStrictEqual(
      differences(told("stock-reserved"), { ...told("order-shipped"), outcomes: [mail, byPhone] }),
      []
    )
  })
})

describe("what there is to tell of an order", () => {
  const order = (shippedOn: string | undefined) => ({
    number: "1",
    requiredOn: DateTime.makeUnsafe("1997-01-31"),
    shippedOn: Option.map(Option.fromUndefinedOr(shippedOn), (day) => DateTime.makeUnsafe(day))
  })
  const paid = { cancelled: new Map(), tokens: new Map([["1", "tok_visa"]]) }

  it("follows from what becomes of it", () => {
    assert.deepStrictEqual(Notifications.kindsOf(order(undefined), paid), ["stock-reserved", "order-confirmed"])
    assert.deepStrictEqual(Notifications.kindsOf(order("1997-01-31"), paid), [
      "stock-reserved",
      "order-confirmed",
      "order-shipped"
    ])
    assert.include(Notifications.kindsOf(order("1997-02-01"), paid), "delivery-delayed")
    assert.deepStrictEqual(Notifications.kindsOf(order("1997-02-01"), { ...paid, tokens: new Map() }), [
      "order-confirmed",
      "order-shipped"
    ])
    const declined = { ...paid, cancelled: new Map([["1", "card declined"] as const]) }
    assert.deepStrictEqual(Notifications.kindsOf(order("1997-01-05"), declined), ["stock-reserved", "order-cancelled"])
    const short = { ...paid, cancelled: new Map([["1", "short of stock"] as const]) }
    assert.deepStrictEqual(Notifications.kindsOf(order("1997-01-05"), short), ["order-cancelled"])
  })
})

layer(NodeServices.layer)("what there is to tell of the orders of Northwind", (it) => {
  it.effect("is what somebody else counted in the same files", () =>
    Effect.gen(function* () {
      const path = yield* Path.Path
      const samples = yield* Samples.read(yield* path.fromFileUrl(new URL("../samples/northwind", import.meta.url)))
      const plan = FulfilmentPlan.make(samples)
      const all = samples.orders.flatMap((order) => Notifications.kindsOf(order, plan))
      const count = (kind: string) => all.filter((one) => one === kind).length
      // By Python's csv: 553 less 19 cancelled, less 9 short of stock, 539 with a day less 18 cancelled; 26 late less one of these.
      assert.deepStrictEqual(
        [count("order-confirmed"), count("stock-reserved"), count("order-shipped"), count("order-cancelled")],
        [534, 544, 521, 19]
      )
      assert.strictEqual(count("delivery-delayed"), 25)
    })
  )
})
