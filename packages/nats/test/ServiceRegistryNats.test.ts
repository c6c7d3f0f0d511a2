/** The register of services on NATS: the laws of the port, and what is believed while NATS is away. */
import { BrokerFailure, ServiceRegistry } from "@eventfold/messaging"
import * as ServiceRegistryContract from "@eventfold/testing/ServiceRegistryContract"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { TestClock } from "effect/testing"
import { NatsConnection, ServiceRegistryNats } from "../src/index.ts"
import * as NatsServer from "./NatsServer.ts"

/** A stream of its own, which is gone afterwards. */
const registry = (options: ServiceRegistryNats.NatsRegistryOptions = {}) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const stream = `eventfold-services-${SecureRandom.uuidV7Unsafe()}`
      const { call } = yield* NatsConnection.NatsConnection
      yield* Effect.addFinalizer(() => Effect.ignore(call("delete", ({ manager }) => manager.streams.delete(stream))))
      return ServiceRegistryNats.layer({ stream, ...options })
    })
  )

const one = {
  namespace: "eventfold",
  service: "hotels",
  instance: "one",
  version: "1",
  endpoints: { http: "http://127.0.0.1:4001" }
}

/** A connection that can be cut. */
const cuttable = (state: { isCut: boolean }) =>
  Layer.effect(
    NatsConnection.NatsConnection,
    Effect.map(NatsConnection.NatsConnection, (real) => ({
      ...real,
      call: (operation, what) =>
        Effect.suspend(() =>
          state.isCut
            ? Effect.fail(new BrokerFailure({ operation, retryable: true, cause: "cut" }))
            : real.call(operation, what)
        )
    }))
  ).pipe(Layer.provide(NatsServer.connection))

ServiceRegistryContract.suite(
  "ServiceRegistry on NATS",
  registry({ refresh: 0 }).pipe(Layer.provide(NatsServer.connection)),
  {
    excludeTestServices: true
  }
)

describe("the register of services on NATS", () => {
  it.live("is believed while NATS is away, and gives everybody time to be heard of when it is back", () => {
    const state = { isCut: false }
    return Effect.gen(function* () {
      const [others, mine] = [yield* TestClock.make(), yield* TestClock.make()]
      const all = Context.get(yield* Layer.build(registry({ refresh: 0 })), ServiceRegistry)
      const at = <A, E, R>(millis: number, effect: Effect.Effect<A, E, R>) =>
        Effect.andThen(mine.setTime(millis), Effect.provideService(effect, Clock.Clock, mine))
      // Whoever registers is on a clock that stands still: it is not heard of again.
      yield* Effect.provideService(all.register(one), Clock.Clock, others)
      assert.lengthOf(yield* at(1000, all.find("hotels")), 1)
      state.isCut = true
      assert.lengthOf(yield* at(300_000, all.find("hotels")), 1)
      assert.strictEqual((yield* Effect.flip(at(700_000, all.find("hotels"))))._tag, "RegistryFailure")
      state.isCut = false
      assert.lengthOf(yield* at(701_000, all.find("hotels")), 1)
      assert.lengthOf(yield* at(708_000, all.find("hotels")), 1)
      assert.strictEqual((yield* Effect.flip(at(709_000, all.find("hotels"))))._tag, "ContextNotRegistered")
    }).pipe(Effect.scoped, Effect.provide(cuttable(state)))
  })
})
