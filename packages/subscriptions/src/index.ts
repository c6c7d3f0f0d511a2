/** Readers that follow the event log: in order, skipping nothing, woken at once; and projections run on top of them. */
export { type ConsumerChange, ConsumerProgress } from "./ConsumerProgress.ts"
export { ConsumerRegistry } from "./ConsumerRegistry.ts"
export type { WorkerState, WorkerStatus } from "./ConsumerStatus.ts"
export { type ConsumerWork, type PreparedWork, type WorkFailure, type WorkPace } from "./ConsumerWork.ts"
export * as ConsistencyDemand from "./ConsistencyDemand.ts"
export {
  type Attendance,
  type ConsumerSlice,
  type ConsumerState,
  Consumers,
  type Lease,
  longestStandstill,
  type NodePresence
} from "./Consumers.ts"
export {
  DeadLetterDesk,
  type InspectedLetter,
  LetterNotFound,
  type OnBehalf,
  type ReplayReport,
  UnknownConsumer
} from "./DeadLetterDesk.ts"
export {
  type DeadLetter,
  DeadLetters,
  type Discarding,
  type HeldPartition,
  type LetterCount,
  type LetterFailure,
  type LettersPage,
  type NewLetter
} from "./DeadLetters.ts"
export * as Freshness from "./Freshness.ts"
export { consumerOf } from "./GenerationConsumer.ts"
export { type GenerationOptions, Generations, type GenerationsStatus } from "./Generations.ts"
export * as EventHandler from "./EventHandler.ts"
export * as TogetherHandler from "./TogetherHandler.ts"
export { HandlerNotUsable, type HandlerOptions } from "./HandlerOptions.ts"
export { HandlerRunner, type HandlerRunnerOptions, type HandlerStatus, UnknownHandler } from "./HandlerRunner.ts"
export * as FailurePolicy from "./FailurePolicy.ts"
export type { LogBatch } from "./LogBatch.ts"
export * as InlineProjections from "./InlineProjections.ts"
export * as ManagedProjection from "./ManagedProjection.ts"
export { layerMemory } from "./MemoryLayers.ts"
export * as NodePlacement from "./NodePlacement.ts"
export type { Pace } from "./Pace.ts"
export * as ProjectionOptions from "./ProjectionOptions.ts"
export { ProjectionNotFollowed, ProjectionRunner, type RunnerOptions } from "./ProjectionRunner.ts"
export type { ConsumerStatus, GenerationStatus, LagInEvents, ProjectionStatus } from "./ProjectionStatus.ts"
export {
  type AnyReadModel,
  type Generation,
  type NewGeneration,
  ReadModelNotReady,
  ReadModelStore,
  type Table
} from "./ReadModelStore.ts"
export { LiveProjections } from "./LiveProjections.ts"
export type { LiveFailure, LiveOptions, LiveStatus } from "./LiveModel.ts"
export { type LiveHeld, LiveRowsExceeded } from "./LiveRows.ts"
export { ReadModels } from "./ReadModels.ts"
export { refold, RowsNotByStream } from "./Refold.ts"
export type { Replayed, Stop } from "./Replay.ts"
export { ReadCache, type CachedRead, type ReadCacheOptions } from "./ReadCache.ts"
export * as ReadCacheMemory from "./ReadCacheMemory.ts"
export type { ReadCacheStatistics } from "./ReadCacheStatistics.ts"
export {
  bounds as cacheBounds,
  type CacheBounds,
  type CacheChange,
  type CacheLook,
  type CacheVersion,
  ReadCacheFailure,
  ReadCacheStore,
  rememberedChanges
} from "./ReadCacheStore.ts"
export { type SubscriptionOptions, Subscriptions } from "./Subscriptions.ts"
export type { SubscriptionStatus } from "./SubscriptionStatus.ts"
export type { Standing } from "./GenerationPlan.ts"
export type { NotSwitched } from "./GenerationSwitch.ts"
export { Rebuild, type RebuildOptions, RebuildRefused, type RebuildStatus } from "./Rebuild.ts"
export type { RebuildProgress } from "./RebuildProgress.ts"
export { rebuildText } from "./RebuildText.ts"
export { UnknownProjection } from "./UnknownProjection.ts"
export { WantedEvents } from "./WantedEvents.ts"
