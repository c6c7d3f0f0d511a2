/**
 * Billing and notifications in the whole service: an order is fulfilled, and is invoiced and told of by contexts that heard of it
 * in messages only.
 */
import { assert, describe, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import type * as Service from "../src/Service.ts"
import * as CustomerSamples from "./CustomerSamples.ts"
import { reaches } from "./FulfilmentSamples.ts"
import { stocked } from "./InventorySamples.ts"
import { each, read, until } from "./Reading.ts"
import { bodies, draft, mug, shippingAddress, uuid } from "./Samples.ts"
import * as LongTests from "./LongTests.ts"
import { request, TestService } from "./TestService.ts"

/** An order of two mugs that left, paid by a card. */
const shipped = Effect.fnUntraced(function* (customerId: string) {
  const productId = yield* stocked(10)
  const { path } = yield* draft({ customerId, items: [{ ...mug, productId }] })
  const id = path.slice(-36)
  yield* request("POST", `${path}/place`, { body: { shippingAddress, paymentToken: "tok_visa" } })
  yield* reaches(`/shipments/shipment_${id}`, "requested")
  yield* request("POST", `/shipments/shipment_${id}/pack`, { body: { packedBy: "J. de Wit", packages: 1 } })
  yield* request("POST", `/shipments/shipment_${id}/dispatch`, { body: bodies.ship })
  return { id, orderId: `order_${id}`, invoice: `/invoices/invoice_${id}`, shipment: `/shipments/shipment_${id}` }
})

/** Until so much was told of an order; each kind with what became of it. */
const told = Effect.fnUntraced(function* (orderId: string, count: number) {
  const body = yield* until(
    `/notifications?orderId=${orderId}`,
    (found) => found.all("notifications").filter((one) => one.at("status") !== "requested").length === count
  )
  return body
    .all("notifications")
    .map((one) => `${one.text("kind")}: ${one.text("status")}`)
    .toSorted()
})

const suite = <E>(where: string, ports?: Layer.Layer<Service.Ports, E>) => {
  const service = TestService.layer({
    settings: { messaging: true, fulfilment: "orchestrated" },
    ...(ports === undefined ? {} : { ports })
  })

  describe(`contexts that hear of orders in messages, ${where}`, () => {
    layer(service, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
      it.effect("invoice what left, to the cent and once, and credit what goes back", () =>
        Effect.gen(function* () {
          const email = CustomerSamples.newEmail()
          const customer = (yield* CustomerSamples.registered(email)).slice("/customers/".length)
          const { id, invoice } = yield* shipped(customer)
          const paid = yield* until(invoice, (body) => body.at("status") === "paid")
          assert.deepInclude(paid.value, {
            invoiceId: `invoice_${id}`,
            customerId: customer,
            currency: "EUR",
            total: 2_500,
            credited: 0,
            creditNotes: []
          })
          assert.match(paid.text("number"), /^INV-\d{4}-\d{6}$/u)
          assert.deepStrictEqual(each(paid, "lines", "productName"), ["Enamel mug"])
          const debtors = yield* until("/billing/debtors?limit=100", (body) =>
            body.all("debtors").some((one) => one.at("customerId") === customer && one.at("paid") === 1)
          )
          const debtor = debtors.all("debtors").find((one) => one.at("customerId") === customer)
          assert.isString(debtor?.at("registeredAt"))
          assert.deepInclude(debtor?.value, { sales: 1, invoices: 1, paid: 1 })
          assert.deepStrictEqual(each(yield* read("/billing/awaiting"), "orders"), [])
          const orders = yield* read(`/billing/orders?customerId=${customer}`)
          assert.deepStrictEqual(each(orders, "orders", "status"), ["invoiced"])

          const money = { amount: 500, currency: "EUR" }
          yield* request("POST", `/payments/payment_${id}/refunds`, { body: { money, reason: "A mug was broken" } })
          const credited = yield* until(invoice, (body) => body.at("credited") === 500)
          assert.match(credited.text("creditNotes", "0", "number"), /^CRN-\d{4}-\d{6}$/u)
          assert.strictEqual(credited.at("status"), "paid")
          const all = yield* read("/invoices?limit=100")
          const numbers = each(all, "invoices", "sequence")
          assert.deepStrictEqual(
            numbers,
            numbers.map((_, index) => index + 1)
          )
        })
      )

      it.effect(
        "tell the customer, once each and as they want to be told, and nobody who is unknown or forgotten",
        () =>
          Effect.gen(function* () {
            const email = CustomerSamples.newEmail()
            const path = yield* CustomerSamples.registered(email)
            const customer = path.slice("/customers/".length)
            const { orderId, shipment } = yield* shipped(customer)
            const three = ["order-confirmed: sent", "order-shipped: sent", "stock-reserved: sent"]
            assert.deepStrictEqual(yield* told(orderId, 3), three)
            yield* request("POST", `${shipment}/delay`, { body: { reason: "Snow" } })
            assert.deepStrictEqual(yield* told(orderId, 4), ["delivery-delayed: sent", ...three])

            const list = yield* read(`/notifications?orderId=${orderId}`)
            const late = list.all("notifications").find((one) => one.at("kind") === "delivery-delayed")
            const late1 = `/notifications/${late?.text("notificationId") ?? ""}`
            const detail = yield* read(late1)
            assert.deepInclude(detail.at("letters", "0", "letter"), { to: email })
            assert.deepInclude(detail.at("letters", "0"), { channel: "e-mail", via: "outbox" })
            assert.include(detail.text("letters", "0", "letter", "text"), "Philippa Unparalleled")
            assert.notInclude(JSON.stringify(list.value), email)

            yield* request("PUT", `/recipients/${customer}/channels`, { body: { channels: ["text-message"] } })
            const again = yield* shipped(customer)
            assert.deepStrictEqual(yield* told(again.orderId, 3), three)
            const sent = yield* read(`/notifications?orderId=${again.orderId}`)
            assert.deepStrictEqual(
              new Set(each(sent, "notifications", "outcomes", "0", "channel")),
              new Set(["text-message"])
            )

            const stranger = yield* shipped(`customer_${uuid()}`)
            const skipped = three.map((line) => line.replace("sent", "skipped"))
            assert.deepStrictEqual(yield* told(stranger.orderId, 3), skipped)

            yield* request("POST", "/privacy/forgotten-subjects", {
              body: { subject: customer, reason: "requested" },
              headers: { "x-actor": "privacy", "x-reason": "asked for it" }
            })
            assert.strictEqual((yield* read(late1)).at("letters", "0", "letter"), "[REDACTED]")
            assert.strictEqual((yield* request("GET", "/notifications/notification_" + uuid())).status, 404)
            assert.strictEqual((yield* request("GET", "/invoices/invoice_" + uuid())).status, 404)
          })
      )
    })
  })
}

suite("in memory")
for (const [where, ports] of LongTests.databases) suite(where, ports)
