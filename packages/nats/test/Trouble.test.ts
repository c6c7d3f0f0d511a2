/**
 * The connection to NATS is cut again and again while messages are published and received: calls fail and say that trying again
 * can help, and nothing is lost, doubled in the topic, or delivered out of its order.
 */
import { assert, describe, it } from "@effect/vitest"
import { type Group, MessageBroker } from "@eventfold/messaging"
import { silent } from "@eventfold/testing/SilentServer"
import { Effect, Fiber, Layer, Random, Schedule } from "effect"
import { MessageBrokerNats, NatsConnection } from "../src/index.ts"
import * as Messages from "./Messages.ts"
import * as NatsServer from "./NatsServer.ts"
import * as Proxy from "./Proxy.ts"

const group: Group = { topic: "ordering", group: "billing" }

/** So much is published at the least, ten messages at a time, and the connection is cut so often meanwhile. */
const [leastBatches, leastCuts] = [60, 6]

/** Tried until it succeeds, which it must within a minute. */
const insisting = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.retry(effect, Schedule.spaced("50 millis").pipe(Schedule.upTo({ duration: "1 minute" })))

if (NatsServer.url !== undefined) {
  const { hostname, port } = new URL(NatsServer.url)
  const server = { host: hostname, port: Number(port === "" ? 4222 : port) }
  const seed = process.env["EVENTFOLD_SEED"] ?? String(process.pid)

  it.live(
    `nothing is lost while the connection is cut (seed ${seed})`,
    () =>
      Effect.gen(function* () {
        const proxy = yield* Proxy.make(server)
        const prefix = NatsServer.freshPrefix()
        yield* NatsServer.cleaned(prefix)
        const through = MessageBrokerNats.layer({ prefix }).pipe(
          Layer.provide(
            NatsConnection.layer({ url: `nats://127.0.0.1:${proxy.port}`, callTimeout: 1000, connectTimeout: 500 })
          )
        )
        const [publisher, ...receivers] = yield* Effect.forEach([1, 2, 3], () => Messages.brokerOf(through))
        assert.isDefined(publisher)
        if (publisher === undefined) return
        yield* insisting(publisher.subscribe(group, { maxDeliveries: 1000 }))

        const so = { published: 0, failures: 0, cuts: 0, isPublished: false }
        const noted = <A, E>(effect: Effect.Effect<A, E>) =>
          Effect.tapError(effect, () => Effect.sync(() => (so.failures += 1)))
        const keys = Array.from({ length: 10 }, (_, key) => key)
        // A fast machine would be done before it is cut for the first time.
        const publishing = Effect.gen(function* () {
          for (let batch = 0; batch < leastBatches || so.cuts < leastCuts; batch += 1) {
            const messages = keys.map((key) => Messages.message(`${key}-${batch}`, `key-${key}`))
            yield* insisting(noted(publisher.publish(group.topic, messages)))
            so.published += messages.length
            yield* Effect.sleep("10 millis")
          }
          so.isPublished = true
        })
        const came = new Map<string, number>()
        const order = new Map<string, number>()
        const receiving = (broker: MessageBroker["Service"]) =>
          Effect.gen(function* () {
            while (!so.isPublished || came.size < so.published) {
              const some = yield* insisting(noted(broker.receive(group, { limit: 5, hold: "2 seconds" })))
              for (const { message, position } of some) {
                const last = order.get(message.partitionkey) ?? 0
                assert.isAtLeast(position, last, `the order of ${message.partitionkey}`)
                order.set(message.partitionkey, position)
                came.set(message.id, (came.get(message.id) ?? 0) + 1)
              }
              yield* insisting(noted(broker.acknowledge(group, some)))
            }
          })
        const cutting = Effect.gen(function* () {
          for (;;) {
            yield* Effect.sleep(yield* Random.nextIntBetween(200, 800))
            yield* proxy.cut
            so.cuts += 1
            yield* Effect.sleep(yield* Random.nextIntBetween(0, 300))
            yield* proxy.mend
          }
        })
        const trouble = yield* Effect.forkChild(Random.withSeed(cutting, seed))
        yield* Effect.all([publishing, ...receivers.map(receiving)], { concurrency: "unbounded", discard: true })
        yield* Fiber.interrupt(trouble)
        yield* proxy.mend

        assert.isAbove(so.failures, 0, "it was cut")
        assert.strictEqual(came.size, so.published, "every message came")
        const state = yield* insisting(publisher.state(group))
        assert.deepInclude(state, { end: so.published, dead: 0 }, "no message stands in the topic twice")
      }).pipe(Effect.scoped),
    400_000
  )
}

const failureOn = (url: string) =>
  Effect.flip(Effect.flatMap(MessageBroker, (broker) => broker.publish("ordering", [Messages.message("m1")]))).pipe(
    Effect.provide(
      MessageBrokerNats.layer().pipe(
        Layer.provide(NatsConnection.layer({ url, connectTimeout: 200, callTimeout: 200 }))
      )
    )
  )

describe("a NATS that does not answer", () => {
  it.live("is a failure at once when there is none, and says that trying again can help", () =>
    Effect.gen(function* () {
      const failure = yield* failureOn("nats://127.0.0.1:1")
      assert.deepInclude(failure, { _tag: "BrokerFailure", retryable: true })
    })
  )

  it.live("is a failure at once when it says nothing", () =>
    Effect.gen(function* () {
      const { port } = yield* silent
      const failure = yield* failureOn(`nats://127.0.0.1:${port}`)
      assert.deepInclude(failure, { _tag: "BrokerFailure", retryable: true })
    })
  )
})
