/** Stores that are right as long as one thing happens at a time, and stores that take two streams for one. */
import {
  type AppendError,
  EventIdConflict,
  ExpectedVersion,
  type LogFilter,
  type NewEvent,
  pageSize,
  type RecordedEvent,
  type StreamId,
  VersionConflict
} from "@eventfold/event-store"
import { Effect, Equal, Stream } from "effect"
import { broken, type BrokenStore, lastOf, onCrowd, type Store } from "./BrokenStore.ts"

const unchecked = (store: Store, ...[stream, , events]: Parameters<Store["append"]>) =>
  store.append(stream, ExpectedVersion.Any, events)

const lost = (store: Store, ...[stream, , events]: Parameters<Store["append"]>) =>
  Effect.map(lastOf(store, stream), ({ position, version }) => ({ position, version: version + events.length }))

const crowds: ReadonlyArray<BrokenStore> = [
  onCrowd(
    "of several writers who expect the same version exactly one wins, round after round",
    "checks the version before others have stored theirs",
    (inTransaction, stream, expected) => (expected._tag === "Exact" && !inTransaction ? stream.id : undefined),
    unchecked
  ),
  onCrowd(
    "of several writers who create the same stream exactly one wins",
    "looks for the stream before others have created it",
    (inTransaction, stream, expected) => (expected._tag === "NoStream" && !inTransaction ? stream.id : undefined),
    unchecked
  ),
  onCrowd(
    "of several transactions that append to one stream at the same version exactly one wins",
    "checks versions only outside transactions",
    (inTransaction, stream) => (inTransaction ? stream.id : undefined),
    unchecked
  ),
  onCrowd(
    "writers who append to one stream without an expectation lose nothing",
    "stores one of two appends to the same version",
    (_, stream, expected) => (expected._tag === "Any" ? stream.id : undefined),
    lost
  ),
  onCrowd(
    "writers who append to many streams lose nothing",
    "forgets appends when there are many",
    () => "all",
    lost,
    10
  ),
  broken(
    "a reader who follows the log while others write misses nothing: no event appears where it has passed",
    "shows an event before one with a smaller position",
    (store) => {
      let writing = 0
      const write = (change: number) => Effect.sync(() => void (writing += change))
      return {
        store: {
          append: (...append) =>
            Effect.andThen(Effect.andThen(write(1), Effect.yieldNow), store.append(...append)).pipe(
              Effect.ensuring(Effect.andThen(Effect.yieldNow, write(-1)))
            ),
          readLog: (page) =>
            Effect.map(store.readLog(page), (slice) =>
              writing > 0 ? { ...slice, events: slice.events.toSpliced(-2, 1) } : slice
            )
        }
      }
    }
  )
]

const passes =
  ({ categories, tenant, types }: LogFilter = {}) =>
  ({ stream, type }: RecordedEvent): boolean =>
    (tenant === undefined || stream.tenant === tenant) &&
    (categories === undefined || categories.includes(stream.category)) &&
    (types === undefined || types.includes(type))

/** A row in which streams are kept under another name, so that two of them can become one. */
const kept = (breaks: string, fault: string, name: (stream: StreamId.StreamId) => StreamId.StreamId): BrokenStore =>
  broken(breaks, fault, (store) => {
    const given = new Map<string, StreamId.StreamId>()
    const renamed = (event: Stream.Success<ReturnType<Store["read"]>>) => ({
      ...event,
      stream: given.get(event.id) ?? event.stream
    })
    const asGiven = (streams: ReadonlyArray<StreamId.StreamId>) => (error: AppendError) => {
      const stream = "stream" in error ? streams.find((one) => Equal.equals(name(one), error.stream)) : undefined
      if (stream === undefined) return error
      if (error instanceof VersionConflict) return new VersionConflict({ ...error, stream })
      return error instanceof EventIdConflict ? new EventIdConflict({ ...error, stream }) : error
    }
    const note = (stream: StreamId.StreamId, events: ReadonlyArray<NewEvent>) =>
      Effect.sync(() => events.forEach(({ id }) => given.set(id.toLowerCase(), stream)))
    return {
      store: {
        append: (stream, expected, events) =>
          store.append(name(stream), expected, events).pipe(
            Effect.tap(() => note(stream, events)),
            Effect.mapError(asGiven([stream]))
          ),
        appendAll: (appends) =>
          store.appendAll(appends.map((append) => ({ ...append, stream: name(append.stream) }))).pipe(
            Effect.tap(() => Effect.forEach(appends, ({ events, stream }) => note(stream, events))),
            Effect.mapError(asGiven(appends.map(({ stream }) => stream)))
          ),
        readStreams: (page) =>
          Effect.sync(() => {
            const versions = new Map<string, number>()
            for (const { category, id, tenant } of given.values()) {
              if (tenant === page.tenant && category === page.category) versions.set(id, (versions.get(id) ?? 0) + 1)
            }
            return Array.from(versions, ([id, version]) => ({ stream: { ...page, id }, version }))
              .toSorted((a, b) => Buffer.compare(Buffer.from(a.stream.id), Buffer.from(b.stream.id)))
              .filter(({ stream }) => Buffer.compare(Buffer.from(stream.id), Buffer.from(page.after ?? "")) > 0)
              .slice(0, page.limit)
              .map(({ stream: { category, id, tenant }, version }) => ({ stream: { tenant, category, id }, version }))
          }),
        read: (stream, options) => Stream.map(store.read(name(stream), options), renamed),
        readPage: (stream, page) => Effect.map(store.readPage(name(stream), page), (events) => events.map(renamed)),
        readAll: ({ filter, ...options } = {}) =>
          Stream.filter(Stream.map(store.readAll(options), renamed), passes(filter)),
        // What is kept under other names cannot be found by a filter, so everything is read and filtered here.
        readLog: ({ filter, ...page }) =>
          Effect.map(store.readLog(filter === undefined ? page : { ...page, limit: pageSize }), (slice) => {
            const events = slice.events.map(renamed).filter(passes(filter))
            const last = events.slice(0, page.limit).at(-1)
            return filter === undefined || events.length <= page.limit || last === undefined
              ? { ...slice, events }
              : { events: events.slice(0, page.limit), position: last.position, end: false }
          })
      }
    }
  })

const names: ReadonlyArray<BrokenStore> = [
  kept(
    "two tenants have streams of their own, though category and id are the same",
    "keeps all tenants in one",
    (stream) => (stream.tenant.startsWith("law-") ? { ...stream, tenant: "all" } : stream)
  ),
  kept(
    "two categories have streams of their own, though the id is the same",
    "does not tell capital letters from small ones in categories",
    (stream) => ({ ...stream, category: stream.category.toLowerCase() })
  ),
  kept(
    "ids that differ in case, white space or the form of a letter are different ids",
    "does not tell capital letters from small ones in ids",
    (stream) => ({ ...stream, id: stream.id.toLowerCase() })
  )
]

/** Stores that are wrong when two things come together. */
export const brokenConcurrency: ReadonlyArray<BrokenStore> = [...crowds, ...names]
