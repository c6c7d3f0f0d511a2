/**
 * Which generations of a projection this process follows the log for, and when one of them is read.
 *
 * `layer` is the simple case: a projection whose rows are not there is built from the beginning, and its rows are read
 * as soon as they have come to the end of the log once.
 */
import { type EventStoreFailure, Transaction } from "@eventfold/event-store"
import { Context, Effect, Layer } from "effect"
import { Consumers } from "./Consumers.ts"
import { consumerOf } from "./GenerationConsumer.ts"
import type { ManagedProjection } from "./ManagedProjection.ts"
import { type Generation, ReadModelStore } from "./ReadModelStore.ts"

/** Which generations are worked for. */
export class Generations extends Context.Service<
  Generations,
  {
    /** Those this process is to follow the log for now. Asked again and again; it may begin one. */
    feed(projection: ManagedProjection): Effect.Effect<ReadonlyArray<Generation>, EventStoreFailure>
    /** A generation that is being built has come to the end of the log in all its slices. May come more than once. */
    caughtUp(projection: ManagedProjection, generation: Generation): Effect.Effect<void, EventStoreFailure>
  }
>()("@eventfold/subscriptions/Generations") {
  /** Begins a generation where there is none of the projection's fingerprint. */
  static readonly layer: Layer.Layer<Generations, never, ReadModelStore | Consumers | Transaction> = Layer.effect(
    Generations,
    Effect.gen(function* () {
      const [store, consumers, transaction] = [yield* ReadModelStore, yield* Consumers, yield* Transaction]
      const begin = Effect.fnUntraced(function* (projection: ManagedProjection) {
        const { slices, startAfter } = projection.options
        const fingerprints = yield* projection.fingerprints
        return yield* transaction.run(
          Effect.gen(function* () {
            const declared = { projection: projection.name, ...fingerprints, slices, from: undefined }
            const generation = yield* store.begin(declared, projection.readModels)
            yield* consumers.register(consumerOf(generation), slices, startAfter)
            return generation
          })
        )
      })
      return {
        feed: Effect.fnUntraced(function* (projection) {
          if (projection.options.mode !== "async") return []
          const { fingerprint } = yield* projection.fingerprints
          const found = yield* store.generations(projection.name)
          const own = found.filter((one) => one.fingerprint === fingerprint && one.state !== "retired")
          return own.length > 0 ? own : [yield* begin(projection)]
        }),
        caughtUp: (projection, generation) =>
          transaction.run(
            Effect.andThen(consumers.hold(consumerOf(generation)), store.serve(generation, projection.readModels[0]))
          )
      }
    })
  )
}
