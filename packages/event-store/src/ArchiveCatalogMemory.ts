/** The catalogue of the archive in memory, beside the log in memory; it joins the transactions of `Transaction.layerMemory`. */
import { DateTime, Effect, HashMap, Layer, Option, TxRef } from "effect"
import {
  ArchiveCatalog,
  type ArchivedPlace,
  type ArchivedStream,
  ArchiveRefused,
  catalogPage,
  type ClosedPage,
  type ClosedSlice
} from "./ArchiveCatalog.ts"
import { compareBytes } from "./EventStoreMemory.ts"
import type { LogRange } from "./LogPages.ts"
import { type Append, type Log, MemoryLog, type StoredEvent } from "./MemoryLog.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"
import * as StreamId from "./StreamId.ts"

interface Entry extends ArchivedStream {
  /** By version; the append tells a repetition of it when the stream is back. */
  readonly events: ReadonlyArray<{ readonly position: number; readonly type: string; readonly append: Append }>
}

/** The catalogue over the log in memory, empty at first. */
export const layerMemory: Layer.Layer<ArchiveCatalog, never, MemoryLog> = Layer.effect(
  ArchiveCatalog,
  Effect.gen(function* () {
    const log = yield* MemoryLog
    const entries = yield* TxRef.make<ReadonlyArray<Entry>>([])
    return {
      closed: (page) => Effect.map(TxRef.get(log), (state) => closed(state, page)),
      move: (stream, positions, file) =>
        Effect.tx(
          Effect.gen(function* () {
            const archivedAt = yield* DateTime.now
            const state = yield* TxRef.get(log)
            const key = StreamId.format(stream)
            if (HashMap.has(state.archived, key)) return yield* new ArchiveRefused({ stream, reason: "archived" })
            const events = eventsOf(state, key)
            const [first, last] = [events[0], events.at(-1)]
            if (first === undefined || last === undefined) {
              return yield* new ArchiveRefused({ stream, reason: "unknown" })
            }
            if (events.length !== positions.length || events.some((event, at) => event.position !== positions[at])) {
              return yield* new ArchiveRefused({ stream, reason: "changed" })
            }
            const all = yield* TxRef.get(entries)
            const entry: Entry = {
              number: all.length + 1,
              stream,
              version: last.version,
              firstPosition: first.position,
              lastPosition: last.position,
              archivedAt,
              file,
              events: events.map(({ append, position, type }) => ({ append, position, type }))
            }
            yield* TxRef.set(entries, [...all, entry])
            yield* TxRef.set(log, {
              ...state,
              byPosition: HashMap.removeMany(state.byPosition, positions),
              byVersion: HashMap.remove(state.byVersion, key),
              byId: HashMap.removeMany(
                state.byId,
                events.map(({ id }) => id)
              ),
              archived: HashMap.set(state.archived, key, { stream, version: last.version })
            })
            return archivedOf(entry)
          })
        ),
      restore: ({ number, stream }, events) =>
        Effect.tx(
          Effect.gen(function* () {
            const restoredAt = yield* DateTime.now
            const state = yield* TxRef.get(log)
            const all = yield* TxRef.get(entries)
            const entry = all.find((one) => one.number === number && one.restoredAt === undefined)
            const key = StreamId.format(stream)
            if (entry === undefined || StreamId.format(entry.stream) !== key) {
              return yield* new ArchiveRefused({ stream, reason: "live" })
            }
            if (
              events.length !== entry.version ||
              events.some((event, at) => event.position !== entry.events[at]?.position)
            ) {
              return yield* new ArchiveRefused({ stream, reason: "changed" })
            }
            const stored = events.flatMap((event, at) => {
              const known = entry.events[at]
              return known === undefined ? [] : [storedOf(event, known.append)]
            })
            yield* TxRef.set(
              entries,
              all.map((one) => (one === entry ? { ...entry, restoredAt } : one))
            )
            yield* TxRef.set(log, {
              ...state,
              byPosition: HashMap.setMany(
                state.byPosition,
                stored.map((event) => [event.position, event] as const)
              ),
              byVersion: HashMap.set(
                state.byVersion,
                key,
                HashMap.fromIterable(stored.map((event) => [event.version, event] as const))
              ),
              byId: HashMap.setMany(
                state.byId,
                stored.map((event) => [event.id, event] as const)
              ),
              archived: HashMap.remove(state.archived, key)
            })
          })
        ),
      find: (stream) =>
        Effect.map(TxRef.get(entries), (all) => {
          const key = StreamId.format(stream)
          return Option.map(
            Option.fromUndefinedOr(all.findLast((entry) => StreamId.format(entry.stream) === key)),
            archivedOf
          )
        }),
      list: ({ after = 0, limit = catalogPage } = {}) =>
        Effect.map(TxRef.get(entries), (all) =>
          all
            .filter(({ number }) => number > after)
            .slice(0, Math.max(limit, 0))
            .map(archivedOf)
        ),
      places: (range) => Effect.map(TxRef.get(entries), (all) => places(all, range))
    }
  })
)

const archivedOf = ({ events: _, ...archived }: Entry): ArchivedStream => archived

const eventsOf = (log: Log, key: string): ReadonlyArray<StoredEvent> =>
  Option.match(HashMap.get(log.byVersion, key), {
    onNone: () => [],
    onSome: (events) => Array.from(HashMap.values(events)).toSorted((a, b) => a.version - b.version)
  })

const storedOf = (event: RecordedEvent, append: Append): StoredEvent => ({
  ...event,
  data: JSON.stringify(event.data),
  metadata: JSON.stringify(event.metadata),
  append
})

const closed = (log: Log, { after, before, category, closedBy, limit, tenant, upTo }: ClosedPage): ClosedSlice => {
  const streams: Array<StreamId.StreamId> = Array.from(HashMap.values(log.archived), ({ stream }) => stream)
  for (const events of HashMap.values(log.byVersion)) {
    const first = Option.getOrUndefined(HashMap.get(events, 1))
    if (first !== undefined) streams.push(first.stream)
  }
  const looked = streams
    .filter((stream) => stream.tenant === tenant && stream.category === category)
    .filter(({ id }) => after === undefined || compareBytes(id, after) > 0)
    .toSorted((a, b) => compareBytes(a.id, b.id))
    .slice(0, limit)
  const found = looked.flatMap((stream) => {
    const last = eventsOf(log, StreamId.format(stream)).at(-1)
    return last !== undefined &&
      closedBy.includes(last.type) &&
      DateTime.isLessThan(last.recordedAt, before) &&
      last.position <= (upTo ?? last.position)
      ? [{ stream, version: last.version }]
      : []
  })
  const last = looked.at(-1)
  return last === undefined || looked.length < limit ? { streams: found } : { streams: found, next: last.id }
}

const places = (
  entries: ReadonlyArray<Entry>,
  { after, filter = {}, limit, upTo }: LogRange
): ReadonlyArray<ArchivedPlace> => {
  const { categories, tenant, types } = filter
  return entries
    .filter(({ stream }) => tenant === undefined || stream.tenant === tenant)
    .filter(({ stream }) => categories === undefined || categories.includes(stream.category))
    .flatMap((entry) =>
      entry.events.flatMap(({ position, type }, index) =>
        position > after && position <= upTo && (types === undefined || types.includes(type))
          ? [{ position, version: index + 1, archive: { number: entry.number, file: entry.file } }]
          : []
      )
    )
    .toSorted((a, b) => a.position - b.position || b.archive.number - a.archive.number)
    .filter(({ position }, index, all) => position !== all[index - 1]?.position)
    .slice(0, limit)
}
