/** Stores that take a repetition for something new, or a mix-up of event ids for a repetition. */
import {
  EventIdConflict,
  ExpectedVersion,
  type NewEvent,
  type RecordedEvent,
  type StreamId
} from "@eventfold/event-store"
import { Effect, Stream } from "effect"
import {
  broken,
  type BrokenStore,
  isInTransaction,
  lastOf,
  onCrowd,
  onRefusal,
  onRepetition,
  renewed,
  type Store
} from "./BrokenStore.ts"

const repetition: ReadonlyArray<BrokenStore> = [
  onRepetition(
    "an append repeated is answered like the first one, whatever it expects, and stores nothing",
    "stores a repetition again when it expects nothing",
    (store, answer, stream, expected, events) =>
      expected._tag === "Any" ? store.append(stream, expected, renewed(events)) : Effect.succeed(answer)
  ),
  onRepetition(
    "an append repeated is answered like the first one, whatever has been appended since",
    "answers where the stream ends now",
    (store, _, stream) => lastOf(store, stream)
  ),
  onRepetition(
    "an append repeated inside a transaction is answered like the first one, which may be inside it, too",
    "refuses a repetition inside a transaction",
    (_, answer, stream, __, events) =>
      Effect.flatMap(isInTransaction, (inside) =>
        inside
          ? Effect.fail(new EventIdConflict({ stream, eventIds: events.map(({ id }) => id) }))
          : Effect.succeed(answer)
      )
  ),
  onCrowd(
    "the same append eight times at once is stored once and answered alike",
    "looks for a repetition only among what is stored already",
    (_, stream, __, events) => `${stream.id} ${events[0]?.id}`,
    (store, stream, _, events) => store.append(stream, ExpectedVersion.Any, renewed(events))
  )
]

/** The events of a stream that an append names, in the order in which it names them. */
const namedBy = (store: Store, stream: StreamId.StreamId, events: ReadonlyArray<NewEvent>) =>
  Effect.map(Stream.runCollect(store.read(stream)), (stored) =>
    events.flatMap((event) => stored.find(({ id }) => id === event.id) ?? [])
  )

const onMixUp = (
  breaks: string,
  fault: string,
  instead: (
    store: Store,
    named: ReadonlyArray<RecordedEvent>,
    stream: StreamId.StreamId,
    events: ReadonlyArray<NewEvent>
  ) => ReturnType<Store["append"]> | undefined
): BrokenStore =>
  onRefusal(breaks, fault, (store, error, stream, _, events) =>
    error instanceof EventIdConflict
      ? Effect.flatMap(
          namedBy(store, stream, events),
          (named) => instead(store, named, stream, events) ?? Effect.fail(error)
        )
      : Effect.fail(error)
  )

/** The answer to an append of these events, taken for a repetition. */
const answerOf = (events: ReadonlyArray<RecordedEvent>) => {
  const last = events.reduce((one, other) => (one.version > other.version ? one : other))
  return Effect.succeed({ version: last.version, position: last.position })
}

const isInOrder = (events: ReadonlyArray<RecordedEvent>) =>
  events.every(({ version }, index) => version === (events[0]?.version ?? 0) + index)

const mixUps: ReadonlyArray<BrokenStore> = [
  onMixUp(
    "an append of some of the events of an earlier one is refused",
    "takes one event of an earlier append for its repetition",
    (_, named, __, events) => (named.length === 1 && events.length === 1 ? answerOf(named) : undefined)
  ),
  onMixUp(
    "an append of events of an earlier one and new ones is refused",
    "stores the new ones",
    (store, named, stream, events) => {
      const fresh = events.filter(({ id }) => named.every((event) => event.id !== id))
      return named.length > 0 && fresh.length > 0 ? store.append(stream, ExpectedVersion.Any, fresh) : undefined
    }
  ),
  onMixUp(
    "an append of the events of an earlier one in another order is refused",
    "does not look at the order",
    (_, named, __, events) =>
      named.length === events.length && !isInOrder(named) && named.length === 3 ? answerOf(named) : undefined
  ),
  onMixUp(
    "an append of the events of two earlier ones is refused",
    "takes any run of events for one append",
    (_, named, __, events) =>
      named.length === 3 && events.length === 3 && isInOrder(named) ? answerOf(named) : undefined
  ),
  broken(
    "an append whose event ids are in use in another stream is refused",
    "keeps the ids of tenants apart",
    (store) => {
      const tenants = new Map<string, string>()
      return {
        store: {
          append: (stream, expected, events) =>
            store.append(stream, expected, events).pipe(
              Effect.tap(() => Effect.sync(() => events.forEach(({ id }) => tenants.set(id, stream.tenant)))),
              Effect.catchTag("EventIdConflict", (error) =>
                events.every(({ id }) => tenants.has(id) && tenants.get(id) !== stream.tenant)
                  ? store.append(stream, ExpectedVersion.Any, renewed(events))
                  : Effect.fail(error)
              )
            )
        }
      }
    }
  ),
  onCrowd(
    "one event id appended to eight streams at once is stored in one of them",
    "looks for ids in use only among what is stored already",
    (_, __, ___, events) => (events.length === 1 ? events[0]?.id : undefined),
    (store, stream, expected, events) => store.append(stream, expected, renewed(events))
  )
]

/** Stores that are wrong about repetition. */
export const brokenRepetition: ReadonlyArray<BrokenStore> = [...repetition, ...mixUps]
