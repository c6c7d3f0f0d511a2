/** The event store: ports, codec, command handling, and the memory layers of all of them. */
export { type CommandEnvelope, CommandBus, type DispatchError } from "./CommandBus.ts"
export * as CommandHandler from "./CommandHandler.ts"
export { type CommandClaim, CommandIdReused, CommandLog, CommandOutcome, repeated } from "./CommandLog.ts"
export * as EventCodec from "./EventCodec.ts"
export {
  type Appended,
  EventStore,
  type EventStoreDriver,
  type LogPage,
  pageSize,
  type ReadAllOptions,
  type ReadOptions,
  type StreamPage
} from "./EventStore.ts"
export * from "./EventStoreErrors.ts"
export * as ExpectedVersion from "./ExpectedVersion.ts"
export { layerMemory } from "./MemoryLayers.ts"
export * from "./MessageErrors.ts"
export { maxEventDepth, maxEventsPerAppend, maxEventSize, type PreparedEvent } from "./PreparedEvent.ts"
export { QueryBus, QueryRefused, ReadModelFailure, type WriteServices } from "./QueryBus.ts"
export { EventMetadata, type NewEvent, RecordedEvent } from "./RecordedEvent.ts"
export * as StreamId from "./StreamId.ts"
export { Transaction } from "./Transaction.ts"
