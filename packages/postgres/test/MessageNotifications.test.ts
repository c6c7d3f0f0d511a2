/** What one process publishes is received by another at once, and goes round in no circle. */
import { PgClient, PgConnection } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Transaction } from "@eventfold/event-store"
import { type CloudEvent, MessageBroker, MessageSignal } from "@eventfold/messaging"
import { Clock, Context, DateTime, Effect, Layer, Queue } from "effect"
import { SecureRandom } from "effect/crypto"
import { MessageBrokerPostgres, MessageNotifications, Migrations } from "../src/index.ts"
import * as TransactionPostgres from "../src/TransactionPostgres.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"

const ports = Layer.merge(MessageBrokerPostgres.layerPostgres(), TransactionPostgres.layerPostgres).pipe(
  Layer.provide(Migrations.layer)
)

/** One process as far as messages go: nothing is shared with another one but the database. */
const process = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const services = yield* Layer.build(
    Layer.fresh(MessageNotifications.layer.pipe(Layer.provideMerge(ports))).pipe(
      Layer.provide(Layer.succeed(PgClient.PgClient, sql)),
      Layer.provide(Layer.effectContext(Effect.context()))
    )
  )
  return {
    broker: Context.get(services, MessageBroker),
    signal: Context.get(services, MessageSignal),
    transaction: Context.get(services, Transaction)
  }
})

const message = (): CloudEvent.CloudEvent => {
  const id = SecureRandom.uuidV7Unsafe()
  return {
    specversion: "1.0",
    id,
    source: "/contexts/test",
    type: "test.said.v1",
    subject: id,
    time: DateTime.makeUnsafe(0),
    datacontenttype: "application/json",
    dataschema: "https://eventfold.example/schemas/test.said.v1.json",
    partitionkey: id,
    correlationid: id,
    causationid: id,
    data: {}
  }
}

const topic = Effect.sync(() => `t${SecureRandom.uuidV7Unsafe()}`)

/** What is said on the channel, from now on. */
const overheard = Effect.gen(function* () {
  const connection = yield* PgConnection.make((yield* PgClient.PgClient).config)
  return yield* connection.listen(MessageNotifications.channel)
})

layer(PostgresDatabase.layer, { excludeTestServices: true })("messages between processes", (it) => {
  it.effect("wake who receives them in another process, which does not send that on", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* process, yield* process]
      for (const [from, to] of [
        [one, other],
        [other, one]
      ] as const) {
        const group = { topic: yield* topic, group: "readers" }
        yield* to.broker.subscribe(group)
        const back = yield* Effect.forkChild(yield* to.signal.own)
        const others = yield* Effect.forkChild(yield* to.broker.listen(yield* topic))
        const heard = yield* to.broker.listen(group.topic)
        const sent = message()
        yield* from.broker.publish(group.topic, [sent])
        yield* heard
        const received = yield* to.broker.receive(group, { limit: 10, hold: "1 minute" })
        assert.deepStrictEqual(
          received.map((one) => one.message.id),
          [sent.id]
        )
        assert.isUndefined(back.pollUnsafe())
        assert.isUndefined(others.pollUnsafe())
      }
    })
  )

  it.effect("are told of once they are committed, and not before", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* process, yield* process]
      const [rolledBack, kept] = [yield* topic, yield* topic]
      const none = yield* Effect.forkChild(yield* other.broker.listen(rolledBack))
      yield* Effect.ignore(
        one.transaction.run(Effect.andThen(one.broker.publish(rolledBack, [message()]), Effect.fail("no")))
      )
      const heard = yield* other.broker.listen(kept)
      yield* one.transaction.run(one.broker.publish(kept, [message()]))
      yield* heard
      assert.isUndefined(none.pollUnsafe())
    })
  )

  it.effect("are told of at most once in 20 ms, for all topics together", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* process, yield* process]
      const channel = yield* overheard
      const topics = yield* Effect.forEach(Array.from({ length: 4 }), () => topic)
      const begun = yield* Clock.currentTimeMillis
      yield* Effect.forEach(
        Array.from({ length: 200 }, (_, index) => topics[index % 4] ?? ""),
        (to) => one.broker.publish(to, [message()]),
        { concurrency: 4, discard: true }
      )
      const last = yield* topic
      const heard = yield* other.broker.listen(last)
      yield* one.broker.publish(last, [message()])
      yield* heard
      const took = (yield* Clock.currentTimeMillis) - begun
      assert.isAtMost(yield* Queue.size(channel), took / 20 + 2)
    })
  )

  it.effect("of more topics than one notification holds are all told of", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* process, yield* process]
      const topics = Array.from({ length: 250 }, () => SecureRandom.uuidV7Unsafe().padEnd(64, "x"))
      const heard = yield* Effect.forEach(topics, (one) => other.signal.listen(one))
      yield* Effect.forEach(topics, one.signal.ring, { discard: true })
      yield* Effect.all(heard, { concurrency: "unbounded" })
    })
  )

  it.effect("are told of again after the listening connection was lost, and what was missed then", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const [one, other] = [yield* process, yield* process]
      const [missed, to] = [yield* topic, yield* topic]
      const again = yield* other.broker.listen(missed)
      yield* sql`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = ${MessageNotifications.applicationName} and datname = current_database()`
      yield* again
      const heard = yield* other.broker.listen(to)
      yield* one.broker.publish(to, [message()])
      yield* heard
    })
  )
})
