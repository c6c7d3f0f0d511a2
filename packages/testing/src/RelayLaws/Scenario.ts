/**
 * What the laws of the relay make up: every law has a context, a tenant and streams of its own, so that all run on one
 * store. Nodes are run as a program runs them, on the real clock, with short waits.
 */
import { DomainEvent, PublishedMessage } from "@eventfold/decider"
import {
  type AppendSignal,
  type Audit,
  EventCodec,
  EventStore,
  ExpectedVersion,
  StreamId,
  type Transaction
} from "@eventfold/event-store"
import { MessageBroker, OutboxRelay } from "@eventfold/messaging"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Consumers,
  DeadLetterDesk,
  DeadLetters,
  type EventHandler,
  HandlerRunner,
  Subscriptions
} from "@eventfold/subscriptions"
import { Clock, Context, DateTime, Effect, Exit, Layer, Schedule, Schema, Scope } from "effect"
import * as Names from "../EventStoreLaws/Scenario.ts"
import { expectEqual } from "../Law.ts"

/** All that a relay needs of a store and a broker. */
export type Ports = AppendSignal | Audit | Consumers | DeadLetters | EventStore | MessageBroker | Transaction

/** Does something to the relays of the laws before they are run: to show that the laws find it. */
export const Alter = Context.Reference<(relay: EventHandler.ManagedHandler) => EventHandler.ManagedHandler>(
  "@eventfold/testing/RelayLaws/Alter",
  { defaultValue: () => (relay) => relay }
)

const Said = DomainEvent.make("Said", { text: Schema.String })
const events = Schema.Union([Said])
const codec = EventCodec.make(events)
const occurredAt = DateTime.makeUnsafe("2026-01-15T12:00:00Z")

/** What cannot be published as it is. */
export class Unspeakable extends Schema.TaggedError<Unspeakable>()("Unspeakable", {}) {
  readonly retryable = false
}

/** A context no other law has, in a tenant no other law has. */
export const fresh = Effect.gen(function* () {
  const context = `law-${yield* Names.hex(12)}`
  const Message = PublishedMessage.make(context, "said", 1, Schema.Struct({ text: Schema.String }))
  const language = PublishedMessage.language(context, [Message])
  const tenant = context
  /** What the law is about; the words in `unspeakable` cannot be said. */
  const relay = (unspeakable: ReadonlySet<string> = new Set(), batchSize = 4) =>
    Effect.flatMap(Alter, (alter) =>
      Effect.map(
        OutboxRelay.make<typeof Said.Type, Unspeakable, never>({
          language,
          events,
          schemas: "https://eventfold.example/schemas",
          publish: ({ text }) =>
            unspeakable.has(text)
              ? Effect.fail(new Unspeakable())
              : Effect.succeed([PublishedMessage.say(Message, { text })]),
          options: {
            batchSize,
            catchUpBatchSize: batchSize,
            filter: { tenant },
            failure: { retries: 1, firstWait: "1 millis", longestWait: "5 millis" },
            pollEvery: { busy: "5 millis", idle: "20 millis" }
          }
        }),
        alter
      )
    )
  return { context, tenant, relay, consumer: `handler:${OutboxRelay.nameOf(context)}` }
})

/** A context of a law. */
export type Fresh = Effect.Success<typeof fresh>

/** Appends what is said: `p1: one` is said in the stream `p1`. All of one append are of one stream. Answers the position. */
export const say = Effect.fnUntraced(function* ({ tenant }: Fresh, ...lines: ReadonlyArray<string>) {
  const encoded = yield* codec.encode(
    lines.map((text) => Said.make({ occurredAt, text })),
    tenant
  )
  const stream = StreamId.make(tenant, "law", lines[0]?.split(":")[0] ?? "")
  const stored = yield* Effect.forEach(encoded, (event) =>
    Effect.map(Names.uuid, (id) => ({ ...event, id, metadata: {} }))
  )
  return (yield* (yield* EventStore).append(stream, ExpectedVersion.Any, stored)).position
})

/** What others have been told, in the order in which it was published. */
export const told = Effect.fnUntraced(function* ({ context }: Fresh) {
  const broker = yield* MessageBroker
  const group = { topic: context, group: `reader-${yield* Names.hex(12)}` }
  yield* broker.subscribe(group, { maxInFlight: 10_000 })
  const found: Array<{ readonly position: number; readonly text: string }> = []
  for (;;) {
    const batch = yield* broker.receive(group, { limit: 1000, hold: "1 hour" })
    if (batch.length === 0) break
    yield* broker.acknowledge(group, batch)
    found.push(...batch.map(({ message: { data }, position }) => ({ position, text: textOf(data) })))
  }
  yield* broker.unsubscribe(group)
  // Of one key they come one after another: the place is what says when it was published.
  return found.toSorted((a, b) => a.position - b.position).map(({ text }) => text)
})

/** A node that runs a relay, over a broker that does something else now and then. */
export const node = Effect.fnUntraced(function* (
  relay: ReturnType<Fresh["relay"]>,
  wrong: (broker: MessageBroker["Service"]) => Partial<MessageBroker["Service"]> = () => ({})
) {
  const broker = yield* MessageBroker
  const scope = yield* Scope.fork(yield* Effect.scope)
  const services = Layer.mergeAll(ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer)
  const layer = Layer.mergeAll(HandlerRunner.layer([relay], { leaseTime: "1 second" }), DeadLetterDesk.layer).pipe(
    Layer.provide(services),
    Layer.provide(Layer.succeed(MessageBroker, { ...broker, ...wrong(broker) })),
    Layer.fresh
  )
  const built = yield* Layer.buildWithScope(layer, scope)
  return {
    runner: Context.get(built, HandlerRunner),
    desk: Context.get(built, DeadLetterDesk),
    end: Scope.close(scope, Exit.void)
  }
})

/** Looks until it is so, for ten seconds at the most; answers whether it came to be so. */
export const comes = <E, R>(isSo: Effect.Effect<boolean, E, R>) =>
  isSo.pipe(
    Effect.repeat({ until: (answer) => answer, schedule: Schedule.spaced("2 millis") }),
    Effect.timeoutOption("10 seconds"),
    Effect.map((answer) => answer._tag === "Some")
  )

/** Waits until everything up to a position has been dealt with. */
export const passed = ({ consumer }: Fresh, position: number) =>
  Effect.flatMap(Consumers, (consumers) =>
    comes(
      Effect.map(consumers.states([consumer]), (states) => states.some((state) => state.position >= position))
    ).pipe(
      Effect.andThen((answer) => expectEqual(`whether it has dealt with everything up to ${position}`, answer, true))
    )
  )

/** The letters there are, as texts: the key, and what failed. */
export const letters = ({ consumer }: Fresh) =>
  Effect.flatMap(DeadLetters, (desk) =>
    Effect.map(desk.list({ consumer, limit: 1000 }), (found) =>
      found.map(({ failure, stream }) => `${stream.id}: ${failure?.name ?? "behind it"}`)
    )
  )

const Content = Schema.Struct({ text: Schema.String })
const textIn = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({ data: Content })))
const textOf = (data: Schema.Json): string => Schema.decodeUnknownSync(Content)(data).text

/** What encoded messages say. */
export const textsOf = (messages: ReadonlyArray<{ readonly text: string }>): ReadonlyArray<string> =>
  messages.map(({ text }) => textIn(text).data.text)

/** The laws wait for what is really going on: on the real clock, also where a test has one of its own. */
export const inRealTime = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<R, Scope.Scope>> =>
  Effect.provideService(Effect.scoped(effect), Clock.Clock, Clock.Clock.defaultValue())
