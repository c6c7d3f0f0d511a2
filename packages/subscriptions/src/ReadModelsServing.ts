/**
 * Knows which generation of a read model is read, and who feeds it.
 *
 * What it knows is less than a second old. That is no danger: a switch never lets the rows go back in time, so whoever
 * waited for the generation before sees at least what it waited for. That there is none yet is not remembered.
 */
import type { ReadModel } from "@eventfold/decider"
import type { EventStoreFailure } from "@eventfold/event-store"
import { Clock, Effect } from "effect"
import { consumerOf } from "./GenerationConsumer.ts"
import { trustedFor } from "./ReadCacheWatch.ts"
import { type Generation, ReadModelStore } from "./ReadModelStore.ts"
import { rowsFingerprint } from "./RowsFingerprint.ts"

/** Knows which generations are read. */
export interface ServingGenerations {
  /** The consumer of the generation that is read; undefined while there is none for rows of this shape. */
  consumerOf<Row extends object, Key extends keyof Row & string>(
    readModel: ReadModel.ReadModel<Row, Key>
  ): Effect.Effect<string | undefined, EventStoreFailure>
  /** Forgets what it knows of a read model. */
  forget(readModel: string): void
}

/** For how long it is not asked again, in milliseconds: cached rows of the generation before are no older then. */
const lifetime = trustedFor

interface Known {
  readonly at: number
  readonly generations: ReadonlyArray<Generation>
}

/** Knows nothing at first. */
export const make: Effect.Effect<ServingGenerations, never, ReadModelStore> = Effect.map(ReadModelStore, (store) => {
  // One entry per read model of the program, so it does not grow.
  const known = new Map<string, Known>()
  const generationsOf = Effect.fnUntraced(function* (name: string) {
    const at = yield* Clock.currentTimeMillis
    const before = known.get(name)
    if (before !== undefined && at - before.at < lifetime && at >= before.at) return before.generations
    const generations = yield* store.generations(name)
    known.set(name, { at, generations })
    return generations
  })
  return {
    consumerOf: Effect.fnUntraced(function* (readModel) {
      const fingerprint = yield* rowsFingerprint(readModel)
      const serving = (yield* generationsOf(readModel.name)).find(
        ({ rowsFingerprint: rows, state }) => state === "serving" && rows === fingerprint
      )
      if (serving !== undefined) return consumerOf(serving)
      known.delete(readModel.name)
      return undefined
    }),
    forget: (readModel) => void known.delete(readModel)
  }
})
