/** Several processes on one NATS: each has a broker of its own, and all that is shared is in NATS. */
import { assert, it } from "@effect/vitest"
import type { Group } from "@eventfold/messaging"
import { Effect, Fiber, Layer, Schedule } from "effect"
import { MessageBrokerNats, NatsConnection } from "../src/index.ts"
import * as Messages from "./Messages.ts"
import * as NatsServer from "./NatsServer.ts"

const group: Group = { topic: "ordering", group: "billing" }

/** So many brokers on the same streams, which are removed in the end. */
const processes = Effect.fnUntraced(function* (count: number, options: MessageBrokerNats.NatsBrokerOptions = {}) {
  const prefix = NatsServer.freshPrefix()
  yield* NatsServer.cleaned(prefix)
  const layer = MessageBrokerNats.layer({ ...options, prefix }).pipe(Layer.provide(NatsServer.connection))
  const brokers = yield* Effect.forEach(Array.from({ length: count }), () => Messages.brokerOf(layer))
  return { brokers, layer, prefix }
})

/** How many batches NATS has of the topic. */
const batchesOf = (prefix: string) =>
  Effect.flatMap(NatsConnection.NatsConnection, (nats) =>
    nats.call("look", async ({ manager }) => (await manager.streams.info(`${prefix}_log_ordering`)).state.messages)
  ).pipe(Effect.provide(NatsServer.connection))

it.live("several processes share the messages of a group: each goes to one, those of a key in order", () =>
  Effect.gen(function* () {
    const { brokers } = yield* processes(4)
    const [first, ...others] = brokers
    if (first === undefined) return
    yield* first.subscribe(group)
    const sent = Array.from({ length: 400 }, (_, index) => Messages.message(`m${index}`, `key-${index % 10}`))
    yield* first.publish(group.topic, sent)
    const came = new Map<string, Array<number>>()
    const shares = yield* Effect.forEach(
      others,
      Effect.fnUntraced(function* (broker) {
        let count = 0
        while (Array.from(came.values()).flat().length < sent.length) {
          const some = yield* broker.receive(group, { limit: 2, hold: "1 minute" })
          for (const { message, position } of some) {
            came.set(message.partitionkey, [...(came.get(message.partitionkey) ?? []), position])
          }
          count += yield* broker.acknowledge(group, some)
          yield* Effect.yieldNow
        }
        return count
      }),
      { concurrency: "unbounded" }
    )
    for (const [key, positions] of came) {
      assert.deepStrictEqual(
        positions,
        positions.toSorted((a, b) => a - b),
        `the order of ${key}`
      )
      assert.strictEqual(new Set(positions).size, 40, `each of ${key} once`)
    }
    for (const share of shares) assert.isAbove(share, 0, "everybody has a share")
    assert.deepInclude(yield* first.state(group), { inFlight: 0, waiting: 0, oldest: undefined })
  }).pipe(Effect.scoped)
)

it.live("what a process held that is gone comes to another one when its time is up", () =>
  Effect.gen(function* () {
    const { brokers } = yield* processes(2)
    const [gone, other] = brokers
    if (gone === undefined || other === undefined) return
    yield* gone.subscribe(group)
    yield* gone.publish(group.topic, [Messages.message("m1", "k"), Messages.message("m2", "k")])
    assert.deepStrictEqual(Messages.ids(yield* gone.receive(group, { limit: 9, hold: "1 milli" })), ["m1"])
    const [again] = yield* Effect.repeat(other.receive(group, { limit: 9, hold: "1 minute" }), {
      until: (found) => found.length > 0,
      schedule: Schedule.spaced("2 millis")
    })
    assert.strictEqual(again?.message.id, "m1")
    assert.strictEqual(again?.attempt, 2)
  }).pipe(Effect.scoped)
)

it.live("a process that is new knows what others have published within the window", () =>
  Effect.gen(function* () {
    const { brokers, layer } = yield* processes(1)
    const [first] = brokers
    if (first === undefined) return
    // Two batches that are several messages of NATS each, and many small ones.
    const large = Array.from({ length: 8 }, (_, index) => Messages.message(`l${index}`, "k", "é".repeat(200_000)))
    const small = Array.from({ length: 700 }, (_, index) => Messages.message(`s${index}`))
    yield* first.publish(group.topic, large)
    yield* Effect.forEach(small, (one) => first.publish(group.topic, [one]), { discard: true, concurrency: 20 })
    const second = yield* Messages.brokerOf(layer)
    assert.strictEqual(yield* second.publish(group.topic, small), 0)
    assert.strictEqual(yield* second.publish(group.topic, [...large, Messages.message("new")]), 1)
    assert.strictEqual(yield* first.publish(group.topic, [Messages.message("new"), Messages.message("newer")]), 1)
    yield* second.subscribe(group)
    const came = yield* Messages.drained(second, group)
    assert.strictEqual(came.length, 710)
    assert.deepStrictEqual(
      came.filter((id) => id.startsWith("l")),
      large.map(({ id }) => id)
    )
  }).pipe(Effect.scoped)
)

it.live("processes that publish at the same moment publish each message once, also in long batches", () =>
  Effect.gen(function* () {
    const { brokers } = yield* processes(4)
    const [first] = brokers
    if (first === undefined) return
    const batches = Array.from({ length: 5 }, (_, batch) =>
      Array.from({ length: 6 }, (_, index) => Messages.message(`b${batch}-${index}`, "k", "x".repeat(200_000)))
    )
    const counts = yield* Effect.forEach(
      brokers,
      (broker) => Effect.forEach(batches, (batch) => broker.publish(group.topic, batch)),
      { concurrency: "unbounded" }
    )
    assert.strictEqual(
      counts.flat().reduce((sum, count) => sum + count, 0),
      30
    )
    // A batch that lost a race leaves nothing behind.
    yield* first.subscribe(group)
    const came = yield* Messages.drained(first, group)
    for (const batch of batches) {
      const of = came.filter((id) => batch.some((one) => one.id === id))
      assert.deepStrictEqual(
        of,
        batch.map(({ id }) => id),
        "a batch is in its order"
      )
    }
  }).pipe(Effect.scoped)
)

it.live("who listens is woken by what another process publishes", () =>
  Effect.gen(function* () {
    const { brokers } = yield* processes(2)
    const [here, there] = brokers
    if (here === undefined || there === undefined) return
    const wait = yield* here.listen(group.topic)
    const woken = yield* Effect.forkChild(wait, { startImmediately: true })
    yield* there.publish(group.topic, [Messages.message("m1")])
    yield* Fiber.join(woken).pipe(Effect.timeout("5 seconds"))
  }).pipe(Effect.scoped)
)

it.live("what is removed is gone from NATS, too, but for the newest batch, which says where the topic ends", () =>
  Effect.gen(function* () {
    const { brokers, prefix } = yield* processes(1, { deduplicateFor: "1 second", keepFor: "1 second" })
    const [broker] = brokers
    if (broker === undefined) return
    yield* broker.subscribe(group)
    for (const index of Array.from({ length: 30 }).keys()) {
      yield* broker.publish(group.topic, [Messages.message(`m${index}`), Messages.message(`n${index}`)])
    }
    const held = yield* broker.receive(group, { limit: 3, hold: "1 minute" })
    assert.lengthOf(held, 3)
    yield* Messages.drained(broker, group)
    // How many are old enough at a time depends on how long it took to publish them.
    let removed = 0
    yield* broker.trim(group.topic).pipe(
      Effect.map((count) => (removed += count)),
      Effect.repeat({ until: (count) => count >= 57, schedule: Schedule.spaced("100 millis") }),
      Effect.timeout("30 seconds")
    )
    assert.strictEqual(removed, 57)
    // Held are m0, n0 and m1: two batches, and the newest one.
    assert.strictEqual(yield* batchesOf(prefix), 3)
    yield* broker.acknowledge(group, held)
    assert.strictEqual(yield* broker.trim(group.topic), 3)
    assert.strictEqual(yield* batchesOf(prefix), 1)
    assert.strictEqual(yield* broker.publish(group.topic, [Messages.message("m60")]), 1)
    const [last] = yield* broker.receive(group, { limit: 3, hold: "1 minute" })
    assert.strictEqual(last?.position, 61)
  }).pipe(Effect.scoped)
)
