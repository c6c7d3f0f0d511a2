/**
 * The message broker on NATS JetStream, for many processes on one server or cluster of NATS.
 *
 * A topic is a stream of batches; what a group has not done with is a value in another stream, changed by those who have seen the last
 * one. Nothing depends on the memory of a process. `docs/decisions/0026-topics-on-jetstream.md` says why.
 *
 * Guarantees: those of `MessageBroker`, also while NATS is restarted or cannot be reached: then calls fail, with a failure that
 * says that trying again can help, and nothing is lost. Other processes are told at once of what can be received.
 *
 * Gotchas: no call joins a transaction. NATS writes to its files and synchronises them now and then: what a server must not lose
 * when its machine loses power needs `replicas`, or `sync_interval: always` on the server. A message is known for the window, and among
 * the last `remember` of its topic. A group is handed no more while 20,000 of its keys are under way or 100,000 messages wait
 * behind them. Batches longer than `max_payload` of the server are several messages of NATS.
 */
import { type BrokerDriver, type BrokerOptions, MessageBroker, MessageSignal } from "@eventfold/messaging"
import { Effect, Latch, Layer, Schedule, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import * as Beginnings from "./Beginnings.ts"
import * as Contents from "./Contents.ts"
import * as Deliveries from "./Deliveries.ts"
import * as Losses from "./Losses.ts"
import { NatsConnection } from "./NatsConnection.ts"
import * as Retention from "./Retention.ts"
import * as States from "./States.ts"
import * as Streams from "./Streams.ts"
import * as Subjects from "./Subjects.ts"
import * as TopicLog from "./TopicLog.ts"
import * as TopicWriter from "./TopicWriter.ts"

/** How messages are kept in NATS. */
export interface NatsBrokerOptions extends BrokerOptions, Streams.StreamOptions {
  /** What all streams and subjects begin with: one per installation. 1 to 32 lower-case letters, digits and `-`. Default: `eventfold`. */
  readonly prefix?: string
  /** Of how many messages of a topic a process that publishes to it remembers that it was published: 1,000 to 10,000,000. Default: 500,000. */
  readonly remember?: number
}

/** What streams and subjects begin with when nothing is said. */
export const defaultPrefix = "eventfold"

/** Whether streams and subjects can begin with it. */
export const isPrefix = (text: string): boolean => /^[a-z0-9][a-z0-9-]{0,31}$/u.test(text)

/** A broker cannot be made with these options. */
export class NatsBrokerNotUsable extends Schema.TaggedError<NatsBrokerNotUsable>()("NatsBrokerNotUsable", {
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `the broker on NATS cannot be used: ${this.field} ${this.rule}`
  }
}

/** The broker on a connection; its streams are made when they are missing. */
export const layer = (
  options: NatsBrokerOptions = {}
): Layer.Layer<MessageBroker, NatsBrokerNotUsable, NatsConnection> =>
  Layer.effect(
    MessageBroker,
    Effect.gen(function* () {
      const { maxBytes, prefix = defaultPrefix, remember = 500_000, replicas = 1 } = options
      yield* check("prefix", isPrefix(prefix), "must be 1 to 32 lower-case letters, digits or '-'")
      yield* check("remember", isWhole(remember, 1000, 10_000_000), "must be a whole number from 1,000 to 10,000,000")
      yield* check("replicas", isWhole(replicas, 1, 5), "must be a whole number from 1 to 5")
      yield* check(
        "maxBytes",
        maxBytes === undefined || isWhole(maxBytes, 1_048_576, Number.MAX_SAFE_INTEGER),
        "must be a whole number of bytes from 1,048,576 on"
      )
      const connection = yield* NatsConnection
      const subjects = Subjects.make(prefix)
      const streams = Streams.make(connection, { replicas, ...(maxBytes === undefined ? {} : { maxBytes }) })
      const signal = MessageSignal.make()
      const crowd = yield* talking(connection, subjects, signal)
      const made = driver(connection, streams, subjects, remember, crowd)
      yield* looking(connection, streams, made)
      return MessageBroker.make(made.driver, options, signal)
    })
  )

const isWhole = (value: number, least: number, most: number) =>
  Number.isSafeInteger(value) && value >= least && value <= most

const check = (field: string, isSo: boolean, rule: string) =>
  isSo ? Effect.void : Effect.fail(new NatsBrokerNotUsable({ field, rule }))

/** Between two rings of one process for one topic, however often it publishes. */
const spacing = "5 millis"

/** What processes tell each other beside what is stored. Nothing depends on it: it may be lost. */
const talking = Effect.fnUntraced(function* (
  connection: NatsConnection["Service"],
  subjects: Subjects.Subjects,
  signal: MessageSignal["Service"]
) {
  const crowded = new Set<string>()
  const self = Buffer.from(SecureRandom.uuidV7Unsafe())
  const own = yield* signal.own
  yield* connection.hear({
    subject: subjects.bells,
    // For what was published while nobody listened.
    begun: signal.relayAll,
    heard: (subject, from) => (self.equals(from) ? Effect.void : signal.relay(subjects.topicOf(subject)))
  })
  yield* connection.hear({
    subject: subjects.crowds,
    begun: Effect.void,
    heard: (subject, from) =>
      Effect.sync(() => {
        if (self.equals(from)) return
        if (crowded.size >= mostCrowded) crowded.clear()
        crowded.add(subjects.stateOf(subject))
      })
  })
  const say = (all: ReadonlyArray<string>) =>
    Effect.ignore(
      connection.call("tell", ({ client }) => {
        for (const subject of all) client.publish(subject, self)
        return Promise.resolve()
      })
    )
  const ringing = Effect.gen(function* () {
    const topics = yield* own
    yield* say(topics.map(subjects.bell))
    yield* Effect.sleep(spacing)
  })
  yield* Effect.forkScoped(Effect.forever(ringing))
  const crowd: States.Crowd = {
    tell: (state) => say([subjects.crowd(state)]),
    isTold: (state) => crowded.delete(state)
  }
  return crowd
})

/** The most values others are known to lose races for. */
const mostCrowded = 1000

/** Begins anew with what is known of the server whenever there is a connection, and looks what it has lost. */
const looking = Effect.fnUntraced(function* (
  connection: NatsConnection["Service"],
  streams: Streams.Streams,
  { log, states, writer }: Omit<ReturnType<typeof driver>, "driver">
) {
  const renewed = Latch.makeUnsafe(false)
  yield* connection.renew(
    Effect.suspend(() => {
      for (const part of [streams, states, log]) part.forget()
      writer.renew()
      return renewed.open
    })
  )
  yield* renewed.await.pipe(
    Effect.andThen(renewed.close),
    // Whoever publishes looks as well: this is for topics nobody publishes to now.
    Effect.andThen(
      Effect.retry(writer.look, Schedule.spaced("200 millis").pipe(Schedule.upTo({ duration: "10 seconds" })))
    ),
    Effect.ignore,
    Effect.forever,
    Effect.forkScoped
  )
})

const driver = (
  connection: NatsConnection["Service"],
  streams: Streams.Streams,
  subjects: Subjects.Subjects,
  remember: number,
  crowd: States.Crowd
) => {
  const states = States.make(streams, Subjects.stateStream(subjects), crowd)
  const log = TopicLog.make(streams, subjects)
  const losses = Losses.make(states, log, subjects)
  const writer = TopicWriter.make(connection, streams, log, subjects, losses, remember)
  const beginnings = Beginnings.make(states, log, subjects)
  const driver: BrokerDriver = {
    publish: writer.publish,
    subscribe: beginnings.subscribe,
    unsubscribe: beginnings.unsubscribe,
    rewind: beginnings.rewind,
    ...Deliveries.make(states, log, subjects, losses),
    ...Contents.make(states, log, subjects),
    trim: Retention.make(states, log, subjects)
  }
  return { driver, log, states, writer }
}
