/**
 * Generations with their consumers and letters: begun and dropped together, in one transaction each, so that a crash leaves
 * all of one or nothing.
 */
import { type EventStoreFailure, Transaction } from "@eventfold/event-store"
import { Clock, Effect } from "effect"
import { Consumers } from "./Consumers.ts"
import { DeadLetters } from "./DeadLetters.ts"
import { consumerOf, supersededOf, writersOf } from "./GenerationConsumer.ts"
import type { Sight } from "./GenerationPlan.ts"
import type { ManagedProjection } from "./ManagedProjection.ts"
import { type Generation, ReadModelStore } from "./ReadModelStore.ts"

/** Generations with their consumers and letters. */
export interface GenerationTables {
  /** What the tables say of a projection now. */
  sight(projection: ManagedProjection): Effect.Effect<Sight, EventStoreFailure>
  /**
   * Begins a generation, or answers the one of the same fingerprint that is being built already. With `from`, rows of
   * earlier days are to be copied in the end. While those of the same fingerprint are stopped, so is the new one.
   */
  begin(projection: ManagedProjection, from: string | undefined): Effect.Effect<Generation, EventStoreFailure>
  /** Drops a generation, unless it is read. */
  drop(projection: ManagedProjection, generation: Generation): Effect.Effect<void, EventStoreFailure>
}

/** Makes them from the ports. */
export const make: Effect.Effect<GenerationTables, never, ReadModelStore | Consumers | DeadLetters | Transaction> =
  Effect.gen(function* () {
    const [store, consumers] = [yield* ReadModelStore, yield* Consumers]
    const [letters, transaction] = [yield* DeadLetters, yield* Transaction]
    return {
      sight: Effect.fnUntraced(function* (projection) {
        const generations = yield* store.generations(projection.name)
        const { fingerprint } = yield* projection.fingerprints
        const superseded = supersededOf({ projection: projection.name, fingerprint })
        const states = yield* consumers.states([
          ...generations.map(consumerOf),
          ...generations.map(writersOf),
          superseded
        ])
        return {
          generations,
          consumers: states,
          superseded: states.some(({ consumer }) => consumer === superseded),
          now: yield* Clock.currentTimeMillis
        }
      }),
      begin: Effect.fnUntraced(function* (projection, from) {
        const { slices, startAfter } = projection.options
        const fingerprints = yield* projection.fingerprints
        return yield* transaction.run(
          Effect.gen(function* () {
            const same = (yield* store.generations(projection.name)).filter(
              ({ fingerprint, state }) => fingerprint === fingerprints.fingerprint && state !== "retired"
            )
            const states = yield* consumers.states(same.map(consumerOf))
            const declared = { projection: projection.name, ...fingerprints, slices, from }
            const generation = yield* store.begin(declared, projection.readModels)
            yield* consumers.register(consumerOf(generation), slices, startAfter)
            if (states.some(({ stopped }) => stopped)) yield* consumers.setStopped(consumerOf(generation), true)
            return generation
          })
        )
      }),
      drop: ({ name, readModels }, generation) =>
        transaction.run(
          Effect.gen(function* () {
            // Whoever is about to switch to it holds the consumer too: one of both comes first.
            yield* consumers.hold(consumerOf(generation))
            const known = yield* store.generations(name)
            const found = known.find((one) => one.generation === generation.generation)
            if (found === undefined || found.state === "serving") return
            yield* letters.removeAll(consumerOf(found))
            yield* consumers.remove(consumerOf(found))
            yield* consumers.remove(writersOf(found))
            yield* store.drop(found, readModels)
            const replaced = found.state === "retired" && known.every((one) => isOther(one, found))
            if (replaced) yield* consumers.register(supersededOf(found), 1, found.generation)
          })
        )
    }
  })

/** Whether one is no other than the generation, or of another fingerprint. */
const isOther = (one: Generation, generation: Generation): boolean =>
  one.generation === generation.generation || one.fingerprint !== generation.fingerprint
