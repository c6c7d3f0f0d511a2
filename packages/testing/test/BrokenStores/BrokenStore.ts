/**
 * Event stores that break one law each: the store in memory with one thing wrong, put on from outside.
 *
 * Each fault is one that a real store could have, narrowed down until it breaks nothing but its law. So every law is
 * shown to be needed: it catches something that no other one does.
 */
import {
  type AppendError,
  type Appended,
  EventStore,
  type EventStoreFailure,
  layerMemory,
  type NewEvent,
  type RecordedEvent,
  type StreamId,
  Transaction
} from "@eventfold/event-store"
import { Context, Effect, Layer, Option, Stream } from "effect"
import { SecureRandom } from "effect/crypto"

/** One row of the table of broken stores. */
export interface BrokenStore {
  /** What is wrong with it. */
  readonly fault: string
  /** The name of the law it breaks. */
  readonly breaks: string
  readonly layer: Layer.Layer<EventStore | Transaction>
}

/** The store in memory. */
export type Store = EventStore["Service"]

/** Both ports with what is wrong with them. */
export interface Fault {
  readonly store?: Partial<Store>
  readonly transaction?: Transaction["Service"]
}

/** A row: the sound ports, with what `wrong` puts in the place of some of their parts. */
export const broken = (
  breaks: string,
  fault: string,
  wrong: (store: Store, transaction: Transaction["Service"]) => Fault
): BrokenStore => ({
  breaks,
  fault,
  layer: Layer.effectContext(
    Effect.gen(function* () {
      const [store, transaction] = [yield* EventStore, yield* Transaction]
      const fault = wrong(store, transaction)
      return Context.make(EventStore, { ...store, ...fault.store }).pipe(
        Context.add(Transaction, fault.transaction ?? transaction)
      )
    })
  ).pipe(Layer.provide(Layer.fresh(layerMemory)))
})

/** A row in which every event is read as `wrong` makes it. */
export const readsWrongly = (
  breaks: string,
  fault: string,
  wrong: (event: RecordedEvent) => RecordedEvent
): BrokenStore => broken(breaks, fault, (store) => ({ store: reading(store, wrong) }))

/** All four ways to read, with a change to every event. */
export const reading = (store: Store, change: (event: RecordedEvent) => RecordedEvent) =>
  ({
    read: (stream, options) => Stream.map(store.read(stream, options), change),
    readPage: (stream, page) => Effect.map(store.readPage(stream, page), (events) => events.map(change)),
    readAll: (options) => Stream.map(store.readAll(options), change),
    readLog: (page) =>
      Effect.map(store.readLog(page), ({ events, ...slice }) => ({ ...slice, events: events.map(change) }))
  }) satisfies Partial<Store>

/** A row in which every append stores its events as `wrong` makes them. */
export const appendsWrongly = (
  breaks: string,
  fault: string,
  wrong: (events: ReadonlyArray<NewEvent>) => ReadonlyArray<NewEvent>
): BrokenStore =>
  broken(breaks, fault, (store) => ({
    store: { append: (stream, expected, events) => store.append(stream, expected, wrong(events)) }
  }))

/** A row in which every event is appended as `wrong` makes it. */
export const takesWrongly = (breaks: string, fault: string, wrong: (event: NewEvent) => NewEvent): BrokenStore =>
  appendsWrongly(breaks, fault, (events) => events.map(wrong))

/** A row in which a refused append goes on with `instead`, which is given the refusal and what was to be appended. */
export const onRefusal = (
  breaks: string,
  fault: string,
  instead: (store: Store, error: AppendError, ...append: Parameters<Store["append"]>) => ReturnType<Store["append"]>
): BrokenStore =>
  broken(breaks, fault, (store) => ({
    store: {
      append: (...append) => Effect.catch(store.append(...append), (error) => instead(store, error, ...append))
    }
  }))

/** A row in which a repeated append goes on with `instead`, which is given the answer and what was to be appended. */
export const onRepetition = (
  breaks: string,
  fault: string,
  instead: (store: Store, answer: Appended, ...append: Parameters<Store["append"]>) => ReturnType<Store["append"]>
): BrokenStore =>
  broken(breaks, fault, (store) => ({
    store: {
      append: Effect.fnUntraced(function* (...append) {
        const last = lastOf(store, append[0])
        const before = yield* last
        const answer = yield* store.append(...append)
        // Nothing new at the end of the stream: the sound store has taken it for a repetition.
        return (yield* last).position === before.position ? yield* instead(store, answer, ...append) : answer
      })
    }
  }))

/** The last event of a stream, version 0 at position 0 when there is none. */
export const lastOf = (store: Store, stream: StreamId.StreamId): Effect.Effect<Appended, EventStoreFailure> =>
  Effect.map(store.readPage(stream, { direction: "backwards", from: Number.MAX_SAFE_INTEGER, limit: 1 }), ([last]) => ({
    version: last?.version ?? 0,
    position: last?.position ?? 0
  }))

/** Whether the effect runs inside a transaction of the store in memory. */
export const isInTransaction = Effect.map(Effect.serviceOption(Effect.Transaction), Option.isSome)

/** The same events under new ids. */
export const renewed = (events: ReadonlyArray<NewEvent>): ReadonlyArray<NewEvent> =>
  events.map((event) => ({ ...event, id: SecureRandom.uuidV4Unsafe() }))

/**
 * A row in which appends that are under way at the same moment go on with `instead`. `crowd` names the crowd an append
 * is in (`undefined`: none); it counts from `size` appends on.
 */
export const onCrowd = (
  breaks: string,
  fault: string,
  crowd: (inTransaction: boolean, ...append: Parameters<Store["append"]>) => string | undefined,
  instead: (store: Store, ...append: Parameters<Store["append"]>) => ReturnType<Store["append"]>,
  size = 2
): BrokenStore =>
  broken(breaks, fault, (store) => {
    const counts = new Map<string, number>()
    const count = (name: string, change: number) =>
      Effect.sync(() => counts.set(name, (counts.get(name) ?? 0) + change))
    return {
      store: {
        append: Effect.fnUntraced(function* (...append) {
          const name = crowd(yield* isInTransaction, ...append)
          if (name === undefined) return yield* store.append(...append)
          yield* count(name, 1)
          return yield* Effect.yieldNow.pipe(
            Effect.andThen(
              Effect.suspend(() =>
                (counts.get(name) ?? 0) < size ? store.append(...append) : instead(store, ...append)
              )
            ),
            // The others must find it still under way.
            Effect.ensuring(Effect.andThen(Effect.yieldNow, count(name, -1)))
          )
        })
      }
    }
  })
