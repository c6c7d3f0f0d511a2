/**
 * The service as a process on PostgreSQL, killed with `kill -9` again and again while it fulfils orders and the card gateway
 * is in trouble: in the end every saga has ended or is parked, no piece and no cent is lost, and nothing was paid twice.
 */
import { assert, layer } from "@effect/vitest"
import { CardGatewaySimulator, Simulator } from "@eventfold/card-gateway-simulator"
import { Duration, Effect, Fiber, Random, Redacted, Schedule } from "effect"
import { counts, stocked } from "./InventorySamples.ts"
import { mortal, patience, tryAgain, until } from "./MortalService.ts"
import { each } from "./Reading.ts"
import { bodies, draft, mug, shippingAddress } from "./Samples.ts"
import * as ServerPorts from "./ServerPorts.ts"
import { tell } from "./ShipmentSamples.ts"
import { type Answer, request, TestService } from "./TestService.ts"

const apiKey = Redacted.make("sk_test_of_kills")
/** How many orders there are, of two mugs each, and how often the service is killed. */
const [count, kills] = [12, 4]
/** What an order costs, and how many mugs there are: not enough for all. */
const [due, mugs] = [2 * mug.unitPrice.amount, 2 * count - 4]

/** How a saga may stand in the end. */
const ends: ReadonlySet<unknown> = new Set(["completed", "compensated", "parked"])

/** Places an order; some are cancelled, some cannot be paid, some cannot be brought, and some leave the warehouse. */
const customer = Effect.fnUntraced(function* (productId: string, number: number) {
  const { path } = yield* draft({ items: [{ ...mug, productId }] })
  const [country, token] = [
    number % 6 === 4 ? "Antarctica" : "Netherlands",
    number % 6 === 5 ? "tok_expired_card" : "tok_visa"
  ]
  const body = { shippingAddress: { ...shippingAddress, country }, paymentToken: token }
  assert.strictEqual((yield* request("POST", `${path}/place`, { body })).status, 200)
  const id = path.slice(-36)
  if (number % 6 === 3) yield* request("POST", `${path}/cancel`, { body: bodies.cancel })
  if (number % 6 === 0) {
    yield* until(path, ({ body }) => body.at("status") !== "placed")
    const { body: shipment } = yield* until(
      `/shipments/shipment_${id}`,
      ({ status }) => status === 200 || status === 404
    )
    if (shipment.at("status") !== "requested") return { path, id }
    yield* tell(`/shipments/shipment_${id}`, "pack")
    yield* tell(`/shipments/shipment_${id}`, "dispatch")
  }
  return { path, id }
})

/** Whether the money of an order is where it belongs. */
const paid = Effect.fnUntraced(function* ({ id, path }: { readonly id: string; readonly path: string }) {
  const { book } = yield* CardGatewaySimulator
  const charges = book.find(`payment_${id}`)
  const [captured, refunded] = [
    charges.reduce((sum, charge) => sum + charge.amount_captured_cents, 0),
    charges.reduce((sum, charge) => sum + charge.amount_refunded_cents, 0)
  ]
  const told = `${path}: ${JSON.stringify(charges)}`
  assert.isAtMost(captured, due, `taken twice, ${told}`)
  const status = (yield* request("GET", path)).body.text("status")
  assert.include(["approved", "shipped", "cancelled"], status, told)
  assert.strictEqual(captured - refunded, status === "cancelled" ? 0 : due, `${status}, ${told}`)
  return status
})

const simulator = Simulator.layer({ apiKey, patience: Duration.seconds(2) })

layer(simulator, { excludeTestServices: true })(
  "a service that is killed with kill -9 while it fulfils orders",
  (it) => {
    it.effect.each(["orchestrated", "choreographed"])(
      "loses no order, no piece and no cent, and takes no money twice (%s)",
      (fulfilment) =>
        Effect.gen(function* () {
          const { follow, url } = yield* CardGatewaySimulator
          // Fewer than there are attempts: after those an order waits for an hour before the gateway is asked again.
          yield* follow({
            seed: fulfilment,
            rules: [
              { trouble: { kind: "latency", min_ms: 5, max_ms: 200 } },
              { probability: 0.4, times: 1, trouble: { kind: "lost_answer" } }
            ]
          })
          const { asked, kill } = yield* mortal({
            DATABASE_URL: yield* ServerPorts.newDatabaseUrl,
            EVENTFOLD_MASTER_KEY: ServerPorts.masterKey,
            CARD_GATEWAY_URL: url,
            CARD_GATEWAY_KEY: Redacted.value(apiKey),
            CARD_GATEWAY_TIMEOUT: "2 seconds",
            FULFILMENT: fulfilment,
            // The answers that are lost to all orders together would open it, and they would wait for an hour.
            BREAKER_FAILURES: "1000",
            LOG_LEVEL: "Error"
          })
          yield* Effect.gen(function* () {
            const productId = yield* stocked(mugs)
            const killing = yield* Effect.forkChild(
              Effect.forEach(
                Array.from({ length: kills }),
                () => Effect.flatMap(Random.nextIntBetween(200, 2_500), (millis) => Effect.delay(kill, millis)),
                { discard: true }
              )
            )
            const orders = yield* Effect.forEach(
              Array.from({ length: count }, (_, number) => number),
              (number) => customer(productId, number),
              { concurrency: 4 }
            )
            yield* Fiber.join(killing)
            yield* Effect.forkChild(Effect.repeat(tryAgain, Schedule.spaced("3 seconds")))
            const isOver = ({ body }: Answer) => each(body, "sagas", "status").every((status) => ends.has(status))
            for (const { path } of orders) yield* until(path, ({ body }) => body.at("status") !== "placed")
            const { body: sagas } = yield* until("/sagas?limit=100", isOver)
            // Nothing is out of order for good, so nobody has to decide.
            assert.notInclude(each(sagas, "sagas", "status"), "parked")
            // An order that is cancelled before anybody has looked at it needs no saga.
            const undisturbed = count - count / 6
            if (fulfilment === "orchestrated") assert.isAtLeast(sagas.all("sagas").length, undisturbed)
            // What is given back, released or sent needs a moment longer than what is decided.
            yield* Effect.retry(
              Effect.gen(function* () {
                const statuses = yield* Effect.forEach(orders, paid)
                const kept = statuses.filter((status) => status !== "cancelled")
                const stock = yield* counts(productId)
                assert.strictEqual(stock.received, mugs)
                assert.strictEqual(stock.reserved + stock.shipped, 2 * kept.length)
                assert.strictEqual(stock.shipped, 2 * statuses.filter((status) => status === "shipped").length)
                assert.isAtLeast(kept.length, 1)
              }).pipe(Effect.sandbox),
              patience
            )
          }).pipe(Effect.provideService(TestService, asked))
        }).pipe(Effect.scoped, Random.withSeed(fulfilment)),
      900_000
    )
  }
)
