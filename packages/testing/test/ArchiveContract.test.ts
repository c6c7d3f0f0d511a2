/**
 * The laws of the archive catch broken ones: for every law there is an archive that breaks it. Some faults break others as
 * well: who loses an event when it moves has lost it for every reader.
 */
import { ArchiveCatalog, Audit, EventStore, layerMemory, Transaction } from "@eventfold/event-store"
import { Context, DateTime, Effect, Layer, Option } from "effect"
import { ArchiveLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

interface Parts {
  readonly catalog: ArchiveCatalog["Service"]
  readonly store: EventStore["Service"]
  readonly audit: Audit["Service"]
}

interface Wrong {
  readonly catalog?: Partial<Parts["catalog"]>
  readonly store?: Partial<Parts["store"]>
  readonly audit?: Partial<Parts["audit"]>
  /** Without it a transaction keeps what was done in it, whatever becomes of it. */
  readonly transaction?: Transaction["Service"]
}

interface Broken {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<ArchiveLaws.Services>
}

/** A row: the memory layers, with what `wrong` puts in the place of some of their parts. */
const broken = (breaks: string, fault: string, wrong: (parts: Parts) => Wrong): Broken => ({
  breaks,
  fault,
  layer: Layer.effectContext(
    Effect.gen(function* () {
      const parts = { catalog: yield* ArchiveCatalog, store: yield* EventStore, audit: yield* Audit }
      const sound = yield* Transaction
      const { audit, catalog, store, transaction } = wrong(parts)
      return Context.make(ArchiveCatalog, { ...parts.catalog, ...catalog }).pipe(
        Context.add(EventStore, { ...parts.store, ...store }),
        Context.add(Audit, { ...parts.audit, ...audit }),
        Context.add(Transaction, transaction ?? sound)
      )
    })
  ).pipe(Layer.provide(Layer.fresh(layerMemory)))
})

const nothing = <A>(): Effect.Effect<ReadonlyArray<A>> => Effect.succeed([])

const rows: ReadonlyArray<Broken> = [
  broken(
    "an archived stream has left the log as a whole, and its id and version stay",
    "forgets the stream",
    ({ store }) => ({ store: { readStreams: (page) => Effect.map(store.readStreams(page), (all) => all.slice(0, 1)) } })
  ),
  broken(
    "an archived stream takes no more events, and a conflict names its version",
    "tells an archived stream from none only when asked for any",
    ({ store }) => ({
      store: {
        append: (...of) =>
          Effect.mapError(store.append(...of), (error) =>
            error._tag === "VersionConflict" && of[1]._tag === "NoStream" ? Object.assign(error, { actual: 0 }) : error
          )
      }
    })
  ),
  broken(
    "a stream that has other events than those that were written stays where it is",
    "looks at the number of events only",
    ({ catalog, store }) => ({
      catalog: {
        move: (stream, positions, file) =>
          Effect.gen(function* () {
            const events = yield* store.readPage(stream, { direction: "forwards", from: 1, limit: 1000 })
            const same = events.length === positions.length
            return yield* catalog.move(stream, same ? events.map(({ position }) => position) : positions, file)
          })
      }
    })
  ),
  broken(
    "what is not there or was moved already is not moved, and what is live is not brought back",
    "takes a live stream for brought back",
    ({ catalog }) => ({
      catalog: {
        restore: (archived, events) =>
          events.length === 0
            ? Effect.catchTag(catalog.restore(archived, events), "ArchiveRefused", () => Effect.void)
            : catalog.restore(archived, events)
      }
    })
  ),
  broken(
    "a move that is taken back with its transaction leaves everything as it was",
    "moves in a transaction of its own",
    () => ({ transaction: { run: (effect) => effect } })
  ),
  broken(
    "a stream that is brought back is as it was, takes events, and knows a repeated append",
    "brings back the first events without their data",
    ({ catalog }) => ({
      catalog: {
        restore: (archived, events) =>
          catalog.restore(
            archived,
            events.map((event) => ({ ...event, data: event.version === 1 ? null : event.data }))
          )
      }
    })
  ),
  broken("a stream is brought back only with the events it left with", "takes what it gets", ({ catalog }) => ({
    catalog: {
      restore: (archived, events) =>
        Effect.catchTag(catalog.restore(archived, events), "ArchiveRefused", (refused) =>
          refused.reason === "changed" ? Effect.void : Effect.fail(refused)
        )
    }
  })),
  broken(
    "of an append and an archiver at the same moment the later one is refused, and no event is lost",
    "forgets to compare when an append is faster",
    ({ catalog, store }) => ({
      catalog: {
        move: (stream, positions, file) =>
          Effect.gen(function* () {
            const events = yield* store.readPage(stream, { direction: "forwards", from: 1, limit: 1000 })
            const all = events.map(({ position }) => position)
            return yield* catalog.move(stream, all.length === positions.length + 1 ? all : positions, file)
          })
      }
    })
  ),
  broken(
    "closed are the streams whose last event ends them and was recorded long enough ago",
    "counts the moment itself in",
    ({ catalog }) => ({
      catalog: { closed: (page) => catalog.closed({ ...page, before: DateTime.add(page.before, { milliseconds: 1 }) }) }
    })
  ),
  broken("streams are looked at so many at a time, each once", "shows the last of a page again", ({ catalog }) => ({
    catalog: {
      closed: (page) =>
        Effect.map(catalog.closed(page), (slice) => {
          const { after } = page
          const again = after === undefined ? [] : [{ stream: { ...page, id: after }, version: 1 }]
          return { ...slice, streams: [...again, ...slice.streams].slice(0, page.limit) }
        })
    }
  })),
  broken(
    "the catalogue lists every move in order, also of what was brought back since",
    "takes out what was brought back",
    ({ catalog }) => ({
      catalog: {
        list: (page) =>
          Effect.map(catalog.list(page), (all) => all.filter(({ restoredAt }) => restoredAt === undefined))
      }
    })
  ),
  broken(
    "what is moved and brought back is in the audit: who, why, and which file",
    "records moves only",
    ({ audit }) => ({
      audit: { record: (action) => (action.action === "StreamRestored" ? Effect.void : audit.record(action)) }
    })
  ),
  broken(
    "an archived event is found by its place, in the order of positions, so many at a time",
    "finds one that was archived twice twice",
    ({ catalog }) => ({
      catalog: {
        places: (range) =>
          Effect.map(catalog.places(range), (all) => (range.limit > 2 ? [...all, ...all.slice(0, 1)] : all))
      }
    })
  ),
  broken(
    "with the archive behind it, a stream reads the same before and after it has moved",
    "finds no stream",
    ({ catalog }) => ({
      catalog: {
        find: (stream) =>
          Effect.map(
            catalog.find(stream),
            Option.filter(({ version }) => version !== 5)
          )
      }
    })
  ),
  broken(
    "with the archive behind it, the log reads the same before and after streams have moved, whatever the page",
    "finds nothing in a short stretch",
    ({ catalog }) => ({
      catalog: { places: (range) => (range.limit === 5 ? nothing() : catalog.places(range)) }
    })
  ),
  broken(
    "with the archive behind it, every reading is whole while streams move there and back",
    "forgets a stream as soon as it is brought back, which who has looked into the log before has missed",
    ({ catalog }) => ({
      catalog: {
        places: (range) =>
          Effect.gen(function* () {
            yield* Effect.yieldNow
            const places = yield* catalog.places(range)
            const listed = yield* catalog.list({ limit: 10_000 })
            const here = new Set(listed.flatMap(({ number, restoredAt }) => (restoredAt === undefined ? [number] : [])))
            return places.filter(({ archive }) => here.has(archive.number))
          })
      }
    })
  )
]

suite({ of: "the archive", laws: ArchiveLaws.laws, rows, sound: Layer.fresh(layerMemory), only: false })
