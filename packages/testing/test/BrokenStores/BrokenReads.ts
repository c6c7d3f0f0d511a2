/** Stores that read wrongly: parts of streams, the log, what surrounds an event, its data. */
import { EventMetadata, pageSize, type RecordedEvent } from "@eventfold/event-store"
import { DateTime, Effect, Predicate, Schema, Stream } from "effect"
import { broken, type BrokenStore, readsWrongly } from "./BrokenStore.ts"

const parts: ReadonlyArray<BrokenStore> = [
  broken("a long stream is read whole, forwards and backwards", "stops backwards after two pages", (store) => ({
    store: {
      read: (stream, options) =>
        options?.direction === "backwards" && options.limit === undefined
          ? Stream.take(store.read(stream, options), 2 * pageSize)
          : store.read(stream, options)
    }
  })),
  broken("a stream is read forwards from a version on, up to a limit", "leaves out the first version", (store) => ({
    store: {
      readPage: (stream, page) =>
        store.readPage(stream, page.direction === "forwards" ? { ...page, from: page.from + 1 } : page)
    }
  })),
  broken("a stream is read backwards from a version on, up to a limit", "leaves out the first version", (store) => ({
    store: {
      readPage: (stream, page) =>
        store.readPage(stream, page.direction === "backwards" ? { ...page, from: page.from - 1 } : page)
    }
  })),
  broken(
    "reading beyond the ends of a stream answers what there is, and nothing where nothing is",
    "answers the last event beyond the end",
    (store) => ({
      store: {
        readPage: (stream, page) =>
          Effect.filterOrElse(
            store.readPage(stream, page),
            (events) => events.length > 0 || page.limit < 1 || page.direction === "backwards",
            () => store.readPage(stream, { ...page, direction: "backwards", limit: 1 })
          )
      }
    })
  ),
  broken(
    "a limit that ends on, before or after a page boundary is kept",
    "never reads more than one page",
    (store) => ({
      store: {
        read: (stream, options = {}) =>
          store.read(
            stream,
            options.limit === undefined ? options : { ...options, limit: Math.min(options.limit, pageSize) }
          )
      }
    })
  )
]

const log: ReadonlyArray<BrokenStore> = [
  broken(
    "a page of the log begins after its position and holds as many events as asked for",
    "makes small pages one event short",
    (store) => ({
      store: { readLog: (page) => store.readLog(page.limit < 5 ? { ...page, limit: page.limit - 1 } : page) }
    })
  ),
  broken(
    "the log is read across page boundaries without loss, up to a limit",
    "never reads more than one page",
    (store) => ({
      store: {
        readAll: (options = {}) =>
          store.readAll(
            options.limit === undefined ? options : { ...options, limit: Math.min(options.limit, pageSize) }
          )
      }
    })
  ),
  broken(
    "reading beyond the ends of the log answers what there is, and nothing where nothing is",
    "finds nothing before the first event",
    (store) => ({
      store: {
        readLog: (page) =>
          page.after < 0 ? Effect.succeed({ events: [], position: 0, end: false }) : store.readLog(page)
      }
    })
  )
]

const known = ["correlationId", "causationId", "actor"]

const envelope: ReadonlyArray<BrokenStore> = [
  readsWrongly(
    "metadata comes back: the known keys, any others, none at all",
    "keeps only the metadata it knows",
    (event) => ({
      ...event,
      metadata: Schema.decodeSync(EventMetadata)(
        Object.fromEntries(Object.entries(event.metadata).filter(([key]) => known.includes(key)))
      )
    })
  ),
  readsWrongly("the type of an event comes back, whatever plain text it is", "cuts long types", (event) => ({
    ...event,
    type: event.type.slice(0, 63)
  })),
  readsWrongly(
    "the schema version of an event comes back, from 1 to the largest",
    "keeps versions in 16 bits",
    (event) => ({
      ...event,
      schemaVersion: Math.min(event.schemaVersion, 32_767)
    })
  ),
  readsWrongly(
    "the time an event occurred comes back to the millisecond, from the year 1 to the year 9999",
    "keeps seconds only",
    (event) => ({ ...event, occurredAt: DateTime.startOf(event.occurredAt, "second") })
  ),
  readsWrongly(
    "the store records when it took an event, by a clock that is right",
    "takes the time of occurrence for it",
    (event) => ({ ...event, recordedAt: event.occurredAt })
  ),
  broken("event ids come back in lower case, whatever UUIDs they are", "keeps ids as they were given", (store) => {
    const given = new Map<string, string>()
    const asGiven = (event: RecordedEvent) => ({ ...event, id: given.get(event.id) ?? event.id })
    return {
      store: {
        append: (stream, expected, events) =>
          Effect.tap(store.append(stream, expected, events), () => {
            for (const { id } of events) if (!given.has(id.toLowerCase())) given.set(id.toLowerCase(), id)
            return Effect.void
          }),
        read: (stream, options) => Stream.map(store.read(stream, options), asGiven)
      }
    }
  }),
  readsWrongly(
    "an event names its stream as it was given, in the stream and in the log",
    "trims the ids of streams",
    (event) => ({ ...event, stream: { ...event.stream, id: event.stream.id.trim() } })
  ),
  readsWrongly(
    "what is read is a recorded event and nothing more, in the stream and in the log",
    "shows a column of its own",
    (event) => Object.assign({ shard: 1 }, event)
  )
]

const changed = (data: Schema.Json, change: (part: unknown, key: string) => unknown): Schema.Json =>
  Schema.decodeUnknownSync(Schema.Json)(JSON.parse(JSON.stringify(data), (key, part: unknown) => change(part, key)))

const depthOf = (data: unknown): number =>
  typeof data === "object" && data !== null ? 1 + Math.max(0, ...Object.values(data).map(depthOf)) : 0

const payloads: ReadonlyArray<BrokenStore> = [
  readsWrongly(
    "every text comes back: control characters, lone surrogates, emoji, what looks like something else",
    "takes a byte order mark for one",
    (event) => ({
      ...event,
      data: changed(event.data, (part) => (typeof part === "string" ? part.replaceAll("\uFEFF", "") : part))
    })
  ),
  readsWrongly(
    "every number comes back: the largest, the smallest, the most exact",
    "keeps whole numbers in 64 bits with a sign",
    (event) => ({ ...event, data: changed(event.data, (part) => (part === 2 ** 64 ? 2 ** 63 : part)) })
  ),
  readsWrongly("every key of an object comes back, in its order", "composes the letters of keys", (event) => ({
    ...event,
    data: changed(event.data, (part) =>
      Predicate.isObject(part)
        ? Object.fromEntries(Object.entries(part).map(([key, value]) => [key.normalize("NFC"), value]))
        : part
    )
  })),
  readsWrongly("data is kept as deep as allowed", "loses what is nested deeply", (event) => ({
    ...event,
    data: depthOf(event.data) > 100 ? null : event.data
  })),
  readsWrongly("a large event comes back whole", "cuts long texts", (event) => ({
    ...event,
    data: changed(event.data, (part) => (typeof part === "string" ? part.slice(0, 100_000) : part))
  })),
  readsWrongly(
    "any JSON value comes back: null, scalars, what is empty, and whatever chance makes up",
    "loses the second item of an array",
    (event) => ({
      ...event,
      data: changed(event.data, (part) => (Array.isArray(part) && part.length > 1 ? [part[0]] : part))
    })
  )
]

/** Stores that read wrongly. */
export const brokenReads: ReadonlyArray<BrokenStore> = [...parts, ...log, ...envelope, ...payloads]
