/**
 * What the laws of subscribers make up: a context that says lines and one that writes down what it hears, of each law its own,
 * so that all run on one store; and nodes that run both sides, and die at a step.
 */
import { DomainEvent, PublishedMessage } from "@eventfold/decider"
import { EventCodec, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { Inbox, MessageBroker, OutboxRelay, Subscriber, SubscriberRunner } from "@eventfold/messaging"
import { ConsumerProgress, ConsumerRegistry, HandlerRunner, Subscriptions } from "@eventfold/subscriptions"
import { Context, DateTime, type Duration, Effect, Exit, Layer, Schedule, Schema, Scope } from "effect"
import * as Names from "../EventStoreLaws/Scenario.ts"
import type { Ports as RelayPorts } from "../RelayLaws/Scenario.ts"

/** All that both sides need of stores and a broker. */
export type Ports = RelayPorts | Inbox

/** How long is waited for what goes on by itself. */
export const Patience = Context.Reference<Duration.Input>("@eventfold/testing/SubscriberLaws/Patience", {
  defaultValue: () => "10 seconds"
})

/** Looks until it is so, for as long as there is patience; answers whether it came to be so. */
export const comes = <E, R>(isSo: Effect.Effect<boolean, E, R>) =>
  Effect.flatMap(Patience, (patience) =>
    isSo.pipe(
      Effect.repeat({ until: (answer) => answer, schedule: Schedule.spaced("5 millis") }),
      Effect.timeoutOption(patience),
      Effect.map((answer) => answer._tag === "Some")
    )
  )

/** Where a node dies. */
export const crashPoints = [
  "before it publishes",
  "when it has published",
  "when it has received",
  "in the middle of its handler",
  "before it has stored what it did",
  "when it has stored what it did",
  "when it has acknowledged"
] as const
/** Where a node dies. */
export type CrashPoint = (typeof crashPoints)[number]

const Said = DomainEvent.make("Said", { text: Schema.String })
const events = Schema.Union([Said])
const codec = EventCodec.make(events)
const occurredAt = DateTime.makeUnsafe("2026-01-15T12:00:00Z")

/** Two contexts no other law has. */
export const fresh = Effect.gen(function* () {
  const context = `law-${yield* Names.hex(12)}`
  const Message = PublishedMessage.make(context, "said", 1, Schema.Struct({ text: Schema.String }))
  return { context, tenant: context, Message, group: { topic: context, group: "listener" } }
})

/** The contexts of a law. */
export type Fresh = Effect.Success<typeof fresh>

/** Lines that are said in turn in three streams. */
export const linesOf = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `p${index % 3}: ${index}`)

const keyOf = (line: string) => line.split(":")[0] ?? ""

/** Sorts by key, and leaves the order of each. */
export const byKey = (a: string, b: string): number => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0)

const append = Effect.fnUntraced(function* ({ tenant }: Fresh, category: string, text: string) {
  const [encoded] = yield* codec.encode([Said.make({ occurredAt, text })], tenant)
  if (encoded === undefined) return
  const event = { ...encoded, id: yield* Names.uuid, metadata: {} }
  const stream = StreamId.make(tenant, category, keyOf(text))
  yield* (yield* EventStore).append(stream, ExpectedVersion.Any, [event])
})

/** Says lines, one by one: `p1: one` in the stream `p1`. */
export const say = (its: Fresh, lines: ReadonlyArray<string>) =>
  Effect.forEach(lines, (line) => append(its, "law-said", line), { discard: true })

/** What was written down, by key, in the order in which it was stored. */
export const heard = Effect.fnUntraced(function* ({ tenant }: Fresh) {
  const keys = ["p0", "p1", "p2", "p4"]
  const found = yield* Effect.forEach(keys, (key) =>
    Effect.flatMap(Names.read(StreamId.make(tenant, "law-heard", key)), (recorded) => codec.decode(recorded))
  )
  return found.flat().map(({ text }) => text)
})

/** How the one that listens stands; it has nothing to do before it is there. */
export const standing = ({ group }: Fresh) =>
  Effect.flatMap(MessageBroker, (broker) =>
    Effect.catchTag(broker.state(group), "UnknownGroup", () =>
      Effect.succeed({ position: 0, end: 1, inFlight: 0, waiting: 0, dead: 0, oldest: undefined })
    )
  )

/**
 * A node that says what is stored, hears what is said and writes it down; it may die at a step, and is of no use after that.
 * When its handler takes longer than messages are held, others are given them meanwhile.
 */
export const node = Effect.fnUntraced(function* (
  its: Fresh,
  {
    dies,
    hold = "300 millis",
    takes = 0
  }: { readonly dies?: CrashPoint; readonly hold?: Duration.Input; readonly takes?: Duration.Input } = {}
) {
  const [broker, inbox] = [yield* MessageBroker, yield* Inbox]
  let dead = false
  /** Whatever a dead node asks for is not answered, and nothing it would still do is done. */
  const alive = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => (dead ? Effect.die("the node is dead") : effect))
  const reach = (point: CrashPoint) =>
    Effect.suspend(() => {
      if (point !== dies) return Effect.void
      dead = true
      return Effect.never
    })
  const mortal = MessageBroker.of({
    ...broker,
    publishEncoded: (topic, messages) =>
      alive(
        reach("before it publishes").pipe(
          Effect.andThen(broker.publishEncoded(topic, messages)),
          Effect.tap(() => reach("when it has published"))
        )
      ),
    receive: (group, what) =>
      alive(
        Effect.tap(broker.receive(group, { ...what, hold }), (found) =>
          found.length === 0 ? Effect.void : reach("when it has received")
        )
      ),
    acknowledge: (group, deliveries) =>
      alive(Effect.tap(broker.acknowledge(group, deliveries), () => reach("when it has acknowledged"))),
    redeliver: (group, delivery, why) => alive(broker.redeliver(group, delivery, why)),
    reject: (group, delivery, reason) => alive(broker.reject(group, delivery, reason))
  })
  const mortalInbox = Inbox.of({
    ...inbox,
    once: (handler, message, effect, options) =>
      Effect.tap(inbox.once(handler, message, effect, options), () => reach("when it has stored what it did"))
  })
  const listener = Subscriber.make(
    "listener",
    [
      Subscriber.on(its.Message, ({ text }) =>
        reach("in the middle of its handler").pipe(
          Effect.andThen(Effect.sleep(takes)),
          Effect.andThen(append(its, "law-heard", text)),
          Effect.andThen(reach("before it has stored what it did"))
        )
      )
    ],
    { lookEvery: "20 millis", failure: { retries: 500, firstWait: "5 millis", longestWait: "20 millis" } }
  )
  const relay = OutboxRelay.make<typeof Said.Type, never, never>({
    language: PublishedMessage.language(its.context, [its.Message]),
    events,
    schemas: "https://eventfold.example/schemas",
    publish: ({ text }) => Effect.succeed([PublishedMessage.say(its.Message, { text })]),
    options: {
      batchSize: 4,
      filter: { tenant: its.tenant, categories: ["law-said"] },
      pollEvery: { busy: "5 millis", idle: "20 millis" }
    }
  })
  const scope = yield* Scope.fork(yield* Effect.scope)
  const services = Layer.mergeAll(ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer)
  const built = yield* Layer.buildWithScope(
    Layer.mergeAll(
      HandlerRunner.layer([relay], { leaseTime: "1 second" }),
      SubscriberRunner.layer([listener], { grace: "1 millis" })
    ).pipe(
      Layer.provide([services, Layer.succeed(MessageBroker, mortal), Layer.succeed(Inbox, mortalInbox)]),
      Layer.fresh
    ),
    scope
  )
  return {
    died: Effect.sync(() => dead),
    end: Scope.close(scope, Exit.void),
    relays: Context.get(built, HandlerRunner),
    listeners: Context.get(built, SubscriberRunner)
  }
})
