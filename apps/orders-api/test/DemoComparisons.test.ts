/** How the demo compares goods and money with the files, and finds the gateway that it asks. */
import { NodeCrypto, NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { CardGatewaySimulator, Simulator } from "@eventfold/card-gateway-simulator"
import { OrderId } from "@eventfold/shared-kernel"
import { DateTime, Effect, Layer, Option, Redacted } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as CardPayments from "../demo/CardPayments.ts"
import * as Ending from "../demo/Ending.ts"
import type { FoundOrder, FoundOrders } from "../demo/FoundOrders.ts"
import * as FulfilmentPlan from "../demo/FulfilmentPlan.ts"
import * as GatewayFound from "../demo/GatewayFound.ts"
import * as Goods from "../demo/Goods.ts"
import * as Report from "../demo/Report.ts"
import type { SampleOrder } from "../demo/Samples.ts"
import * as Settled from "../demo/Settled.ts"
import * as GatewayAddress from "../src/gateway/GatewayAddress.ts"

const order = (number: string, quantity: number, isShipped: boolean): SampleOrder => ({
  number,
  customer: "AAA",
  orderedOn: DateTime.makeUnsafe("1997-01-01"),
  requiredOn: DateTime.makeUnsafe("1997-01-31"),
  shippedOn: isShipped ? Option.some(DateTime.makeUnsafe("1997-01-05")) : Option.none(),
  carrier: "Speedy Express",
  shipTo: { name: "A", street: "S 1", city: "C", region: Option.none(), postalCode: Option.none(), country: "France" },
  lines: [{ product: "7", productName: "Chai", unitPrice: 100n, quantity, discount: 0 }]
})
const samples = { orders: [order("1", 3, true), order("2", 1_000, false)], products: [], customers: new Map() }
const plan = FulfilmentPlan.make(samples)
const agreeing = { received: 1_003, available: 0, reserved: 1_000, shipped: 3 }

describe("the goods in the service", () => {
  it("agree when each piece is where the files have it", () => {
    assert.deepStrictEqual(Goods.differences(plan, new Map([["7", agreeing]])), [])
    assert.strictEqual(
      Goods.line(new Map([["7", agreeing]])),
      "Stock of 1 products: 1,003 pieces received = 0 available + 1,000 reserved + 3 shipped."
    )
  })

  it("differ by every count that is another one, and when they do not add up", () => {
    assert.deepStrictEqual(Goods.differences(plan, new Map([["7", { ...agreeing, shipped: 2 }]])), [
      "product 7: 1003 pieces received = 0 available + 1000 reserved + 2 shipped: that does not add up, in the service",
      "product 7, shipped: 2 pieces in the service, 3 in the files"
    ])
    assert.lengthOf(Goods.differences(plan, new Map()), 3)
  })

  it("are at rest when what has left the house is counted, unless other orders hold goods, too", () => {
    const found = (status: FoundOrder["status"], reserved: number, others = 0): Settled.Found => {
      const total = { amount: 300, currency: "USD" } as const
      const orders: FoundOrders = {
        samples: new Map([["1", { customer: "AAA", status, year: Option.some(1997), total, version: 5 }]]),
        others
      }
      return { orders, stock: new Map([["7", { ...agreeing, reserved }]]) }
    }
    assert.isTrue(Settled.isMoving(samples, plan, found("approved", 1_000)))
    assert.isTrue(Settled.isMoving(samples, plan, found("shipped", 1_003)))
    assert.isFalse(Settled.isMoving(samples, plan, found("shipped", 1_003, 1)))
    assert.isFalse(Settled.isMoving(samples, plan, found("shipped", 1_000)))
    assert.isFalse(Settled.isMoving(samples, plan, found("cancelled", 1_000)))
  })
})

describe("the payments", () => {
  const differences = (found: CardPayments.Payments) =>
    CardPayments.differences(plan, found, "card gateway", Report.formatCents)
  const paid = (captured: bigint, refunded = 0n, held = 0n) => ({ captured, refunded, held })

  it("agree when what stays paid is what is due", () => {
    const found = new Map([
      ["1", paid(500n, 200n)],
      ["2", paid(100_000n)]
    ])
    assert.deepStrictEqual(differences(found), [])
    assert.strictEqual(
      CardPayments.told(found, Report.formatCents),
      "1,005.00 USD captured - 2.00 USD refunded = 1,003.00 USD due"
    )
  })

  it("differ by a cent, and by what is still held", () => {
    assert.deepStrictEqual(differences(new Map([["1", paid(301n, 0n, 5n)]])), [
      "order 1, paid: 3.01 USD in the card gateway, 3.00 USD due by the files",
      "order 1: 0.05 USD still held in the card gateway",
      "order 2, paid: 0.00 USD in the card gateway, 1,000.00 USD due by the files"
    ])
  })
})

describe("the fulfilment of an order", () => {
  const orderId = OrderId.fromUuid("0190f5a2-9a41-7d02-b1c6-3e8f5a7c2b10")
  const bySaga = (status: string) =>
    Ending.standingOf(orderId, {
      sagas: [{ sagaId: orderId, status }],
      processes: [{ manager: "shipping", phase: "waiting" }]
    })
  const byProcess = (manager: string, phase: string) =>
    Ending.standingOf(orderId, { sagas: [], processes: [{ manager, phase }] })

  it("has ended as its saga has, where there is one", () => {
    assert.deepStrictEqual(["completed", "compensated", "active", "parked", "abandoned"].map(bySaga), [
      "fulfilled",
      "cancelled",
      "under way",
      "left to a person",
      "left to a person"
    ])
    const another = { sagas: [{ sagaId: `cancelled-${orderId}`, status: "completed" }], processes: [] }
    assert.strictEqual(Ending.standingOf(orderId, another), "not begun")
  })

  it("has ended as its shipping process says, where there is none", () => {
    assert.deepStrictEqual(
      ["waiting", "asked", "requested", "underway", "cancelled"].map((phase) => byProcess("shipping", phase)),
      ["under way", "under way", "fulfilled", "fulfilled", "cancelled"]
    )
    assert.strictEqual(byProcess("payment", "paying"), "not begun")
  })
})

const apiKey = Redacted.make("sk_demo_test")
const simulator = Simulator.layer({ apiKey })
const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "eventfold-gateway-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
)
const none = { gatewayUrl: Option.none(), gatewayKey: Option.none() }

layer(Layer.mergeAll(simulator, NodeHttpClient.layerUndici, NodeCrypto.layerDigest), { excludeTestServices: true })(
  "the gateway",
  (it) => {
    it.effect("is found by what the service wrote beside its data", () =>
      Effect.gen(function* () {
        const { url } = yield* CardGatewaySimulator
        const dataDir = yield* folder
        const address = { url, apiKey, service: "http://127.0.0.1:3000" }
        yield* GatewayAddress.write(dataDir, address)
        const find = (baseUrl: string) => GatewayFound.find({ baseUrl: new URL(baseUrl), dataDir, ...none })
        assert.deepStrictEqual(yield* find("http://127.0.0.1:3000"), Option.some(address))
        assert.isTrue(Option.isSome(yield* find("http://localhost:3000")))
        // Of another service: it knows nothing of what that one does.
        assert.isTrue(Option.isNone(yield* find("http://127.0.0.1:3001")))
        assert.isTrue(Option.isNone(yield* find("http://orders.example:3000")))
      })
    )

    it.effect("is not what a service that has ended left behind, nor what is not there at all", () =>
      Effect.gen(function* () {
        const dataDir = yield* folder
        const find = GatewayFound.find({ baseUrl: new URL("http://127.0.0.1:3000"), dataDir, ...none })
        assert.isTrue(Option.isNone(yield* find))
        yield* GatewayAddress.write(dataDir, { url: "http://127.0.0.1:1", apiKey, service: "http://127.0.0.1:3000" })
        assert.isTrue(Option.isNone(yield* find))
      })
    )

    it.effect("is the one that is named", () =>
      Effect.gen(function* () {
        const found = yield* GatewayFound.find({
          baseUrl: new URL("http://orders.example"),
          dataDir: "/nowhere",
          gatewayUrl: Option.some("http://gateway.example/"),
          gatewayKey: Option.some(apiKey)
        })
        assert.strictEqual(Option.getOrUndefined(found)?.url, "http://gateway.example")
      })
    )

    it.effect("says what it took, or why it does not", () =>
      Effect.gen(function* () {
        const { url } = yield* CardGatewaySimulator
        const service = "http://127.0.0.1:3000"
        const asked = yield* CardPayments.ask({ url, apiKey, service }, plan)
        assert.deepStrictEqual(asked.get("1"), { captured: 0n, refunded: 0n, held: 0n })
        const error = yield* Effect.flip(CardPayments.ask({ url, apiKey: Redacted.make("sk_other"), service }, plan))
        assert.include(error.message, "401")
      })
    )
  }
)
