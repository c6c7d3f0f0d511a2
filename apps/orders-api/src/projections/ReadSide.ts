/**
 * The read side of the service: its projections at work, and what answers questions about their rows.
 *
 * Guarantees: each process competes for the work, and one that ends is replaced by another; whatever fails is tried again,
 * noted as a dead letter, or told in the status, and keeps no other projection from going on.
 */
import type {
  AppendParticipants,
  AppendSignal,
  Audit,
  EventStore,
  EventStoreFailure,
  Sealer,
  Transaction
} from "@eventfold/event-store"
import {
  ConsumerProgress,
  ConsumerRegistry,
  type Consumers,
  DeadLetterDesk,
  type DeadLetters,
  Generations,
  InlineProjections,
  LiveProjections,
  ProjectionRunner,
  ReadModels,
  type ReadModelStore,
  Rebuild,
  Subscriptions
} from "@eventfold/subscriptions"
import { Effect, Layer } from "effect"
import type { Settings } from "../Settings.ts"
import * as Projections from "./Projections.ts"
import { SearchWords } from "./SearchWords.ts"

/** What the read side is kept in. */
export type ReadSidePorts =
  | AppendParticipants
  | AppendSignal
  | Audit
  | Consumers
  | DeadLetters
  | EventStore
  | ReadModelStore
  | Sealer
  | Transaction

const projecting = Layer.unwrap(
  Effect.map(SearchWords, ({ hash }) => {
    const projections = Projections.make(hash)
    return Layer.merge(Rebuild.layer(projections), ReadModels.layer).pipe(
      Layer.provideMerge(Layer.merge(ProjectionRunner.layer(projections), InlineProjections.layer(projections))),
      Layer.provide(LiveProjections.layer(projections))
    )
  })
)

/** Runs the projections while the layer lives. */
export const layer: Layer.Layer<
  ConsumerProgress | ConsumerRegistry | DeadLetterDesk | ProjectionRunner | ReadModels | Rebuild | SearchWords,
  EventStoreFailure,
  ReadSidePorts | Settings
> = Layer.merge(projecting, DeadLetterDesk.layer).pipe(
  Layer.provideMerge(Layer.mergeAll(SearchWords.layer, ConsumerProgress.layer, ConsumerRegistry.layer)),
  Layer.provide([Generations.layer, Subscriptions.layer])
)
