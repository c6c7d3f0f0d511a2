/**
 * The generation of an inline projection that is read, whose rows appends write: nobody follows the log for it, but its dead
 * letters are replayed like those of any other, and its status is told.
 *
 * Letters can be replayed by programs that make the same rows. Of a generation that another version of the program writes
 * only the status is told.
 */
import { EventStore, type EventStoreFailure } from "@eventfold/event-store"
import { Effect, Exit, Scope } from "effect"
import { ConsumerRegistry } from "./ConsumerRegistry.ts"
import { DeadLetters } from "./DeadLetters.ts"
import { consumerOf } from "./GenerationConsumer.ts"
import type { ManagedProjection } from "./ManagedProjection.ts"
import type { GenerationStatus } from "./ProjectionStatus.ts"
import * as ProjectionWork from "./ProjectionWork.ts"
import { type Generation, ReadModelStore } from "./ReadModelStore.ts"

/** The work that appends do for a projection. */
export interface InlineWork {
  /** Looks which generation is read now. Nothing for a projection that is not inline. */
  readonly look: Effect.Effect<void, EventStoreFailure>
  /** How it is doing; undefined when there is none. It always answers; what the store does not tell is left out. */
  readonly status: Effect.Effect<GenerationStatus | undefined, never, DeadLetters | EventStore>
}

/** Knows no generation at first. Its letters cannot be replayed here any more when the scope closes. */
export const make = Effect.fnUntraced(function* (projection: ManagedProjection) {
  const [registry, store, parent] = [yield* ConsumerRegistry, yield* ReadModelStore, yield* Effect.scope]
  const { fingerprint, rowsFingerprint } = yield* projection.fingerprints
  let current: Generation | undefined
  let known: Scope.Closeable | undefined

  const look = Effect.gen(function* () {
    const found = (yield* store.generations(projection.name)).find(
      (one) => ProjectionWork.isWritten(projection, one) && one.rowsFingerprint === rowsFingerprint
    )
    if (found?.generation === current?.generation) return
    if (known !== undefined) yield* Scope.close(known, Exit.void)
    current = found
    known = yield* Scope.fork(parent)
    if (found?.fingerprint === fingerprint) {
      yield* Scope.provide(registry.add(ProjectionWork.of(projection, found, store)), known)
    }
  })

  const status = Effect.gen(function* () {
    if (current === undefined) return undefined
    const [consumer, letters, log] = [consumerOf(current), yield* DeadLetters, yield* EventStore]
    const counts = yield* Effect.orElseSucceed(letters.counts, () => [])
    const { discarded = 0, failed = 0, waiting = 0 } = counts.find((one) => one.consumer === consumer) ?? {}
    return {
      consumer,
      generation: current.generation,
      generationState: current.state,
      state: "live",
      position: yield* Effect.orElseSucceed(log.end, () => 0),
      lag: { count: 0, atLeast: false },
      lagMillis: 0,
      eventsPerSecond: 0,
      batches: 0,
      events: 0,
      letters: { failed, waiting, discarded },
      slices: [],
      problem: undefined
    } satisfies GenerationStatus
  })

  return { look: projection.options.mode === "inline" ? look : Effect.void, status } satisfies InlineWork
})
