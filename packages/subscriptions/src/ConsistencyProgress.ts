/**
 * Knows how far consumers have come, for those who wait for them and those who tell how fresh an answer is.
 *
 * Guarantees: what it answers was true after it was asked. What this process projects it hears at once. However many ask,
 * one question at a time is put to the store; while somebody waits, the consumers that are waited for are looked at every
 * 25 ms, all with one query, and nobody is looked at while nobody waits.
 *
 * Gotcha: a consumer that is gone is never reached; whoever waits sets a time limit.
 */
import { EventStore, type EventStoreFailure } from "@eventfold/event-store"
import { Deferred, Effect, Exit, Latch, Option, PubSub, type Scope } from "effect"
import { ConsumerProgress } from "./ConsumerProgress.ts"
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
    const changes = Option.getOrUndefined(yield* Effect.serviceOption(ConsumerProgress))?.changes
    /** The positions of the slices of consumers, as they were looked at or heard of last. */
    const known = new Map<string, Map<number, number>>()
    const knownOf = (consumer: string): number => {
      const slices = known.get(consumer)
      return slices === undefined ? -1 : Math.min(...slices.values())
    }
    const waiting = new Set<Waiting>()
    const somebody = Latch.makeUnsafe(false)

    const lookAt = Effect.fnUntraced(function* (names: ReadonlyArray<string>) {
      // The end first: what a consumer has reached afterwards can only be more than it had reached then.
      const end = yield* store.end
      const found = slicesOf(yield* consumers.states(names))
      return new Map(
        names.map((name): [string, ConsumerLook] => {
          const slices = found.get(name)
          // What is gone is not kept, so that what is known does not grow.
          if (slices === undefined) known.delete(name)
          else known.set(name, slices)
          return [name, { position: slices && Math.min(...slices.values()), end }]
        })
      )
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
      // In the same step that has found nobody: whoever asks from now on begins anew.
      busy = false
    })

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
        if (knownOf(one.consumer) < one.position) continue
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
            const states = yield* Effect.option(consumers.states(names))
            if (Option.isSome(states)) for (const [name, slices] of slicesOf(states.value)) known.set(name, slices)
            wake()
            if (waiting.size > 0) yield* Effect.sleep(spacing)
          }
          // In the same step that has found nobody: whoever comes from now on opens it again.
          somebody.closeUnsafe()
        })
      )
    )

    if (changes !== undefined) {
      const heard = yield* PubSub.subscribe(changes)
      yield* Effect.forkScoped(
        Effect.forever(
          Effect.map(PubSub.take(heard), ({ consumer, position, slice }) => {
            const before = known.get(consumer)?.get(slice)
            if (before === undefined || before >= position) return
            known.get(consumer)?.set(slice, position)
            wake()
          })
        )
      )
    }

    return {
      look,
      isReached: (consumer, position) => knownOf(consumer) >= position,
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

/** The positions of the slices of each consumer. */
const slicesOf = (states: ReadonlyArray<ConsumerState>): ReadonlyMap<string, Map<number, number>> => {
  const found = new Map<string, Map<number, number>>()
  for (const { consumer, position, slice } of states) {
    found.set(consumer, (found.get(consumer) ?? new Map<number, number>()).set(slice, position))
  }
  return found
}
