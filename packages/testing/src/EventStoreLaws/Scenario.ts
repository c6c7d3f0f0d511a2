/**
 * What the laws make up, and how they look at a store.
 *
 * Every law takes streams of its own in a tenant of its own, so that all laws run on one store that is never emptied.
 * Everything comes from the seed of the law.
 */
import {
  EventStore,
  type ExpectedVersion,
  type NewEvent,
  type ReadAllOptions,
  type ReadOptions,
  type RecordedEvent,
  type StreamId
} from "@eventfold/event-store"
import { Context, DateTime, Effect, Random, Stream } from "effect"
import { effort } from "../Effort.ts"
import { expectEqual } from "../Law.ts"

/** How large the large things are. */
export interface Sizes {
  /** Rounds in which several writers want the same version. */
  readonly rounds: number
  /** Events in the long stream. */
  readonly longStream: number
  /** Events in the largest append. */
  readonly largestAppend: number
  /** Characters in the large event. */
  readonly largeEvent: number
  /** JSON values made up by the property. */
  readonly samples: number
}

/** How large the large things are; `EVENTFOLD_EFFORT` multiplies what is repeated. */
export const Sizes = Context.Reference<Sizes>("@eventfold/testing/Sizes", {
  defaultValue: () => ({
    rounds: 300 * effort,
    longStream: 10_000,
    largestAppend: 10_000,
    largeEvent: 1024 * 1024,
    samples: 200 * effort
  })
})

/** A business time like any other, for the laws that are not about time. */
export const someTime = DateTime.makeUnsafe("2024-02-29T12:34:56.789Z")

const digits = (random: { nextDoubleUnsafe(): number }, count: number): string => {
  let out = ""
  while (out.length < count)
    out += Math.floor(random.nextDoubleUnsafe() * 2 ** 32)
      .toString(16)
      .padStart(8, "0")
  return out.slice(0, count)
}

const uuidOf = (random: { nextDoubleUnsafe(): number }): string => {
  const hex = digits(random, 32)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** So many hexadecimal digits. */
export const hex = (count: number): Effect.Effect<string> =>
  Effect.map(Random.Random, (random) => digits(random, count))

/** A fresh event id. */
export const uuid: Effect.Effect<string> = Effect.map(Random.Random, uuidOf)

/** A fresh tenant. */
export const tenant: Effect.Effect<string> = Effect.map(hex(16), (id) => `law-${id}`)

/** A fresh stream in a tenant. */
export const streamOf = (tenant: string): Effect.Effect<StreamId.StreamId> =>
  Effect.map(hex(16), (id) => ({ tenant, category: "law", id }))

/** A fresh stream in a fresh tenant. */
export const stream: Effect.Effect<StreamId.StreamId> = Effect.flatMap(tenant, streamOf)

/** So many fresh events, alike but for their ids and the parts given. */
export const events = (count: number, parts: Partial<NewEvent> = {}): Effect.Effect<ReadonlyArray<NewEvent>> =>
  Effect.map(Random.Random, (random) =>
    Array.from({ length: count }, (_, index) => ({
      id: uuidOf(random),
      type: "SomethingHappened",
      schemaVersion: 1,
      occurredAt: someTime,
      data: { number: index + 1 },
      metadata: {},
      ...parts
    }))
  )

/** A fresh event. */
export const event = (parts: Partial<NewEvent> = {}): Effect.Effect<NewEvent> =>
  Effect.map(Random.Random, (random) => ({
    id: uuidOf(random),
    type: "SomethingHappened",
    schemaVersion: 1,
    occurredAt: someTime,
    data: {},
    metadata: {},
    ...parts
  }))

/** Appends to the store under test. */
export const append = (
  stream: StreamId.StreamId,
  expected: ExpectedVersion.ExpectedVersion,
  events: ReadonlyArray<NewEvent>
) => Effect.flatMap(EventStore, (store) => store.append(stream, expected, events))

/** What a stream holds. */
export const read = (stream: StreamId.StreamId, options?: ReadOptions) =>
  Effect.flatMap(EventStore, (store) => Stream.runCollect(store.read(stream, options)))

/** What the log holds of one tenant. */
export const readAll = (tenant: string, options?: ReadAllOptions) =>
  Effect.flatMap(EventStore, (store) =>
    Stream.runCollect(Stream.filter(store.readAll(options), (event) => event.stream.tenant === tenant))
  )

/** The position of an event appended now: whatever comes later has a greater one. */
export const mark = Effect.gen(function* () {
  const { position } = yield* append(yield* stream, { _tag: "NoStream" }, [yield* event()])
  return position
})

/** The ids of events, in order. */
export const idsOf = (events: ReadonlyArray<Pick<RecordedEvent | NewEvent, "id">>): ReadonlyArray<string> =>
  events.map((event) => event.id)

/** Fails unless the stream holds just these events, in this order. */
export const expectStored = Effect.fnUntraced(function* (stream: StreamId.StreamId, events: ReadonlyArray<NewEvent>) {
  yield* expectEqual("the ids of the events in the stream", idsOf(yield* read(stream)), idsOf(events))
})
