/**
 * The read side of the service: its projections at work, and what answers questions about their rows.
 *
 * Guarantees: each process competes for the work, and one that ends is replaced by another; whatever fails is tried again,
 * noted as a dead letter, or told in the status, and keeps no other projection from going on.
 */
import type {
  AppendParticipants,
  AppendSignal,
  EventStore,
  EventStoreFailure,
  Sealer,
  Transaction
} from "@eventfold/event-store"
import {
  ConsumerProgress,
  ConsumerRegistry,
  type Consumers,
  type DeadLetters,
  Generations,
  InlineProjections,
  ProjectionRunner,
  ReadModels,
  type ReadModelStore,
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
  | Consumers
  | DeadLetters
  | EventStore
  | ReadModelStore
  | Sealer
  | Transaction

const projecting = Layer.unwrap(
  Effect.map(SearchWords, ({ hash }) => {
    const projections = Projections.make(hash)
    return Layer.merge(ProjectionRunner.layer(projections), InlineProjections.layer(projections))
  })
)

/** Runs the projections while the layer lives. */
export const layer: Layer.Layer<
  ConsumerRegistry | ConsumerProgress | ProjectionRunner | ReadModels | SearchWords,
  EventStoreFailure,
  ReadSidePorts | Settings
> = Layer.mergeAll(projecting, ReadModels.layer).pipe(
  Layer.provideMerge(Layer.mergeAll(SearchWords.layer, ConsumerProgress.layer, ConsumerRegistry.layer)),
  Layer.provide([Generations.layer, Subscriptions.layer])
)
