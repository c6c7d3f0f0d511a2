/**
 * `npm run bench:messages -- [--messages N]`: how long it takes, while nothing else goes on, from a command that is answered to
 * what another context has stored about it: event, relay, broker, subscriber, inbox. Once with both contexts on one node, and
 * once on two, which share nothing but the database and its notifications. For each one JSON object comes out: milliseconds at
 * the median, at 99 of 100, and at the most.
 */
import "effect/schema/SchemaJITCompiler/enable"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { PublishedMessage } from "@eventfold/decider"
import { EventStore, ExpectedVersion, Transaction } from "@eventfold/event-store"
import { OutboxRelay, Subscriber, SubscriberRunner } from "@eventfold/messaging"
import { CommitNotifications, layerPostgres, MessageNotifications } from "@eventfold/postgres"
import { ConsumerRegistry, HandlerRunner, Subscriptions } from "@eventfold/subscriptions"
import { ConfigProvider, Console, Deferred, Effect, Layer, Redacted, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { Reactivity } from "effect/reactivity"
import * as PostgresServer from "../../test/PostgresServer.ts"
import { account } from "./Account.ts"
import * as Database from "./Database.ts"
import { masterKey } from "./OrderService.ts"
import * as Samples from "./Samples.ts"

const server = Effect.acquireRelease(
  Effect.promise(async () => {
    const given = process.env["TEST_DATABASE_URL"]
    return given === undefined ? await PostgresServer.start({ durable: true }) : { url: given, stop: async () => {} }
  }),
  ({ stop }) => Effect.promise(stop)
)

const Deposited = PublishedMessage.make("bench", "money-deposited", 1, Schema.Struct({ account: Schema.String }))

/** Who waits for which account. */
const waiting = new Map<string, Deferred.Deferred<number>>()

const relay = OutboxRelay.make({
  language: PublishedMessage.language("bench", [Deposited]),
  events: account.Event,
  schemas: "https://eventfold.example/schemas",
  publish: (_, { stream }) => Effect.succeed([PublishedMessage.say(Deposited, { account: stream.id })]),
  // What the listener stores is not said again.
  options: { filter: { categories: ["account"] } }
})

/** Stores an event of its own for each message, and says so once that is committed. */
const listener = Subscriber.make("listener", [
  Subscriber.on(
    Deposited,
    Effect.fnUntraced(function* ({ account }) {
      const store = yield* EventStore
      yield* store.append(Samples.newStream("heard"), ExpectedVersion.NoStream, yield* Samples.newDeposits(1))
      const waits = waiting.get(account)
      const tell = Effect.suspend(() =>
        waits === undefined ? Effect.void : Effect.asVoid(Deferred.succeed(waits, performance.now()))
      )
      yield* Transaction.afterCommit(tell)
    })
  )
])

/** How long one takes, in milliseconds. */
const once = Effect.gen(function* () {
  const stream = Samples.newStream("account")
  const waits = yield* Deferred.make<number>()
  waiting.set(stream.id, waits)
  const events = yield* Samples.newDeposits(1)
  yield* (yield* EventStore).append(stream, ExpectedVersion.NoStream, events)
  const answered = performance.now()
  const handled = yield* Deferred.await(waits)
  waiting.delete(stream.id)
  // Others take a moment to note what they have done; the next one finds them at rest.
  yield* Effect.sleep("20 millis")
  return handled - answered
})

const latency = Effect.fnUntraced(function* (measure: string, messages: number) {
  for (let warm = 0; warm < 20; warm += 1) yield* once
  const found: Array<number> = []
  for (let count = 0; count < messages; count += 1) found.push(yield* once)
  const sorted = found.toSorted((a, b) => a - b)
  const at = (part: number) => Math.round((sorted[Math.ceil(messages * part) - 1] ?? Number.NaN) * 10) / 10
  yield* Console.log(JSON.stringify({ measure, messages, p50ms: at(0.5), p99ms: at(0.99), mostMs: at(1) }))
})

const bench = Command.make(
  "messages",
  { messages: Flag.Int("messages").pipe(Flag.withDefault(500), Flag.withDescription("how many, one after another")) },
  Effect.fn(function* ({ messages }) {
    yield* Effect.gen(function* () {
      const { url: serverUrl } = yield* server
      const url = yield* Database.create(serverUrl, "eventfold_messages")
      /** A node: a pool of its own, and what it hears of others. */
      const node = Layer.fresh(
        Layer.merge(CommitNotifications.layer, MessageNotifications.layer).pipe(
          Layer.provideMerge(layerPostgres),
          Layer.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 10 })),
          Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { EVENTFOLD_MASTER_KEY: masterKey } })))
        )
      )
      const relaying = Layer.provide(
        HandlerRunner.layer([relay]),
        Layer.mergeAll(ConsumerRegistry.layer, Subscriptions.layer)
      )
      const listening = SubscriberRunner.layer([listener])
      yield* latency("message-latency", messages).pipe(
        Effect.provide(Layer.mergeAll(relaying, listening).pipe(Layer.provideMerge(node)))
      )
      yield* latency("message-latency-two-nodes", messages).pipe(
        Effect.provide(Layer.merge(relaying.pipe(Layer.provideMerge(node)), Layer.provide(listening, node)))
      )
    }).pipe(Effect.scoped)
  })
)

Command.run(bench, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.merge(NodeServices.layer, Reactivity.layer)),
  NodeRuntime.runMain
)
