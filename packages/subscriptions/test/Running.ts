/** Nodes that run projections of notes over one store in memory. */
import { layerMemory as eventsInMemory } from "@eventfold/event-store"
import { Effect, Layer, References, Scope } from "effect"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Consumers,
  DeadLetterDesk,
  DeadLetters,
  Generations,
  layerMemory,
  type ManagedProjection,
  ProjectionRunner,
  type RunnerOptions,
  Subscriptions
} from "../src/index.ts"

export { pass, settled } from "@eventfold/testing/TestTime"

/** All ports in memory, and what tells of their changes. */
export const ports = Layer.fresh(
  Layer.mergeAll(layerMemory, ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer).pipe(
    Layer.provideMerge(eventsInMemory)
  )
)

/** The same, with what runs projections and replays letters. */
export const layer = Layer.provideMerge(Layer.merge(Generations.layer, DeadLetterDesk.layer), ports)

/** A node that runs projections until its scope closes. */
export const node = Effect.fnUntraced(function* (
  projections: ReadonlyArray<ManagedProjection.ManagedProjection>,
  options: RunnerOptions = {}
) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  const built = yield* Layer.buildWithScope(ProjectionRunner.layer(projections, options), scope)
  const runner = yield* Effect.provideContext(ProjectionRunner, built)
  return { runner, scope }
})

/** What stands under a consumer: its slices and its letters. */
export const standing = Effect.fnUntraced(function* (consumer: string) {
  const states = yield* (yield* Consumers).states([consumer])
  const letters = yield* (yield* DeadLetters).list({ consumer, limit: 100 })
  return { states, letters, positions: states.map(({ position }) => position) }
})

/** What runs inside says little: the warnings are expected. */
export const quiet = Effect.provideService(References.MinimumLogLevel, "None")
