/**
 * Publishes to topics: knows what was published within the window, and appends what was not behind the newest batch.
 *
 * Guarantees: a batch is appended behind the very batch this writer has seen last, so places have no holes and what another
 * process has published meanwhile is known before it is tried again. A call that got no answer is found out the same way. Whether
 * NATS still has what was there is looked at whenever there is a connection again; what it has lost is told, and nothing published.
 *
 * Gotcha: what is known is kept in memory, for the topics this process publishes to: for the window, and of no more than
 * `remember` messages. The first call to a topic reads the headers of the batches in the window.
 */
import { BrokerFailure, type EncodedMessage } from "@eventfold/messaging"
import type { StoredMsg } from "@nats-io/jetstream"
import { Effect, Semaphore } from "effect"
import { readHeaders } from "./HeaderReader.ts"
import * as Losses from "./Losses.ts"
import type { NatsConnection } from "./NatsConnection.ts"
import {
  cut,
  encode,
  endOf,
  headHeaders,
  headOf,
  identitiesOf,
  identityOf,
  type Packed,
  type PackHead
} from "./Pack.ts"
import { largestBody, type Streams } from "./Streams.ts"
import type { Subjects } from "./Subjects.ts"
import type { TopicLog } from "./TopicLog.ts"

/** What a writer knows of a topic. */
interface Known {
  readonly turns: Semaphore.Semaphore
  /** The sequence of the newest batch, the place of its last message, and when it was published; 0 when there is none. */
  sequence: number
  end: number
  publishedAt: number
  /** When the stream was made. */
  created: string | undefined
  /** When messages were published, oldest first. */
  readonly identities: Map<string, number>
  loaded: boolean
}

/** How often it is tried again when others are faster. */
const mostTurns = 100

/** The most topics whose messages are known. */
const mostTopics = 1000

/** Publishes to topics. */
export const make = (
  connection: NatsConnection["Service"],
  streams: Streams,
  log: TopicLog,
  subjects: Subjects,
  losses: Losses.Losses,
  remember: number
) => {
  const topics = new Map<string, Known>()
  const knownOf = (topic: string): Known => {
    const known = topics.get(topic) ?? {
      turns: Semaphore.makeUnsafe(1),
      sequence: 0,
      end: 0,
      publishedAt: Number.NEGATIVE_INFINITY,
      created: undefined,
      identities: new Map<string, number>(),
      loaded: false
    }
    topics.delete(topic)
    topics.set(topic, known)
    const [oldest] = topics.keys()
    if (topics.size > mostTopics && oldest !== undefined) topics.delete(oldest)
    return known
  }
  const note = (known: Known, identities: Iterable<string>, publishedAt: number) => {
    for (const identity of identities) {
      // Behind all others: the oldest is forgotten first.
      known.identities.delete(identity)
      known.identities.set(identity, publishedAt)
    }
    for (const oldest of known.identities.keys()) {
      if (known.identities.size <= remember) break
      known.identities.delete(oldest)
    }
  }
  /** Reads what was published behind the batch that is known. */
  const catchUp = Effect.fnUntraced(function* (
    topic: string,
    known: Known,
    newest: PackHead | undefined,
    since: number
  ) {
    if (newest === undefined) return
    if (known.sequence === 0) {
      const from = endOf(newest) - remember
      const first = yield* log.find(topic, newest, (pack) => pack.publishedAt > since && endOf(pack) > from)
      known.sequence = Math.max(0, (first?.sequence ?? newest.sequence + 1) - 1)
    }
    const parts = new Map<number, ReadonlyArray<string>>()
    const elsewhere: Array<readonly [part: number, publishedAt: number]> = []
    const read = (message: Pick<StoredMsg, "header" | "seq" | "subject">) => {
      if (message.subject !== subjects.pack(topic)) return void parts.set(message.seq, identitiesOf(message))
      const head = headOf(message)
      for (const part of head.parts) {
        const identities = parts.get(part)
        if (identities === undefined) elsewhere.push([part, head.publishedAt])
        else note(known, identities, head.publishedAt)
        parts.delete(part)
      }
      note(known, identitiesOf(message), head.publishedAt)
      Object.assign(known, { sequence: head.sequence, end: endOf(head), publishedAt: head.publishedAt })
    }
    yield* readHeaders(connection, log.streamOf(topic).name, { from: known.sequence + 1, to: newest.sequence }, read)
    // A part may stand before what was known already, when others have published in between.
    for (const [part, publishedAt] of elsewhere) {
      const found = yield* streams.at(log.streamOf(topic), part)
      if (found !== undefined) note(known, identitiesOf(found), publishedAt)
    }
    Object.assign(known, { sequence: newest.sequence, end: endOf(newest), publishedAt: newest.publishedAt })
  })
  /** Looks what there is of a topic now; fails when something is lost that nobody has accepted. */
  const load = Effect.fnUntraced(function* (topic: string, known: Known, since: number) {
    const { created, isOther, loss } = yield* losses.find(topic, known)
    if (loss !== undefined) return yield* Losses.failure("publish", loss)
    if (isOther) {
      // Nothing of what is known holds.
      Object.assign(known, { sequence: 0, end: 0, publishedAt: Number.NEGATIVE_INFINITY })
      known.identities.clear()
    }
    known.created = created
    yield* catchUp(topic, known, yield* log.last(topic), since)
    known.loaded = true
  })
  /** Appends one batch; answers its sequence, or undefined when another one was faster. */
  const append = Effect.fnUntraced(function* (
    topic: string,
    known: Known,
    messages: ReadonlyArray<Packed>,
    publishedAt: number
  ) {
    const stream = log.streamOf(topic)
    const most = yield* connection.call("publish", ({ client }) =>
      Promise.resolve(largestBody(client.info?.max_payload ?? 1_048_576))
    )
    const pieces = cut(messages, most)
    const parts: Array<number> = []
    for (const piece of pieces.slice(0, -1)) {
      const { body, headers } = encode(piece)
      const part = { subject: subjects.part(topic), body, headers, expected: undefined }
      const sequence = yield* streams.append("publish", stream, part)
      if (sequence !== undefined) parts.push(sequence)
    }
    const { body, headers } = encode(pieces.at(-1) ?? [])
    const head = headHeaders({ first: known.end + 1, count: messages.length, publishedAt, parts })
    const subject = subjects.pack(topic)
    const sequence = yield* streams.append("publish", stream, {
      subject,
      body,
      headers: [...headers, ...head],
      expected: known.sequence
    })
    if (sequence === undefined) {
      // They are nothing; what is left of them when this is interrupted is no more than that.
      yield* Effect.forEach(parts, (part) => streams.remove(stream, part), { discard: true })
    }
    return sequence
  })

  /** Publishes; answers how many messages were not there yet. */
  const publish = (
    topic: string,
    messages: ReadonlyArray<EncodedMessage>,
    { now, since }: { readonly now: number; readonly since: number }
  ): Effect.Effect<number, BrokerFailure> => {
    const known = knownOf(topic)
    const packed = messages.map((message): Packed => ({ ...message, identity: identityOf(message) }))
    return known.turns.withPermits(1)(
      Effect.gen(function* () {
        if (!known.loaded) yield* load(topic, known, since)
        for (let turn = 0; turn < mostTurns; turn += 1) {
          const publishedAt = Math.max(now, known.publishedAt)
          for (const [identity, at] of known.identities) {
            if (at > since) break
            known.identities.delete(identity)
          }
          const fresh = new Map<string, Packed>()
          for (const message of packed) {
            const { identity } = message
            if (!known.identities.has(identity) && !fresh.has(identity)) fresh.set(identity, message)
          }
          if (fresh.size === 0) return 0
          const sequence = yield* append(topic, known, Array.from(fresh.values()), publishedAt)
          if (sequence !== undefined) {
            const end = known.end + fresh.size
            Object.assign(known, { sequence, end, publishedAt })
            note(known, fresh.keys(), publishedAt)
            return fresh.size
          }
          const newest = yield* log.last(topic)
          // The stream was made anew, or has lost its end.
          if ((newest?.sequence ?? 0) < known.sequence) {
            known.loaded = false
            yield* load(topic, known, since)
          } else yield* catchUp(topic, known, newest, since)
        }
        return yield* new BrokerFailure({
          operation: "MessageBroker.publish",
          retryable: true,
          detail: `others publish to ${topic} faster`,
          cause: new Error(`lost ${mostTurns} races`)
        })
      })
    )
  }

  return {
    publish,
    /** To be called when there is a connection again: looks at every topic before the next batch is published. */
    renew: () => {
      for (const known of topics.values()) known.loaded = false
    },
    /** Looks at the topics that were published to, as the next batch would. */
    look: Effect.suspend(() =>
      Effect.forEach(
        Array.from(topics).filter(([, { loaded, sequence }]) => !loaded && sequence > 0),
        ([topic, known]) => known.turns.withPermits(1)(losses.find(topic, known)),
        { discard: true }
      )
    )
  }
}
