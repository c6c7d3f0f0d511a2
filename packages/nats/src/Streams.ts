/**
 * What is done with streams of JetStream, each as one call. Streams are made when they are missing.
 *
 * Guarantee: `append` stores a message only when the last one of its subject is the one that is named, so of many who have
 * seen the same one succeeds, and who gets no answer may try again.
 */
import type { BrokerFailure } from "@eventfold/messaging"
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type StoredMsg
} from "@nats-io/jetstream"
import { headers, type MsgHdrs } from "@nats-io/transport-node"
import { Effect } from "effect"
import type { NatsConnection } from "./NatsConnection.ts"

/** How streams are kept. */
export interface StreamOptions {
  /** On how many servers of the cluster: 1 to 5. Default: 1. */
  readonly replicas?: number
  /** The most bytes of a stream; what would be more is refused. Default: what the account allows. */
  readonly maxBytes?: number
}

/** A stream, and what it takes. */
export interface StreamName {
  readonly name: string
  readonly subject: string
  /** Keeps the last message of each subject alone. */
  readonly lastOnly?: boolean
}

/** What there is to append. */
export interface Appending {
  readonly subject: string
  readonly body: Uint8Array
  readonly headers?: ReadonlyArray<readonly [name: string, value: string]>
  /** The sequence of the last message of the subject, 0 when there is none; undefined when that does not matter. */
  readonly expected: number | undefined
}

/** The calls. */
export interface Streams {
  /** Makes a stream that is missing. */
  ensure(stream: StreamName): Effect.Effect<void, BrokerFailure>
  /** When a stream was made; it is made now when it is missing. No two of a name are made at the same time. */
  created(stream: StreamName): Effect.Effect<string, BrokerFailure>
  /** The subjects of a stream that fit a pattern and have messages. */
  subjects(stream: StreamName, pattern: string): Effect.Effect<ReadonlyArray<string>, BrokerFailure>
  /** Forgets which streams are there: another server may have none of them. */
  forget(): void
  /** Answers the sequence; undefined when another message is the last one of the subject. */
  append(operation: string, stream: StreamName, what: Appending): Effect.Effect<number | undefined, BrokerFailure>
  /** The first message of a subject at a sequence or behind it; undefined when there is none. */
  next(stream: StreamName, subject: string, sequence: number): Effect.Effect<StoredMsg | undefined, BrokerFailure>
  /** The message at a sequence. */
  at(stream: StreamName, sequence: number): Effect.Effect<StoredMsg | undefined, BrokerFailure>
  /** The last message of a subject, as the server knows it that leads. */
  last(stream: StreamName, subject: string): Effect.Effect<StoredMsg | undefined, BrokerFailure>
  /** Removes a message; answers whether it was there. */
  remove(stream: StreamName, sequence: number): Effect.Effect<boolean, BrokerFailure>
  /** Removes the messages of a subject, those before a sequence alone if one is given. */
  purge(stream: StreamName, subject: string, before?: number): Effect.Effect<void, BrokerFailure>
}

/** The most bytes one message may have, its headers left out. */
export const largestBody = (maxPayload: number): number => Math.max(1024, maxPayload - 70_000)

/** Calls over a connection. */
export const make = (connection: NatsConnection["Service"], { maxBytes, replicas = 1 }: StreamOptions): Streams => {
  /** Those that are known to be there. */
  const ensured = new Set<string>()
  const ensure = (stream: StreamName): Effect.Effect<void, BrokerFailure> =>
    Effect.suspend(() => {
      if (ensured.has(stream.name)) return Effect.void
      const config = {
        name: stream.name,
        subjects: [stream.subject],
        storage: StorageType.File,
        retention: RetentionPolicy.Limits,
        discard: DiscardPolicy.New,
        num_replicas: replicas,
        allow_direct: true,
        ...(maxBytes === undefined ? {} : { max_bytes: maxBytes }),
        ...(stream.lastOnly === true ? { max_msgs_per_subject: 1, discard: DiscardPolicy.Old } : {})
      }
      return connection
        .call("ensure", async ({ manager }) => {
          try {
            await manager.streams.info(stream.name)
          } catch (cause) {
            if (!isMissing(cause)) throw cause
            // Whoever is later finds it the same: making a stream of one configuration twice makes it once.
            await manager.streams.add(config)
          }
        })
        .pipe(Effect.tap(Effect.sync(() => void ensured.add(stream.name))))
    })
  /** Undefined when the stream or the message is not there. A stream that has been removed is made anew the next time. */
  const absent = async <A>(stream: StreamName, what: () => Promise<A>): Promise<A | undefined> => {
    try {
      return await what()
    } catch (cause) {
      if (cause instanceof JetStreamApiError && cause.code === JetStreamApiCodes.NoMessageFound) return undefined
      ensured.delete(stream.name)
      if (isMissing(cause)) return undefined
      throw cause
    }
  }
  const read = (stream: StreamName, query: Parameters<Direct>[1]) =>
    connection.call("read", ({ manager }) =>
      absent(stream, async () => {
        // Nobody answers for a stream that is not there, and it would be waited for.
        if (!ensured.has(stream.name)) await manager.streams.info(stream.name)
        ensured.add(stream.name)
        return (await manager.direct.getMessage(stream.name, query)) ?? undefined
      })
    )

  return {
    ensure,
    created: (stream) =>
      Effect.andThen(
        ensure(stream),
        connection.call("created", async ({ manager }) => {
          try {
            return (await manager.streams.info(stream.name)).created
          } catch (cause) {
            ensured.delete(stream.name)
            throw cause
          }
        })
      ),
    subjects: (stream, pattern) =>
      connection.call("subjects", async ({ manager }) => {
        const info = await absent(stream, () => manager.streams.info(stream.name, { subjects_filter: pattern }))
        return Object.keys(info?.state.subjects ?? {})
      }),
    forget: () => ensured.clear(),
    append: Effect.fnUntraced(function* (operation, stream, { body, expected, headers: given = [], subject }) {
      yield* ensure(stream)
      return yield* connection.call(operation, async ({ stream: client }) => {
        const all: MsgHdrs = headers()
        for (const [name, value] of given) all.set(name, value)
        try {
          const { seq } = await client.publish(subject, body, {
            headers: all,
            ...(expected === undefined ? {} : { expect: { lastSubjectSequence: expected } })
          })
          return seq
        } catch (cause) {
          if (cause instanceof JetStreamApiError && cause.code === JetStreamApiCodes.StreamWrongLastSequence) {
            return undefined
          }
          ensured.delete(stream.name)
          throw cause
        }
      })
    }),
    next: (stream, subject, sequence) => read(stream, { next_by_subj: subject, seq: sequence }),
    at: (stream, sequence) => read(stream, { seq: sequence }),
    last: (stream, subject) =>
      connection.call("read", ({ manager }) =>
        absent(
          stream,
          async () => (await manager.streams.getMessage(stream.name, { last_by_subj: subject })) ?? undefined
        )
      ),
    remove: (stream, sequence) =>
      connection.call("remove", async ({ manager }) => {
        return (await absent(stream, () => manager.streams.deleteMessage(stream.name, sequence, false))) ?? false
      }),
    purge: (stream, subject, before) =>
      connection.call("purge", async ({ manager }) => {
        const what = before === undefined ? { filter: subject } : { filter: subject, seq: before }
        await absent(stream, () => manager.streams.purge(stream.name, what))
      })
  }
}

const isMissing = (cause: unknown): boolean =>
  cause instanceof JetStreamApiError && cause.code === JetStreamApiCodes.StreamNotFound

type Direct = import("@nats-io/jetstream").JetStreamManager["direct"]["getMessage"]
