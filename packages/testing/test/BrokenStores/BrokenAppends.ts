/** Stores that append wrongly: half of it, under the wrong expectation, or what they should refuse. */
import {
  ExpectedVersion,
  InvalidAppend,
  maxEventDepth,
  maxEventsPerAppend,
  maxEventSize,
  VersionConflict
} from "@eventfold/event-store"
import { DateTime, Effect, Schema, Stream } from "effect"
import { appendsWrongly, broken, type BrokenStore, onRefusal, takesWrongly } from "./BrokenStore.ts"

const atomicity: ReadonlyArray<BrokenStore> = [
  appendsWrongly(
    "an append of as many events as allowed is stored whole and in order",
    "stores 2,500 events of an append and no more",
    (events) => (events.length > maxEventsPerAppend ? events : events.slice(0, 2500))
  ),
  broken(
    "an append answers the version and the position of its last event",
    "answers the position of the first event",
    (store) => ({
      store: {
        append: (stream, expected, events) =>
          Effect.map(store.append(stream, expected, events), ({ position, version }) => ({
            version,
            position: position - events.length + 1
          }))
      }
    })
  ),
  onRefusal(
    "an append whose last event is invalid stores nothing",
    "stores the events before the invalid one",
    (store, error, stream, expected, events) => {
      const index = error instanceof InvalidAppend ? Number(/^events\[(\d+)\]/u.exec(error.field)?.[1] ?? 0) : 0
      const before = index === 0 ? Effect.void : store.append(stream, expected, events.slice(0, index))
      return Effect.andThen(Effect.ignore(before), Effect.fail(error))
    }
  ),
  broken(
    "an append whose last event id is in use elsewhere stores nothing",
    "stores the events before the one that is in use elsewhere",
    (store) => {
      const streams = new Map<string, string>()
      return {
        store: {
          append: (stream, expected, events) => {
            const index = events.findIndex(({ id }) => streams.has(id) && streams.get(id) !== stream.id)
            return store.append(stream, expected, events).pipe(
              Effect.tap(() => Effect.sync(() => events.forEach(({ id }) => streams.set(id, stream.id)))),
              Effect.tapError(() => (index > 0 ? store.append(stream, expected, events.slice(0, index)) : Effect.void))
            )
          }
        }
      }
    }
  ),
  onRefusal(
    "an append refused by a version conflict stores nothing, whatever it expected",
    "stores what it refuses, when it should have been there already",
    (store, error, stream, expected, events) =>
      expected._tag === "StreamExists" && error instanceof VersionConflict
        ? Effect.andThen(store.append(stream, ExpectedVersion.Any, events), Effect.fail(error))
        : Effect.fail(error)
  )
]

const expectations: ReadonlyArray<BrokenStore> = [
  broken("Any accepts every stream, existing or not", "wants a stream for Any", (store) => ({
    store: {
      append: (stream, expected, events) =>
        store.append(stream, expected._tag === "Any" ? ExpectedVersion.StreamExists : expected, events)
    }
  })),
  onRefusal(
    "NoStream accepts only a stream without events, and names the version it found",
    "names version 1 whatever it found",
    (_, error, stream, expected) =>
      Effect.fail(
        error instanceof VersionConflict && expected._tag === "NoStream"
          ? new VersionConflict({ stream, expected, actual: 1 })
          : error
      )
  ),
  onRefusal(
    "StreamExists accepts only a stream with events, and names version 0 when there are none",
    "names version -1 when there is no stream",
    (_, error, stream, expected) =>
      Effect.fail(
        error instanceof VersionConflict && expected._tag === "StreamExists"
          ? new VersionConflict({ stream, expected, actual: -1 })
          : error
      )
  ),
  onRefusal(
    "Exact accepts only its version, and names the version it found",
    "accepts a version that is too high",
    (store, error, stream, expected, events) =>
      error instanceof VersionConflict &&
      expected._tag === "Exact" &&
      error.actual > 0 &&
      error.actual < expected.version
        ? store.append(stream, ExpectedVersion.Any, events)
        : Effect.fail(error)
  ),
  broken(
    "versions are 1, 2, 3, … without holes, whatever was refused or taken back in between",
    "counts refused appends as versions",
    (store) => {
      const refused = new Map<string, number>()
      return {
        store: {
          append: (stream, expected, events) =>
            Effect.tapError(store.append(stream, expected, events), (error) =>
              Effect.sync(() => {
                if (error instanceof VersionConflict) refused.set(stream.id, (refused.get(stream.id) ?? 0) + 1)
              })
            ),
          read: (stream, options) =>
            Stream.map(store.read(stream, options), (event) => ({
              ...event,
              version: event.version === 1 ? 1 : event.version + (refused.get(stream.id) ?? 0)
            }))
        }
      }
    }
  )
]

const refusals: ReadonlyArray<BrokenStore> = [
  broken("an append without events is refused", "takes an empty append for one that did nothing", (store) => ({
    store: {
      append: (stream, expected, events) =>
        events.length === 0 ? Effect.succeed({ version: 0, position: 0 }) : store.append(stream, expected, events)
    }
  })),
  appendsWrongly("an append of more events than allowed is refused", "drops what is too much", (events) =>
    events.slice(0, maxEventsPerAppend)
  ),
  appendsWrongly("an append that holds one event id twice is refused", "stores the first of the two", (events) => {
    const ids = new Set<string>()
    const last = events.findIndex(({ id }) => ids.has(id.toLowerCase()) || !ids.add(id.toLowerCase()))
    return last < 0 ? events : events.slice(0, last)
  }),
  broken("an expected version that is no version is refused", "takes version 0 for no stream", (store) => ({
    store: {
      append: (stream, expected, events) => {
        const none = expected._tag === "Exact" && expected.version === 0
        return store.append(stream, none ? ExpectedVersion.NoStream : expected, events)
      }
    }
  })),
  broken("a stream whose name breaks the rules is refused", "drops NUL from the name", (store) => ({
    store: {
      append: (stream, expected, events) =>
        store.append({ ...stream, id: stream.id.replaceAll("\u0000", "") }, expected, events)
    }
  })),
  takesWrongly("an event id that is no UUID is refused", "takes off braces", (event) => ({
    ...event,
    id: event.id.replace(/^\{(.*)\}$/u, "$1")
  })),
  takesWrongly("an event type that is no plain text of 1 to 128 characters is refused", "drops NUL", (event) => ({
    ...event,
    type: event.type.replaceAll("\u0000", "")
  })),
  takesWrongly("a schema version that is no whole number from 1 is refused", "rounds it", (event) => ({
    ...event,
    schemaVersion: Math.floor(event.schemaVersion)
  })),
  takesWrongly(
    "a time of occurrence outside the years 1 to 9999 is refused",
    "takes the last moment it knows",
    (event) => ({
      ...event,
      occurredAt: DateTime.min(event.occurredAt, DateTime.makeUnsafe("9999-12-31T23:59:59.999Z"))
    })
  ),
  takesWrongly("metadata that is no plain text is refused", "drops NUL from the actor", (event) => ({
    ...event,
    metadata:
      event.metadata.actor === undefined
        ? event.metadata
        : { ...event.metadata, actor: event.metadata.actor.replaceAll("\u0000", "") }
  })),
  takesWrongly("data that JSON would change or drop is refused", "stores a text instead of a date", (event) => ({
    ...event,
    data:
      "at" in Object(event.data)
        ? Schema.decodeUnknownSync(Schema.Json)(JSON.parse(JSON.stringify(event.data)))
        : event.data
  })),
  takesWrongly("data nested deeper than allowed is refused", "drops what is too deep", (event) => ({
    ...event,
    data: isTooDeep(event.data) ? null : event.data
  })),
  takesWrongly("data larger than allowed is refused", "cuts it", (event) => ({
    ...event,
    data: typeof event.data === "string" ? event.data.slice(0, maxEventSize - 2) : event.data
  }))
]

const isTooDeep = (data: unknown): boolean => {
  let depth = 0
  for (let part = data; typeof part === "object" && part !== null; part = Object.values(part)[0]) depth += 1
  return depth > maxEventDepth
}

/** Stores that append wrongly. */
export const brokenAppends: ReadonlyArray<BrokenStore> = [...atomicity, ...expectations, ...refusals]
