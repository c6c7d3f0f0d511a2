/** The suite of the past catches broken stores: for every law there is a store that breaks it, and it only. */
import { type CommandServices, EventStore, layerMemory } from "@eventfold/event-store"
import { DateTime, Effect, Layer, Stream } from "effect"
import { HistoryLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

interface Broken {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<CommandServices>
}

/** A row: the store in memory, with what `wrong` puts in the place of some of its parts. */
const broken = (
  breaks: string,
  fault: string,
  wrong: (store: EventStore["Service"]) => Partial<EventStore["Service"]>
): Broken => ({
  breaks,
  fault,
  layer: Layer.effect(
    EventStore,
    Effect.map(EventStore, (store) => ({ ...store, ...wrong(store) }))
  ).pipe(Layer.provideMerge(Layer.fresh(layerMemory)))
})

const rows: ReadonlyArray<Broken> = [
  broken(
    "as of version n is the fold of the first n events, and as of now what a command would decide on",
    "reads one event more than asked for",
    (store) => ({
      read: (stream, options = {}) =>
        store.read(stream, options.limit === undefined ? options : { ...options, limit: options.limit + 1 })
    })
  ),
  broken(
    "as of a recorded date is everything up to the last event recorded by then, and never less at a later date",
    "tells another time when it reads backwards",
    (store) => ({
      readPage: (stream, page) =>
        Effect.map(store.readPage(stream, page), (events) =>
          page.direction === "forwards"
            ? events
            : events.map((event) => ({
                ...event,
                recordedAt: DateTime.add(event.recordedAt, { milliseconds: event.version > 10 ? 2 : 0 })
              }))
        )
    })
  ),
  broken(
    "as of an occurred date is everything that occurred by then, in the order of versions",
    "keeps business times to a hundredth of a second",
    (store) => ({
      read: (stream, options) =>
        Stream.map(store.read(stream, options), (event) => ({
          ...event,
          occurredAt: DateTime.makeUnsafe(Math.floor(event.occurredAt.epochMilliseconds / 10) * 10)
        }))
    })
  ),
  broken(
    "two periods that meet hold every event of a stream once, by either time",
    "leaves out the event it is told to begin with",
    (store) => ({
      read: (stream, options = {}) =>
        store.read(stream, options.from === undefined ? options : { ...options, from: options.from + 1 })
    })
  ),
  broken(
    "every stream as of a date is answered once, in the order of ids, in pages that join",
    "answers the last stream of a page on the next one again",
    (store) => ({
      readStreams: ({ after, ...page }) =>
        after === undefined
          ? store.readStreams(page)
          : Effect.map(store.readStreams({ ...page, after, limit: page.limit - 1 }), (streams) => [
              { stream: { tenant: page.tenant, category: page.category, id: after }, version: 2 },
              ...streams
            ])
    })
  )
]

suite({ of: "reading the past", laws: HistoryLaws.laws, rows, sound: Layer.fresh(layerMemory) })
