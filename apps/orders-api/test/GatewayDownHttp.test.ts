/**
 * The whole service, asked over HTTP, while its card gateway is away for five minutes of test time: what orders, sagas and
 * processes say, how often the gateway is asked, and what the health of the service is.
 */
import { assert, describe, it } from "@effect/vitest"
import { CardGateway } from "@eventfold/domain-payments"
import { EventStore } from "@eventfold/event-store"
import { fingerprint } from "@eventfold/event-store/Fingerprint"
import { DateTime, Effect, Layer, Option } from "effect"
import { TestClock } from "effect/testing"
import * as GatewayAccess from "../src/gateway/GatewayAccess.ts"
import { placed } from "./FulfilmentSamples.ts"
import { read } from "./Reading.ts"
import type { Way } from "./simulation/Plan.ts"
import * as TroubledGateway from "./simulation/TroubledGateway.ts"
import { request, TestService } from "./TestService.ts"

const minute = 60
/** How many orders come at first and later, and how long the gateway is away, in seconds. */
const [early, late, away] = [8, 3, 5 * minute]

const yields = Effect.forEach(Array.from({ length: 40 }), () => Effect.yieldNow, { discard: true })
/** Lets all other fibers go on until they wait, also those that wait for a digest or for HTTP as this does. */
const settled = Effect.andThen(Effect.andThen(fingerprint([]), request("GET", "/health")), yields)
const pass = (seconds: number, step = 1) =>
  Effect.forEach(
    Array.from({ length: seconds / step }),
    () => Effect.andThen(TestClock.adjust(step * 1_000), settled),
    { discard: true }
  )

/** The health of the service, and what it says of the breaker of the gateway: times in seconds. */
const health = Effect.gen(function* () {
  const body = yield* read("/health")
  const part = body.at("components", "breakers", "status")
  const breaker = (...path: ReadonlyArray<string>) => body.at("components", "breakers", "breakers", 0, ...path)
  const time = (name: string) =>
    Option.getOrUndefined(Option.map(DateTime.make(String(breaker(name))), (at) => at.epochMilliseconds / 1_000))
  return {
    statuses: [body.at("status"), part],
    names: [breaker("breaker"), breaker("state")],
    since: time("since"),
    nextProbe: time("nextProbe"),
    detail: String(body.at("components", "breakers", "detail"))
  }
})

/** A service whose gateway is away from now on. */
const inTrouble = <A, E>(
  way: Way,
  test: (gateway: TroubledGateway.TroubledGateway) => Effect.Effect<A, E, TestService | EventStore>
) =>
  Effect.gen(function* () {
    const gateway = yield* TroubledGateway.make({ seed: "down", outages: [[0, away]], trouble: 0 })
    const access = Layer.merge(GatewayAccess.layerMemory(), Layer.succeed(CardGateway.CardGateway, gateway.gateway))
    return yield* Effect.provide(
      Effect.andThen(pass(3), test(gateway)),
      TestService.layer({ settings: { fulfilment: way }, gateway: access })
    )
  }).pipe(Effect.scoped, Effect.provide(TestClock.layer()))

for (const way of ["orchestrated", "choreographed"] as const) {
  describe(`a service whose card gateway is away for five minutes, ${way}`, () => {
    it.live("has orders wait, asks seldom, says that it is degraded, and finishes all of them afterwards", () =>
      inTrouble(
        way,
        Effect.fnUntraced(function* ({ requests }) {
          assert.deepStrictEqual((yield* health).statuses, ["up", "up"])
          const { end } = yield* EventStore
          const place = (count: number) =>
            Effect.forEach(Array.from({ length: count }), () => placed(), { concurrency: count })
          const first = yield* place(early)
          yield* pass(7)
          const open = yield* health
          assert.deepInclude(open, { statuses: ["degraded", "degraded"], names: ["card-gateway", "open"] })
          const { since = Infinity } = open
          assert.isBelow(since, 10)
          assert.strictEqual(open.nextProbe, since + 60)
          assert.match(open.detail, /^card-gateway is left alone since 1970-01-01T00:00:0\d/u)

          // Who comes while it is open does not ask; who comes after its time finds out, alone.
          const second = yield* place(late)
          const asked = requests.length
          assert.isTrue(5 <= asked && asked <= early, `${asked} requests`)
          yield* pass(110, 5)
          assert.deepInclude(yield* health, { names: ["card-gateway", "half-open"], since })
          const third = yield* place(late)
          yield* pass(10)
          assert.strictEqual(requests.length, asked + 1)
          const stored = yield* end
          yield* pass(away - 130, 5)
          assert.strictEqual(yield* end, stored, "nobody does anything meanwhile")
          const orders = [...first, ...second, ...third]
          for (const { path } of orders) assert.strictEqual((yield* read(path)).at("status"), "placed")
          if (way === "orchestrated") {
            assert.strictEqual((yield* read("/sagas?state=waiting")).at("total"), orders.length)
            const { saga } = orders[0] ?? assert.fail("orders were placed")
            assert.match((yield* read(saga)).text("next"), /^does take-payment again at 1970-01-01T01:00/u)
          } else {
            assert.lengthOf((yield* read("/timers?manager=payment")).all("timers"), orders.length)
          }
          // In all these minutes: once for each that came before it was open, and once a minute.
          assert.isAtMost(requests.length, early + away / minute)
          assert.deepInclude(yield* health, { statuses: ["degraded", "degraded"], since })

          yield* pass(56 * minute, 8 * minute)
          yield* pass(4 * minute, 10)
          for (const { path } of orders) assert.strictEqual((yield* read(path)).at("status"), "approved")
          assert.deepInclude(yield* health, { statuses: ["up", "up"], names: ["card-gateway", "closed"] })
        })
      )
    )
  })
}
