/**
 * Analytics in the whole service: figures from messages only; and when it fails, nobody else notices, health names it, and what
 * it could not deal with is counted once it is mended.
 */
import { assert, describe, it, layer } from "@effect/vitest"
import { Subscriber } from "@eventfold/messaging"
import { Effect, type Layer, Result } from "effect"
import { subscriber as analytics } from "../src/analytics/AnalyticsSubscriber.ts"
import { subscribers } from "../src/messaging/Subscribers.ts"
import type * as Service from "../src/Service.ts"
import { each, read, until } from "./Reading.ts"
import { bodies, draft, mug, uuid } from "./Samples.ts"
import * as LongTests from "./LongTests.ts"
import { request, TestService } from "./TestService.ts"

type Steps = ReadonlyArray<"place" | "approve" | "ship" | "cancel">

/** An order of two mugs of a product of its own, taken through steps at noon of days of their own. */
const orderOf = Effect.fnUntraced(function* (productId: string, steps: Steps) {
  const { path } = yield* draft({ items: [{ ...mug, productId }] })
  for (const step of steps) {
    const occurredAt = `2024-05-0${{ place: 1, approve: 2, ship: 3, cancel: 4 }[step]}T12:00:00Z`
    const { status, text } = yield* request("POST", `${path}/${step}`, { body: { ...bodies[step], occurredAt } })
    assert.strictEqual(status, 200, text)
  }
  return path.slice("/orders/".length)
})

const newProduct = () => `product_${uuid()}`
const figuresOf = (productId: string) => `/analytics/products?currency=EUR&productId=${productId}`
const eur = (amount: number) => ({ amount, currency: "EUR" })

/** The same subscriber, which can be broken: then it gives up at once. */
const breakable = <R>(subscriber: Subscriber.Subscriber<R>, isBroken: () => boolean): Subscriber.Subscriber<R> => ({
  ...subscriber,
  handlers: subscriber.handlers.map((handler) => ({
    ...handler,
    read: (data, delivery) =>
      Result.map(handler.read(data, delivery), (handling) => ({
        ...handling,
        work: Effect.suspend(() =>
          isBroken()
            ? Effect.fail(new Subscriber.HandlingFailed("permanent", "DiskFull", { _tag: "DiskFull" }))
            : handling.work
        )
      }))
  }))
})

const suite = <E>(where: string, ports?: Layer.Layer<Service.Ports, E>) => {
  let broken = false
  const service = TestService.layer({
    settings: { messaging: true },
    subscribers: subscribers.map((one) => (one.name === analytics.name ? breakable(one, () => broken) : one)),
    ...(ports === undefined ? {} : { ports })
  })

  describe(`analytics, ${where}`, () => {
    layer(service, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
      it.effect("tells what happened per product and day, and per day, on the day it happened", () =>
        Effect.gen(function* () {
          const productId = newProduct()
          yield* orderOf(productId, ["place", "approve", "ship"])
          yield* orderOf(productId, ["place", "cancel"])
          const figures = yield* until(figuresOf(productId), (body) => body.all("products").length === 3)
          const nothing = {
            orders: 0,
            ordered: eur(0),
            shipments: 0,
            shipped: eur(0),
            cancellations: 0,
            cancelled: eur(0)
          }
          const pieces = { orderedPieces: 0, shippedPieces: 0, cancelledPieces: 0 }
          const row = { productId, ...nothing, ...pieces }
          assert.deepStrictEqual(
            figures.all("products").map(({ value }) => value),
            [
              { ...row, day: "2024-05-01", orders: 2, ordered: eur(5_000), orderedPieces: 4 },
              { ...row, day: "2024-05-03", shipments: 1, shipped: eur(2_500), shippedPieces: 2 },
              { ...row, day: "2024-05-04", cancellations: 1, cancelled: eur(2_500), cancelledPieces: 2 }
            ]
          )
          const one = yield* read(`${figuresOf(productId)}&from=2024-05-02&to=2024-05-03`)
          assert.deepStrictEqual(each(one, "products", "day"), ["2024-05-03"])
          const first = yield* read("/analytics/days?currency=EUR&from=2024-05-01&to=2024-05-04&limit=1")
          assert.deepStrictEqual(each(first, "days", "day"), ["2024-05-01"])
          const next = yield* read(
            `/analytics/days?currency=EUR&from=2024-05-01&to=2024-05-04&limit=1&cursor=${first.text("nextCursor")}`
          )
          assert.deepStrictEqual(each(next, "days", "day"), ["2024-05-03"])
          assert.strictEqual((yield* request("GET", "/analytics/days")).status, 400)
          assert.strictEqual((yield* request("GET", "/analytics/days?currency=EUR&from=May")).status, 400)
          assert.strictEqual((yield* request("GET", "/analytics/days?currency=EUR&limit=101")).status, 400)
        })
      )

      it.effect(
        "that fails holds up nobody else, is named by the health, and has the right figures once it is mended",
        () =>
          Effect.gen(function* () {
            broken = true
            const productId = newProduct()
            const shipped = yield* orderOf(productId, ["place", "approve", "ship"])
            const cancelled = yield* orderOf(productId, ["place", "cancel"])

            const letters = "/subscribers/analytics/ordering/dead-letters"
            const dead = yield* until(letters, (body) => body.all("deadLetters").length === 2)
            assert.deepStrictEqual(each(dead, "deadLetters", "reason"), ["DiskFull", "DiskFull"])
            yield* until(`/invoices/invoice_${shipped.slice(-36)}`, (body) => body.at("orderId") === shipped)
            for (const orderId of [shipped, cancelled]) {
              yield* until(`/notifications?orderId=${orderId}`, (body) => body.all("notifications").length > 0)
            }
            for (const other of ["billing", "notifications"]) {
              const none = yield* read(`/subscribers/${other}/ordering/dead-letters`)
              assert.deepStrictEqual(none.all("deadLetters"), [])
            }
            const health = yield* until(
              "/health",
              (body) => body.at("components", "messaging", "status") === "degraded"
            )
            const detail = health.text("components", "messaging", "detail")
            assert.include(detail, "analytics of ordering: 2 messages could not be dealt with")
            assert.lengthOf(detail.split("could not be"), 2, detail)
            assert.strictEqual(health.at("components", "notifications", "status"), "up")
            assert.deepStrictEqual((yield* read(figuresOf(productId))).all("products"), [])

            broken = false
            const body = { reason: "there is room again" }
            const replayed = yield* request("POST", `${letters}/replay`, { body, headers: { "x-actor": "grace" } })
            assert.strictEqual(replayed.body.at("replayed"), 2, replayed.text)
            const figures = yield* until(figuresOf(productId), (found) => found.all("products").length === 3)
            assert.deepStrictEqual(each(figures, "products", "orders"), [2, 0, 0])
            assert.deepStrictEqual(each(figures, "products", "shipments"), [0, 1, 0])
            assert.deepStrictEqual(each(figures, "products", "cancellations"), [0, 0, 1])
            yield* until("/health", (found) => found.at("components", "messaging", "status") === "up")
          })
      )
    })
  })
}

suite("in memory")
for (const [where, ports] of LongTests.databases) suite(where, ports)

describe("subscribers that this process does not run", () => {
  it.effect("are not among its own, and the others go on", () =>
    Effect.gen(function* () {
      const { body } = yield* request("GET", "/subscribers")
      assert.deepStrictEqual(each(body, "subscribers", "subscriber"), ["billing", "notifications"])
    }).pipe(
      Effect.provide(TestService.layer({ settings: { messaging: true, subscribers: ["billing", "notifications"] } })),
      Effect.scoped
    )
  )
})
