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
 * messages are held. Nothing is removed but by `trim`, which nobody calls by himself; while it runs no group should be made or
 * put back, for it may remove what that group is about to receive.
 */
import { isPlainText } from "@eventfold/event-store/PlainText"
import { Transaction } from "@eventfold/event-store"
import { Clock, Context, DateTime, Duration, Effect, Result } from "effect"
import * as Bells from "./Bells.ts"
import { BrokerFailure, type BrokerRequestRefused, type UnknownGroup } from "./BrokerErrors.ts"
import type { BrokerDriver, EncodedMessage, StoredDelivery } from "./BrokerDriver.ts"
import * as BrokerRules from "./BrokerRules.ts"
import type { BrokerOptions } from "./BrokerRules.ts"
import { type CloudEvent, type CloudEventNotValid, fromText } from "./CloudEvent.ts"

/** A consumer group of a topic. Both names are 1 to 64 lower-case letters, digits, `.`, `_` and `-`. */
export interface Group {
  readonly topic: string
  readonly group: string
}

/** Where a group begins: at the oldest message there is, behind the newest, behind a position, or at a time of publishing. */
export type Start = "beginning" | "end" | { readonly after: number } | { readonly since: DateTime.Utc }

/** How a group is delivered to. */
export interface GroupOptions {
  /** Where it begins when it is new; a group that is there keeps its place. Default: `beginning`. */
  readonly from?: Start
  /** After so many deliveries a message becomes a dead letter: 1 to 1,000. Default: 5. */
  readonly maxDeliveries?: number
  /** The most messages that are held at the same time, by all who receive for it: 1 to 10,000. Default: 256. */
  readonly maxInFlight?: number
}

/** A message somebody has received and holds. */
export interface Delivery {
  /** Its place in the topic, from 1, without holes. */
  readonly position: number
  /** 1 when it is delivered for the first time. */
  readonly attempt: number
  /** What proves that it is held. */
  readonly receipt: number
  readonly publishedAt: DateTime.Utc
  readonly message: CloudEvent
}

/** A message that was given up. */
export interface DeadMessage {
  readonly position: number
  readonly attempts: number
  /** Why; nothing personal. */
  readonly reason: string
  readonly publishedAt: DateTime.Utc
  readonly deadAt: DateTime.Utc
  readonly message: CloudEvent
}

/** How a group stands. */
export interface GroupState {
  /** Messages up to here have been handed to the group. */
  readonly position: number
  /** The newest message of the topic; 0 when there is none. */
  readonly end: number
  /** Messages that are held. */
  readonly inFlight: number
  /** Messages that wait for their delay, or behind another of their key. */
  readonly waiting: number
  readonly dead: number
  /** When the oldest message the group has not done with was published, dead letters aside; undefined when it is done. */
  readonly oldest: DateTime.Utc | undefined
}

/** What to receive. */
export interface Receiving {
  /** The most messages: 1 to 1,000. */
  readonly limit: number
  /** How long they are held: 1 ms to a day. */
  readonly hold: Duration.Input
}

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
    /** Takes messages that can be delivered now, in their order. Answers at once, with none if there is none. */
    receive(group: Group, what: Receiving): Effect.Effect<ReadonlyArray<Delivery>, UnknownGroup | Failures>
    /** Done with these. Answers how many of them were still held by these deliveries. */
    acknowledge(group: Group, deliveries: ReadonlyArray<Delivery>): Effect.Effect<number, BrokerFailure>
    /**
     * Puts a message back: it comes again after a delay, or becomes a dead letter when it has come too often. `lost` when
     * it was not held by this delivery any more. `reason` must quote nothing personal.
     */
    redeliver(
      group: Group,
      delivery: Delivery,
      why: { readonly after: Duration.Input; readonly reason: string }
    ): Effect.Effect<"again" | "dead" | "lost", BrokerFailure>
    /** Makes it a dead letter at once. Answers whether it was held by this delivery. */
    reject(group: Group, delivery: Delivery, reason: string): Effect.Effect<boolean, BrokerFailure>
    /** Dead letters behind a position (default 0), in order: 1 to 1,000. */
    deadLetters(
      group: Group,
      page: { readonly after?: number; readonly limit: number }
    ): Effect.Effect<ReadonlyArray<DeadMessage>, Failures>
    /** Delivers dead letters again, as if for the first time: that at a position, or all. Answers how many. */
    replay(group: Group, position?: number): Effect.Effect<number, BrokerFailure>
    /** Removes a dead letter, so that what waits behind it goes on. Answers whether there was one. */
    discard(group: Group, position: number): Effect.Effect<boolean, BrokerFailure>
    /** Puts a group to another place: it receives again what follows, and forgets what is in flight and dead. */
    rewind(group: Group, from: Start): Effect.Effect<void, UnknownGroup | Failures>
    /** Removes messages that are older than they are kept and that every group has done with. Answers how many: 10,000 at most. */
    trim(topic: string): Effect.Effect<number, BrokerFailure>
    state(group: Group): Effect.Effect<GroupState, UnknownGroup | BrokerFailure>
    /**
     * Starts listening: the effect inside waits until something of the topic can be received that could not before, as far
     * as this process knows. Listen first, receive second, wait third. Others may be later: look at intervals, too.
     */
    listen(topic: string): Effect.Effect<Effect.Effect<void>>
  }
>()("@eventfold/messaging/MessageBroker") {
  /** A message as brokers keep it, checked against every rule. */
  static readonly encode: (message: CloudEvent) => Result.Result<EncodedMessage, CloudEventNotValid> =
    BrokerRules.stored
  /** Builds the service from what a layer implements: requests are checked and messages coded once for all. */
  static make(driver: BrokerDriver, options: BrokerOptions = {}): MessageBroker["Service"] {
    const { deduplicateFor, keepFor } = BrokerRules.bounds(options)
    const bells = Bells.make()
    /** Rings when the answer says that something can be received. */
    const ringing =
      <A>(topic: string, when: (answer: A) => boolean) =>
      <E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
        Effect.tap(effect, (answer) => (when(answer) ? Transaction.afterCommit(bells.ring(topic)) : Effect.void))
    const clocked = <A, E>(work: (now: number) => Effect.Effect<A, E>) => Effect.flatMap(Clock.currentTimeMillis, work)
    const delivered = (operation: string) => (stored: ReadonlyArray<StoredDelivery>) =>
      Effect.forEach(stored, ({ attempt, position, publishedAt, receipt, text }) =>
        Effect.map(decoded(operation, text), (message): Delivery => {
          return { position, attempt, receipt, publishedAt: DateTime.makeUnsafe(publishedAt), message }
        })
      )
    const giveBack = (group: Group, { position, receipt }: Delivery, reason: string, after: number | undefined) =>
      clocked((now) =>
        driver.giveBack(
          group,
          { position, receipt },
          { now, at: after === undefined ? undefined : now + after, reason: plain(reason) }
        )
      )
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
        const millis = Duration.toMillis(Duration.fromInputUnsafe(hold))
        yield* BrokerRules.count("hold in milliseconds", millis, 1, 86_400_000)
        const stored = yield* clocked((now) => driver.receive(group, { limit, now, until: now + millis }))
        return yield* delivered("receive")(stored)
      }),
      acknowledge: (group, deliveries) =>
        (deliveries.length === 0
          ? Effect.succeed(0)
          : clocked((now) =>
              driver.acknowledge(
                group,
                deliveries.map(({ position, receipt }) => ({ position, receipt })),
                now
              )
            )
        ).pipe(ringing(group.topic, some)),
      redeliver: (group, delivery, { after, reason }) =>
        giveBack(group, delivery, reason, Duration.toMillis(Duration.fromInputUnsafe(after))).pipe(
          ringing(group.topic, (outcome) => outcome === "again")
        ),
      reject: (group, delivery, reason) =>
        Effect.map(giveBack(group, delivery, reason, undefined), (outcome) => outcome === "dead"),
      deadLetters: Effect.fnUntraced(function* (group, { after = 0, limit }) {
        yield* BrokerRules.count("limit", limit, 1, 1000)
        const stored = yield* driver.deadLetters(group, { after, limit })
        return yield* Effect.forEach(stored, ({ deadAt, publishedAt, text, ...rest }) =>
          Effect.map(decoded("deadLetters", text), (message): DeadMessage => {
            const times = { publishedAt: DateTime.makeUnsafe(publishedAt), deadAt: DateTime.makeUnsafe(deadAt) }
            return { ...rest, ...times, message }
          })
        )
      }),
      replay: (group, position) =>
        clocked((now) => driver.replay(group, position, now)).pipe(ringing(group.topic, some)),
      discard: (group, position) =>
        clocked((now) => driver.discard(group, position, now)).pipe(ringing(group.topic, (done: boolean) => done)),
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
      listen: (topic) => bells.listen(topic)
    }
  }
}

const some = (count: number): boolean => count > 0

/** A few hundred characters that every store keeps as they are. */
const plain = (text: string): string =>
  Array.from(text.toWellFormed().slice(0, 500), (character) => (isPlainText(character) ? character : " ")).join("")

const decoded = (operation: string, text: string): Effect.Effect<CloudEvent, BrokerFailure> =>
  Effect.mapError(
    Effect.fromResult(fromText(text)),
    (cause) =>
      new BrokerFailure({ operation: `MessageBroker.${operation}`, retryable: false, detail: cause.message, cause })
  )
