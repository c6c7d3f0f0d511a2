/**
 * Knows how far consumers have come, for those who wait for them and those who tell how fresh an answer is.
 *
 * Guarantees: what it answers was true after it was asked. However many ask, one question at a time is put to the store;
 * while somebody waits, the consumers that are waited for are looked at every 25 ms, all with one query, and nobody is
 * looked at while nobody waits.
 *
 * Gotcha: a consumer that is gone is never reached; whoever waits sets a time limit.
 */
import { EventStore, type EventStoreFailure } from "@eventfold/event-store"
import { Deferred, Effect, Exit, Latch, type Scope } from "effect"
import { Consumers, type ConsumerState } from "./Consumers.ts"

/** How far a consumer has come, and the log. */
export interface ConsumerLook {
  /** Everything up to here has been dealt with in all slices, or noted as a dead letter; undefined: no such consumer. */
  readonly position: number | undefined
  /** The last position that was given out before the consumer was looked at. */
  readonly end: number
}

/** Knows how far consumers have come. */
export interface ConsistencyProgress {
  /** Looks at a consumer. */
  look(consumer: string): Effect.Effect<ConsumerLook, EventStoreFailure>
  /** Waits until all slices of a consumer have passed a position. */
  reached(consumer: string, position: number): Effect.Effect<void>
  /** Whether it is known, without a look, that they have. */
  isReached(consumer: string, position: number): boolean
}

/** How often consumers are looked at that somebody waits for. */
export const spacing = "25 millis"

interface Waiting {
  readonly consumer: string
  readonly position: number
  readonly done: Deferred.Deferred<void>
}

type Looked = ReadonlyMap<string, ConsumerLook>

/** Begins to know; ends with the scope. */
export const make: Effect.Effect<ConsistencyProgress, never, Consumers | EventStore | Scope.Scope> = Effect.gen(
  function* () {
    const consumers = yield* Consumers
    const store = yield* EventStore
    const scope = yield* Effect.scope
    /** What is known of consumers; they only go forwards. */
    const known = new Map<string, number>()
    const waiting = new Set<Waiting>()
    const somebody = Latch.makeUnsafe(false)

    const lookAt = Effect.fnUntraced(function* (names: ReadonlyArray<string>) {
      // The end first: what a consumer has reached afterwards can only be more than it had reached then.
      const end = yield* store.end
      const slices = positionsOf(yield* consumers.states(names))
      for (const [consumer, position] of slices) known.set(consumer, position)
      return new Map(names.map((name): [string, ConsumerLook] => [name, { position: slices.get(name), end }]))
    })

    /** Those who will be answered by the next question. */
    let next: { readonly names: Set<string>; readonly answer: Deferred.Deferred<Looked, EventStoreFailure> } | undefined
    let busy = false
    const work = Effect.gen(function* () {
      while (next !== undefined) {
        const { answer, names } = next
        next = undefined
        const looked = yield* Effect.exit(lookAt(Array.from(names)))
        yield* Deferred.done(answer, looked)
      }
    }).pipe(
      Effect.ensuring(
        Effect.sync(() => {
          busy = false
        })
      )
    )

    const look = (consumer: string): Effect.Effect<ConsumerLook, EventStoreFailure> =>
      Effect.suspend(() => {
        next ??= { names: new Set(), answer: Deferred.makeUnsafe() }
        next.names.add(consumer)
        const answered = Effect.map(
          Deferred.await(next.answer),
          (all) => all.get(consumer) ?? { position: undefined, end: 0 }
        )
        if (busy) return answered
        busy = true
        return Effect.andThen(Effect.forkIn(work, scope), answered)
      })

    const wake = () => {
      for (const one of waiting) {
        if ((known.get(one.consumer) ?? -1) < one.position) continue
        waiting.delete(one)
        Deferred.doneUnsafe(one.done, Exit.void)
      }
    }

    yield* Effect.forkScoped(
      Effect.forever(
        Effect.gen(function* () {
          yield* somebody.await
          while (waiting.size > 0) {
            const names = Array.from(new Set(Array.from(waiting, ({ consumer }) => consumer)))
            // A store that fails is asked again: those who wait have a time limit of their own.
            yield* Effect.ignore(Effect.map(consumers.states(names), (states) => noteAll(known, states)))
            wake()
            if (waiting.size > 0) yield* Effect.sleep(spacing)
          }
          yield* somebody.close
        })
      )
    )

    return {
      look,
      isReached: (consumer, position) => (known.get(consumer) ?? -1) >= position,
      reached: (consumer, position) =>
        Effect.suspend(() => {
          const one: Waiting = { consumer, position, done: Deferred.makeUnsafe() }
          waiting.add(one)
          return somebody.open.pipe(
            Effect.andThen(Deferred.await(one.done)),
            Effect.ensuring(Effect.sync(() => waiting.delete(one)))
          )
        })
    }
  }
)

/** The position of each consumer: that of the slice that is behind all others. */
const positionsOf = (states: ReadonlyArray<ConsumerState>): ReadonlyMap<string, number> => {
  const found = new Map<string, number>()
  for (const { consumer, position } of states) {
    found.set(consumer, Math.min(position, found.get(consumer) ?? position))
  }
  return found
}

const noteAll = (known: Map<string, number>, states: ReadonlyArray<ConsumerState>) => {
  for (const [consumer, position] of positionsOf(states)) known.set(consumer, position)
}
