/** What each of the services hears of the others, and that nothing of it is said or shown as if it had happened there. */
import { assert, describe, it } from "@effect/vitest"
import { consumers } from "../src/contexts/Consumers.ts"
import { heardBy, meanings, subscribers } from "../src/messaging/Hearing.ts"

const services = {
  ordering: ["ordering", "customers", "catalog", "accounts"],
  inventory: ["inventory"],
  payments: ["payments"],
  shipping: ["shipping"],
  billing: ["billing", "notifications", "analytics"]
}

const typesHeardBy = (contexts: ReadonlyArray<string>) => heardBy(contexts).map(({ message }) => message.type)

describe("the services hear of each other", () => {
  it("what their processes take, and no more", () => {
    const orders = [
      "ordering.order-placed.v1",
      "ordering.order-approved.v1",
      "ordering.order-shipped.v1",
      "ordering.order-cancelled.v1"
    ]
    assert.deepStrictEqual(typesHeardBy(services.ordering), [
      "payments.payment-captured.v1",
      "shipping.shipment-requested.v1"
    ])
    assert.deepStrictEqual(typesHeardBy(services.inventory), [...orders, "shipping.shipment-cancelled.v1"])
    assert.deepStrictEqual(typesHeardBy(services.payments), [
      ...orders,
      "inventory.stock-reserved.v1",
      "shipping.shipment-dispatched.v1",
      "shipping.shipment-cancelled.v1"
    ])
    assert.deepStrictEqual(typesHeardBy(services.shipping), [
      ...orders.slice(1),
      "payments.payment-captured.v1",
      "payments.card-declined.v1"
    ])
    assert.deepStrictEqual(typesHeardBy(services.billing), [])
  })

  it("nothing where all contexts are in one process, and not each other where they share one", () => {
    const everything = Object.values(services).flat()
    assert.deepStrictEqual(heardBy(everything), [])
    assert.deepStrictEqual(subscribers(everything), [])
    for (const { message } of heardBy(["inventory", "payments"])) {
      assert.notInclude(["inventory", "payments"], message.context)
    }
  })

  it("under a name of their own, each once", () => {
    const named = Object.values(services).flatMap((contexts) => subscribers(contexts).map(({ name }) => name))
    assert.deepStrictEqual(named, ["hearing-ordering", "hearing-inventory", "hearing-payments", "hearing-shipping"])
    const [both] = subscribers(["payments", "inventory"])
    assert.strictEqual(both?.name, "hearing-inventory-payments")
  })

  it("everything that a process takes of another context: there is a meaning for it", () => {
    const own = new Map(
      consumers.flatMap(({ context, name, takes }) =>
        name.startsWith("the relay of ") ? takes.map((type) => [type, context] as const) : []
      )
    )
    const missing = consumers
      .filter(({ name }) => !name.startsWith("the relay of "))
      .flatMap(({ context, takes }) =>
        takes.map((type) => ({ type, by: context === "fulfilment" ? "ordering" : context }))
      )
      .filter(({ by, type }) => own.has(type) && own.get(type) !== by)
      .filter(({ type }) => !meanings.some(({ name }) => name === type))
    assert.deepStrictEqual(missing, [])
    // Every meaning is of the context whose relay says it.
    for (const { message, name } of meanings) assert.strictEqual(own.get(name), message.context)
  })
})
