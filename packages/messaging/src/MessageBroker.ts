/**
 * The port to a message broker: messages of a topic, delivered at least once to every consumer group.
 *
 * A topic is a log of messages. A group has a place in it; those who receive for one group share its messages. What is
 * received is held for some time: acknowledged it is done, put back it comes again, and so it does when the time is up.
 *
 * Guarantees of every layer (`MessageBrokerContract` in `@eventfold/testing` holds them to it):
 * - a batch is published whole or not at all, in its order; a message whose source and id were published within the window
 *   of deduplication is not published again;
 * - messages of one partition key are delivered one after another, in order, those of other keys meanwhile;
 * - after so many deliveries, or when it is rejected, a message becomes a dead letter. Its key waits until it is replayed or
 *   discarded, and no other key does;
 * - no more are in flight than the group allows; no message is removed before every group has done with it.
 *
 * Gotchas: acknowledging is no part of anybody's transaction: do it after the commit, so that a crash in between delivers
 * again, which an inbox knows. Time is Effect's clock: processes that share a broker must agree on it to within the time
 * messages are held, and a message is never said to be published before one that is there already. Nothing is removed but by
 * `trim`: run `BrokerJanitor`, which calls it.
 */
import { Transaction } from "@eventfold/event-store"
import { Clock, Context, DateTime, Duration, Effect, Metric, Result } from "effect"
import type { BrokerFailure, BrokerRequestRefused, UnknownGroup } from "./BrokerErrors.ts"
import type { BrokerDriver, EncodedMessage, StoredDelivery } from "./BrokerDriver.ts"
import type {
  DeadMessage,
  Delivery,
  Group,
  GroupOptions,
  GroupState,
  KeptMessage,
  Receiving,
  Start
} from "./BrokerGroups.ts"
import * as BrokerRules from "./BrokerRules.ts"
import { type CloudEvent, type CloudEventNotValid, fromText } from "./CloudEvent.ts"
import { MessageSignal } from "./MessageSignal.ts"

export type {
  DeadMessage,
  Delivery,
  Group,
  GroupOptions,
  GroupState,
  KeptMessage,
  Receiving,
  Start
} from "./BrokerGroups.ts"

/** The most messages that are published in one call. */
export const mostPublished = 1000

type Failures = BrokerFailure | BrokerRequestRefused

/** A message broker. */
export class MessageBroker extends Context.Service<
  MessageBroker,
  {
    /** Publishes up to 1,000 messages; answers how many of them were not there yet. */
    publish(topic: string, messages: ReadonlyArray<CloudEvent>): Effect.Effect<number, CloudEventNotValid | Failures>
    /** The same, of what `MessageBroker.encode` has made: for who publishes much, and tries again. */
    publishEncoded(topic: string, messages: ReadonlyArray<EncodedMessage>): Effect.Effect<number, Failures>
    /** Makes a group, or gives one that is there new bounds. */
    subscribe(group: Group, options?: GroupOptions): Effect.Effect<void, Failures>
    /** Removes a group: it needs no messages any more. Answers whether there was one. */
    unsubscribe(group: Group): Effect.Effect<boolean, BrokerFailure>
    /**
     * Takes messages that can be delivered now, in their order. Answers at once, with none if there is none, which writes
     * nothing. One that cannot be read becomes a dead letter, and the others are delivered.
     */
    receive(group: Group, what: Receiving): Effect.Effect<ReadonlyArray<Delivery>, UnknownGroup | Failures>
    /** Done with these. Answers how many of them were still held by these deliveries. */
    acknowledge(group: Group, deliveries: ReadonlyArray<Delivery>): Effect.Effect<number, Failures>
    /**
     * Holds these for so long from now on, 1 ms to a day: for who is still at work. Answers how many of them were still held by
     * these deliveries, also when their time was up and nobody had received them since.
     */
    prolong(group: Group, deliveries: ReadonlyArray<Delivery>, hold: Duration.Input): Effect.Effect<number, Failures>
    /**
     * Puts a message back: it comes again after a delay (up to a year), or becomes a dead letter when it has come too
     * often. `lost` when it was not held by this delivery any more. `reason` must quote nothing personal. With `counts: false`
     * it comes again as if it had not been delivered this time: for who could not even begin with it.
     */
    redeliver(
      group: Group,
      delivery: Delivery,
      why: { readonly after: Duration.Input; readonly reason: string; readonly counts?: boolean }
    ): Effect.Effect<"again" | "dead" | "lost", Failures>
    /** Makes it a dead letter at once. Answers whether it was held by this delivery. */
    reject(group: Group, delivery: Delivery, reason: string): Effect.Effect<boolean, Failures>
    /** Dead letters behind a position (default 0), in order: 1 to 1,000. */
    deadLetters(
      group: Group,
      page: { readonly after?: number; readonly limit: number }
    ): Effect.Effect<ReadonlyArray<DeadMessage>, Failures>
    /** Delivers dead letters again, as if for the first time: that at a position, or all. Answers how many. */
    replay(group: Group, position?: number): Effect.Effect<number, Failures>
    /** Removes a dead letter, so that what waits behind it goes on. Answers whether there was one. */
    discard(group: Group, position: number): Effect.Effect<boolean, Failures>
    /** Puts a group to another place: it receives again what follows, and forgets what is in flight and dead. */
    rewind(group: Group, from: Start): Effect.Effect<void, UnknownGroup | Failures>
    /**
     * Removes messages that are older than they are kept and that every group has done with. Answers how many: it looks at
     * 1,000 of them, and goes on from there when it is called again.
     */
    trim(topic: string): Effect.Effect<number, BrokerFailure>
    state(group: Group): Effect.Effect<GroupState, UnknownGroup | BrokerFailure>
    /** The names of all groups of a topic, sorted; none when there is no such topic. */
    groups(topic: string): Effect.Effect<ReadonlyArray<string>, BrokerFailure>
    /** Messages a topic keeps, in order, from a place on: 1 to 1,000. Nothing comes of looking at them. */
    browse(
      topic: string,
      page: { readonly from: Start; readonly limit: number }
    ): Effect.Effect<ReadonlyArray<KeptMessage>, Failures>
    /**
     * Starts listening: the effect inside waits until something of the topic can be received that could not before, as far as
     * this process knows. Listen first, receive second, wait third; what others publish may not be heard: look at intervals, too.
     */
    listen(topic: string): Effect.Effect<Effect.Effect<void>>
  }
>()("@eventfold/messaging/MessageBroker") {
  /** A message as brokers keep it, checked against every rule. */
  static readonly encode: (message: CloudEvent) => Result.Result<EncodedMessage, CloudEventNotValid> =
    BrokerRules.stored
  /** Builds the service from what a layer implements: requests are checked and messages coded once for all. */
  static make(
    driver: BrokerDriver,
    options: BrokerRules.BrokerOptions = {},
    signal = MessageSignal.make()
  ): MessageBroker["Service"] {
    const { deduplicateFor, keepFor } = BrokerRules.bounds(options)
    /** Rings when the answer says that something can be received. */
    const ringing =
      <A>(topic: string, when: (answer: A) => boolean, ring = signal.ring) =>
      <E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
        Effect.tap(effect, (answer) => (when(answer) ? Transaction.afterCommit(ring(topic)) : Effect.void))
    const clocked = <A, E>(work: (now: number) => Effect.Effect<A, E>) => Effect.flatMap(Clock.currentTimeMillis, work)
    const delivered = (group: Group, now: number, stored: ReadonlyArray<StoredDelivery>) =>
      Effect.gen(function* () {
        const deliveries: Array<Delivery> = []
        for (const { attempt, position, publishedAt, receipt, text } of stored) {
          const message = fromText(text)
          if (Result.isSuccess(message)) {
            const at = DateTime.makeUnsafe(publishedAt)
            deliveries.push({ position, attempt, receipt, publishedAt: at, message: message.success })
          } else {
            // What cannot be read is given up.
            const reason = BrokerRules.plain(`it cannot be read: ${message.failure.message}`)
            yield* driver.giveBack(group, { position, receipt }, { now, at: undefined, reason, counts: true })
            yield* Metric.update(Metric.withAttributes(unreadable, { subscriber: group.group, topic: group.topic }), 1)
            // What cannot be read is not quoted: it may be about anybody.
            yield* Effect.logWarning(
              `the message at ${position} of ${group.topic} is a dead letter of ${group.group}: it cannot be read`
            )
          }
        }
        return deliveries
      })
    const giveBack = Effect.fnUntraced(function* (
      group: Group,
      delivery: Delivery,
      reason: string,
      after: number | undefined,
      counts: boolean = true
    ) {
      if (after !== undefined) yield* BrokerRules.count("after in milliseconds", after, 0, longestDelay)
      const receipt = yield* BrokerRules.receipt(delivery)
      return yield* clocked((now) =>
        driver.giveBack(group, receipt, {
          now,
          at: after === undefined ? undefined : now + after,
          reason: BrokerRules.plain(reason),
          counts
        })
      )
    })
    const publishable = Effect.fnUntraced(function* (topic: string, messages: ReadonlyArray<unknown>) {
      yield* BrokerRules.topic(topic)
      yield* BrokerRules.count("messages", messages.length, 0, mostPublished)
    })
    const publish = (topic: string, messages: ReadonlyArray<EncodedMessage>) =>
      messages.length === 0
        ? Effect.succeed(0)
        : clocked((now) => driver.publish(topic, messages, { now, since: now - deduplicateFor })).pipe(
            ringing(topic, some)
          )

    return {
      publish: Effect.fnUntraced(function* (topic, messages) {
        yield* publishable(topic, messages)
        return yield* publish(topic, yield* Effect.fromResult(Result.all(messages.map(BrokerRules.stored))))
      }),
      publishEncoded: Effect.fnUntraced(function* (topic, messages) {
        yield* publishable(topic, messages)
        return yield* publish(topic, messages)
      }),
      subscribe: Effect.fnUntraced(function* (group, given = {}) {
        yield* BrokerRules.topic(group.topic)
        yield* BrokerRules.group(group.group)
        const { from = "beginning", maxDeliveries = 5, maxInFlight = 256 } = given
        yield* BrokerRules.count("maxDeliveries", maxDeliveries, 1, 1000)
        yield* BrokerRules.count("maxInFlight", maxInFlight, 1, 10_000)
        yield* BrokerRules.start(from)
        yield* driver.subscribe(group, { from, maxDeliveries, maxInFlight })
      }),
      unsubscribe: (group) => driver.unsubscribe(group),
      receive: Effect.fnUntraced(function* (group, { hold, limit }) {
        yield* BrokerRules.count("limit", limit, 1, 1000)
        const millis = millisOf(hold)
        yield* BrokerRules.count("hold in milliseconds", millis, 1, 86_400_000)
        for (;;) {
          const now = yield* Clock.currentTimeMillis
          const { deliveries, more } = yield* driver.receive(group, { limit, now, until: now + millis })
          const found = yield* delivered(group, now, deliveries)
          // Where nothing can be delivered yet, or nothing of it could be read, what follows is asked for.
          if (found.length > 0 || (deliveries.length === 0 && !more)) return found
        }
      }),
      acknowledge: Effect.fnUntraced(
        function* (group: Group, deliveries: ReadonlyArray<Delivery>) {
          const receipts = yield* Effect.forEach(deliveries, BrokerRules.receipt)
          return receipts.length === 0 ? 0 : yield* clocked((now) => driver.acknowledge(group, receipts, now))
        },
        // What is next of a key is for who is done with the one before: others are not told of each message.
        (effect, group) => effect.pipe(ringing(group.topic, some, signal.relay))
      ),
      prolong: Effect.fnUntraced(function* (group, deliveries, hold) {
        const millis = millisOf(hold)
        yield* BrokerRules.count("hold in milliseconds", millis, 1, 86_400_000)
        const receipts = yield* Effect.forEach(deliveries, BrokerRules.receipt)
        return receipts.length === 0 ? 0 : yield* clocked((now) => driver.prolong(group, receipts, now + millis))
      }),
      redeliver: (group, delivery, { after, counts, reason }) =>
        giveBack(group, delivery, reason, millisOf(after), counts).pipe(
          ringing(group.topic, (outcome) => outcome === "again")
        ),
      reject: (group, delivery, reason) =>
        Effect.map(giveBack(group, delivery, reason, undefined), (outcome) => outcome === "dead"),
      deadLetters: Effect.fnUntraced(function* (group, { after = 0, limit }) {
        yield* BrokerRules.count("limit", limit, 1, 1000)
        yield* BrokerRules.count("after", after, 0, Number.MAX_SAFE_INTEGER)
        const stored = yield* driver.deadLetters(group, { after, limit })
        return stored.map(({ deadAt, publishedAt, text, ...rest }): DeadMessage => {
          const times = { publishedAt: DateTime.makeUnsafe(publishedAt), deadAt: DateTime.makeUnsafe(deadAt) }
          return { ...rest, ...times, message: Result.getOrUndefined(fromText(text)) }
        })
      }),
      replay: Effect.fnUntraced(
        function* (group: Group, position?: number) {
          if (position !== undefined) yield* BrokerRules.position(position)
          return yield* clocked((now) => driver.replay(group, position, now))
        },
        (effect, group) => effect.pipe(ringing(group.topic, some))
      ),
      discard: Effect.fnUntraced(
        function* (group: Group, position: number) {
          yield* BrokerRules.position(position)
          return yield* clocked((now) => driver.discard(group, position, now))
        },
        (effect, group) => effect.pipe(ringing(group.topic, (done: boolean) => done))
      ),
      rewind: Effect.fnUntraced(
        function* (group: Group, from: Start) {
          yield* BrokerRules.start(from)
          yield* driver.rewind(group, from)
        },
        (effect, group) => effect.pipe(ringing(group.topic, () => true))
      ),
      trim: (topic) => clocked((now) => driver.trim(topic, now - keepFor)),
      state: (group) =>
        Effect.map(driver.state(group), ({ oldest, ...state }) => {
          return { ...state, oldest: oldest === undefined ? undefined : DateTime.makeUnsafe(oldest) }
        }),
      groups: (topic) => driver.groups(topic),
      browse: Effect.fnUntraced(function* (topic, { from, limit }) {
        yield* BrokerRules.start(from)
        yield* BrokerRules.count("limit", limit, 1, 1000)
        return (yield* driver.browse(topic, from, limit)).map(({ position, publishedAt, text }): KeptMessage => {
          return {
            position,
            publishedAt: DateTime.makeUnsafe(publishedAt),
            message: Result.getOrUndefined(fromText(text))
          }
        })
      }),
      listen: (topic) => signal.listen(topic)
    }
  }
}

const unreadable = Metric.counter("eventfold_unreadable_messages_total", {
  description: "Messages that are dead letters of a group because they cannot be read",
  incremental: true
})

const some = (count: number): boolean => count > 0
/** The longest delay, in milliseconds: a year. */
const longestDelay = 31_536_000_000

const millisOf = (duration: Duration.Input): number => Duration.toMillis(Duration.fromInputUnsafe(duration))
