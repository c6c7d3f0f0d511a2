/**
 * The log of a topic in a stream: batches one after another, found by their sequence, their places or their time.
 *
 * Guarantee: what is read is a batch as it was published. What has been read lately is kept, up to a bound in bytes.
 */
import { BrokerFailure } from "@eventfold/messaging"
import { Effect } from "effect"
import { decode, endOf, headOf, type Pack, type PackHead } from "./Pack.ts"
import type { StreamName, Streams } from "./Streams.ts"
import type { Subjects } from "./Subjects.ts"

/** A message of a topic: its place, and the sequence of the batch that has it, or of one before. */
export interface Place {
  readonly position: number
  readonly sequence: number
}

/** Reads logs. */
export interface TopicLog {
  streamOf(topic: string): StreamName
  /** When the stream was made, which is then if it is not there. */
  created(topic: string): Effect.Effect<string, BrokerFailure>
  /** Forgets what has been read: another server may have something else there. */
  forget(): void
  /** The newest batch; undefined when there is none. */
  last(topic: string): Effect.Effect<PackHead | undefined, BrokerFailure>
  /** The first batch at a sequence or behind it. */
  next(topic: string, sequence: number): Effect.Effect<Pack | undefined, BrokerFailure>
  /** The batch that has the next message behind a place. */
  behind(topic: string, place: Place): Effect.Effect<Pack | undefined, BrokerFailure>
  /** The first batch that is so, when all behind it are too, up to the newest one. */
  find(
    topic: string,
    newest: PackHead,
    isSo: (pack: PackHead) => boolean
  ): Effect.Effect<Pack | undefined, BrokerFailure>
  /** Keeps a batch that was just published. */
  keep(topic: string, pack: Pack): void
  /** Removes a batch. */
  remove(topic: string, pack: PackHead): Effect.Effect<void, BrokerFailure>
  /** Removes all batches before a sequence; parts of them go with `remove` alone. */
  removeBefore(topic: string, sequence: number): Effect.Effect<void, BrokerFailure>
}

/** The most bytes of batches that are kept. */
export const mostKept = 32 * 1024 * 1024

/** Logs in streams. */
export const make = (streams: Streams, subjects: Subjects): TopicLog => {
  /** Those read lately, the latest last. */
  const packs = new Map<string, Pack>()
  let size = 0
  const drop = (name: string) => {
    size -= packs.get(name)?.size ?? 0
    packs.delete(name)
  }
  const keep = (topic: string, pack: Pack) => {
    const name = `${topic}/${pack.sequence}`
    drop(name)
    packs.set(name, pack)
    size += pack.size
    for (const oldest of packs.keys()) {
      if (size <= mostKept) break
      drop(oldest)
    }
  }
  const streamOf = (topic: string): StreamName => ({ name: subjects.logStream(topic), subject: subjects.logs(topic) })
  const next = Effect.fnUntraced(function* (topic: string, sequence: number) {
    const kept = packs.get(`${topic}/${sequence}`)
    if (kept !== undefined) {
      keep(topic, kept)
      return kept
    }
    const stream = streamOf(topic)
    const last = yield* streams.next(stream, subjects.pack(topic), sequence)
    if (last === undefined) return undefined
    const parts = yield* Effect.forEach(headOf(last).parts, (part) =>
      Effect.flatMap(streams.at(stream, part), (found) =>
        found === undefined
          ? new BrokerFailure({
              operation: "MessageBroker.read",
              retryable: true,
              detail: `a part of a batch of ${topic} is missing`,
              cause: new Error(`there is no message ${part} in ${stream.name}`)
            })
          : Effect.succeed(found)
      )
    )
    const pack = decode(parts, last)
    keep(topic, pack)
    return pack
  })

  return {
    streamOf,
    created: (topic) => streams.created(streamOf(topic)),
    forget: () => {
      packs.clear()
      size = 0
    },
    keep,
    next,
    last: (topic) =>
      Effect.map(streams.last(streamOf(topic), subjects.pack(topic)), (found) =>
        found === undefined ? undefined : headOf(found)
      ),
    behind: Effect.fnUntraced(function* (topic, { position, sequence }) {
      for (let from = Math.max(1, sequence); ;) {
        const pack = yield* next(topic, from)
        if (pack === undefined || endOf(pack) > position) return pack
        from = pack.sequence + 1
      }
    }),
    find: Effect.fnUntraced(function* (topic, newest, isSo) {
      let [low, high] = [1, newest.sequence]
      while (low < high) {
        const middle = Math.trunc((low + high) / 2)
        const pack = yield* next(topic, middle)
        if (pack === undefined || isSo(pack)) high = middle
        else low = pack.sequence + 1
      }
      const found = yield* next(topic, low)
      return found !== undefined && isSo(found) ? found : undefined
    }),
    removeBefore: (topic, sequence) => streams.purge(streamOf(topic), subjects.pack(topic), sequence),
    remove: Effect.fnUntraced(function* (topic, { parts, sequence }) {
      const stream = streamOf(topic)
      drop(`${topic}/${sequence}`)
      // The batch first: parts nobody names are nothing.
      yield* streams.remove(stream, sequence)
      yield* Effect.forEach(parts, (part) => streams.remove(stream, part), { discard: true })
    })
  }
}
