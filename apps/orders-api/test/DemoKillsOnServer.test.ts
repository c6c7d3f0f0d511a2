/**
 * The demo against the service on PostgreSQL, which is killed with `kill -9` at random, also while it starts, and comes back.
 * In the end each context's own store is counted: nothing was lost, and nothing happened twice.
 *
 * The moments, and how the service coordinates fulfilment, come from a seed, which a failure names; `EVENTFOLD_SEED` makes the
 * same ones again. `EVENTFOLD_EFFORT` says how many orders and kills there are.
 */
import { NodeCrypto, NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { CardGatewaySimulator, Simulator } from "@eventfold/card-gateway-simulator"
import { EventStore } from "@eventfold/event-store"
import { effort } from "@eventfold/testing/Effort"
import { Cause, Effect, Exit, Fiber, Layer, Random, Redacted, Ref, Schedule, Stream } from "effect"
import { SqlClient } from "effect/sql"
import * as DerivedIds from "../demo/DerivedIds.ts"
import * as Excerpt from "../demo/Excerpt.ts"
import * as FulfilmentPlan from "../demo/FulfilmentPlan.ts"
import * as Samples from "../demo/Samples.ts"
import { freePort, urlOf } from "./DemoParts.ts"
import * as DemoStores from "../demo/Stores.ts"
import { mortal, patience, tryAgain } from "./MortalService.ts"
import * as ServerPorts from "./ServerPorts.ts"
import * as ServiceProcess from "./ServiceProcess.ts"
import { TestService } from "./TestService.ts"

const apiKey = Redacted.make("sk_test_of_the_demo")
/** How many orders are replayed, and how often the service is killed. */
const [count, kills] = [Math.min(40 * effort, 553), 2 * effort + 2]
/** How often the demo may give up: a service that is killed again and again can be away for longer than it waits. */
const mostRuns = kills + 2

/** How many messages of which type the broker has, and how many of them which handler has done with. */
const messages = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const doubled = yield* sql`select topic, id from eventfold.messages group by topic, source, id having count(*) > 1`
  const published = yield* sql<{ type: string; n: number }>`
    select content::json->>'type' as type, count(*)::int as n from eventfold.messages group by 1`
  const undelivered = yield* sql`select topic, name, state, reason from eventfold.message_deliveries`
  const handled = yield* sql<{ handler: string; type: string; state: string; n: number }>`
    select handler, type, state, count(*)::int as n from eventfold.inbox group by 1, 2, 3 order by 1, 2`
  return { doubled, published: new Map(published.map(({ n, type }) => [type, n])), undelivered, handled }
})

/** Which event each message tells of. */
const toldBy = {
  "customers.customer-registered.v1": "customer CustomerRegistered",
  "ordering.order-placed.v1": "order OrderPlaced",
  "ordering.order-approved.v1": "order OrderApproved",
  "ordering.order-shipped.v1": "order OrderShipped",
  "ordering.order-cancelled.v1": "order OrderCancelled",
  "inventory.stock-reserved.v1": "reservation StockReserved",
  "inventory.stock-released.v1": "reservation ReservationReleased",
  "inventory.stock-committed.v1": "reservation ReservationCommitted",
  "payments.payment-captured.v1": "payment PaymentCaptured",
  "shipping.shipment-requested.v1": "shipment ShipmentRequested",
  "shipping.shipment-dispatched.v1": "shipment ShipmentDispatched",
  "shipping.shipment-delayed.v1": "shipment ShipmentDelayed"
}

/** Everything in which what was said and heard differs from what happened. */
const unheard = (events: ReadonlyArray<DemoStores.Stored>) =>
  Effect.map(messages, ({ doubled, handled, published, undelivered }) => {
    const counts = Map.groupBy(events, ({ category, type }) => `${category} ${type}`)
    return [
      ...doubled.map((message) => `published twice: ${JSON.stringify(message)}`),
      ...undelivered.map((message) => `not delivered: ${JSON.stringify(message)}`),
      ...Object.entries(toldBy).flatMap(([type, place]) => {
        const [is, should] = [published.get(type) ?? 0, counts.get(place)?.length ?? 0]
        return is === should ? [] : [`${type}: published ${is} times, for ${should} events`]
      }),
      ...handled.flatMap(({ handler, n, state, type }) =>
        state === "processed" && n === published.get(type)
          ? []
          : [`${handler}, ${type}: ${n} ${state}, of ${published.get(type)}`]
      )
    ]
  })

/** Everything in which the stores differ from the files. */
const counted = Effect.fnUntraced(function* (samples: Samples.Samples) {
  const store = yield* EventStore
  const all = yield* Stream.runCollect(store.readAll())
  const events = all.map(DemoStores.stored)
  const uuids = new Map(
    yield* Effect.forEach(samples.orders, ({ number }) =>
      Effect.map(DerivedIds.order(number), (id) => [number, id] as const)
    )
  )
  const registered = new Map(
    [
      "customer CustomerRegistered",
      "email EmailConfirmed",
      "recipient RecipientRegistered",
      "debtor DebtorRegistered"
    ].map((place) => [place, events.filter(({ category, type }) => `${category} ${type}` === place).length])
  )
  return [
    ...Array.from(registered)
      .filter(([, is]) => is !== samples.customers.size)
      .map(([place, is]) => `${place}: ${is} of ${samples.customers.size} customers`),
    ...DemoStores.differences(samples.orders, FulfilmentPlan.make(samples), uuids, events),
    ...(yield* unheard(events))
  ]
})

/** Runs the demo until it ends; answers its lines when it agrees, and why it does not when it gives up. */
const demo = Effect.fnUntraced(function* (env: Record<string, string>) {
  const program = yield* ServiceProcess.start(env, "../demo/main.ts")
  const code = yield* program.ended
  const lines = program.output().trimEnd().split("\n")
  return code === 0 ? Exit.succeed(lines) : Exit.fail(`${program.errors()}${lines.slice(-3).join("\n")}`)
}, Effect.scoped)

const platform = Layer.mergeAll(NodeServices.layer, NodeCrypto.layerDigest, NodeHttpClient.layerUndici)
const simulator = Simulator.layer({ apiKey })

layer(Layer.merge(platform, simulator), { excludeTestServices: true })(
  "a service on PostgreSQL that is killed at random while the demo runs",
  (it) => {
    it.effect(
      "has lost nothing and done nothing twice, in any context's store",
      () => {
        const given = process.env["EVENTFOLD_SEED"]
        return Effect.gen(function* () {
          const seed = given ?? String(yield* Random.nextIntBetween(0, 1_000_000))
          const exit = yield* killed.pipe(Effect.scoped, Random.withSeed(seed), Effect.exit)
          if (Exit.isFailure(exit)) {
            return yield* Effect.die(new Error(`with EVENTFOLD_SEED=${seed}: ${Cause.pretty(exit.cause)}`))
          }
        })
      },
      1_200_000
    )
  }
)

const killed = Effect.gen(function* () {
  const { book, url } = yield* CardGatewaySimulator
  const folder = yield* Excerpt.first(count)
  const samples = yield* Samples.read(folder)
  const plan = FulfilmentPlan.make(samples)
  assert.isAtLeast(plan.cancelled.size, 1)
  const port = yield* freePort
  const database = yield* ServerPorts.newDatabaseUrl
  const gateway = { CARD_GATEWAY_URL: url, CARD_GATEWAY_KEY: Redacted.value(apiKey) }
  const service = yield* mortal({
    PORT: String(port),
    DATABASE_URL: database,
    EVENTFOLD_MASTER_KEY: ServerPorts.masterKey,
    FULFILMENT: (yield* Random.nextBoolean) ? "orchestrated" : "choreographed",
    LOG_LEVEL: "Error",
    // What the kills cut off, of all orders together, would open it, and they would wait for an hour.
    BREAKER_FAILURES: "1000",
    ...gateway
  })
  const replay = demo({ BASE_URL: urlOf(port).href, SAMPLES: folder, ...gateway })

  const killing = yield* Effect.forEach(
    Array.from({ length: kills }, (_, index) => index),
    Effect.fnUntraced(function* (index) {
      yield* Effect.sleep(yield* Random.nextIntBetween(200, 4_000))
      yield* index % 3 === 2 ? service.killTwice(yield* Random.nextIntBetween(50, 3_000)) : service.kill
    }),
    { discard: true }
  ).pipe(Effect.forkChild)
  const again = yield* Effect.repeat(tryAgain, Schedule.spaced("3 seconds")).pipe(
    Effect.provideService(TestService, service.asked),
    Effect.forkChild
  )
  const runs = yield* Ref.make(0)
  yield* replay.pipe(
    Effect.flatten,
    Effect.tapError(() => Ref.update(runs, (run) => run + 1)),
    Effect.retry({ times: mostRuns })
  )
  yield* Fiber.join(killing)
  const lines = yield* Effect.flatten(replay)
  yield* Fiber.interrupt(again)
  assert.include(lines, `Of these, ${count} were there before, unchanged.`)
  assert.match(lines.at(-1) ?? "", /agrees with the CSV files to the cent/u)

  // What follows from the last of it needs a moment longer than the answers the demo waits for.
  const look = counted(samples).pipe(Effect.provide(ServerPorts.layerAt(database)))
  yield* Effect.repeat(look, { schedule: patience, until: (found) => found.length === 0 })
  yield* service.end
  assert.deepStrictEqual(yield* look, [])
  for (const [number, cents] of plan.due) {
    const uuid = yield* DerivedIds.order(number)
    const captured = book.find(`payment_${uuid}`).reduce((sum, charge) => sum + charge.amount_captured_cents, 0)
    assert.strictEqual(BigInt(captured), cents, `order ${number}, at the card gateway`)
  }
})
