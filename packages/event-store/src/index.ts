/** The event store: ports, codec, command handling, and the memory layers of all of them. */
export {
  type AppendParticipant,
  AppendParticipants,
  type AppendWork,
  type FencedWork,
  type Foreseen,
  type ForeseenRows,
  type Foresight,
  type ServingGeneration,
  type StoredNow
} from "./AppendParticipants.ts"
export { AppendSignal } from "./AppendSignal.ts"
export {
  ArchiveCatalog,
  type ArchivedPlace,
  type ArchivedStream,
  ArchiveRefused,
  type CatalogPage,
  catalogPage,
  type ClosedPage,
  type ClosedSlice,
  type ClosedStream
} from "./ArchiveCatalog.ts"
export { ArchiveDamaged, ArchiveFailure, ArchiveFile, ArchiveFiles } from "./ArchiveFiles.ts"
export * as ArchivePolicy from "./ArchivePolicy.ts"
export * as ArchiveText from "./ArchiveText.ts"
export {
  type ArchivedBy,
  type ArchiveError,
  Archiver,
  type ArchiveRun,
  largestArchive,
  type RunOptions,
  type Verification
} from "./Archiver.ts"
export {
  Audit,
  AuditedAction,
  AuditedEvent,
  type AuditDriver,
  AuditEntry,
  type AuditPage,
  type AuditSlice,
  auditWindow,
  InvalidAction,
  largestAuditPage,
  NewAction
} from "./Audit.ts"
export * as AuditFilter from "./AuditFilter.ts"
export { type CommandEnvelope, CommandBus, type DispatchError, type HandlingError } from "./CommandBus.ts"
export type { CommandServices } from "./AggregateStates.ts"
export * as CommandHandler from "./CommandHandler.ts"
export { type CommandClaim, CommandIdReused, CommandLog, CommandOutcome, repeated } from "./CommandLog.ts"
export * as ConsistencyToken from "./ConsistencyToken.ts"
export { ContextNotRegistered, ContextUnavailable, isAway } from "./ContextErrors.ts"
export { type AskError, ContextQueries, type Unanswered, unanswered } from "./ContextQueries.ts"
export * as EventId from "./EventId.ts"
export * as EventCodec from "./EventCodec.ts"
export {
  type EventRepair,
  EventRepairs,
  type EventRepairsDriver,
  type HistoryOptions,
  type NewRepair,
  type PreparedRepair,
  RepairRefused
} from "./EventRepairs.ts"
export {
  type Appended,
  EventStore,
  type EventStoreDriver,
  pageSize,
  type PreparedAppend,
  type ReadOptions,
  type StreamAppend,
  type StreamPage,
  type StreamsPage,
  type StreamSummary
} from "./EventStore.ts"
export * from "./EventStoreErrors.ts"
export * as ExpectedVersion from "./ExpectedVersion.ts"
export { forgetPerson } from "./ForgetPerson.ts"
export { ForgottenLedger, ForgottenSubject } from "./ForgottenLedger.ts"
export * as History from "./History.ts"
export type { KeyMemoryOptions, SubjectKeys, SubjectState } from "./KeyMemory.ts"
export { KeyStorage, type StoredSubject, type SubjectId, type WrappedKey } from "./KeyStorage.ts"
export {
  type Forgetting,
  type KeyChange,
  type KeyChangeError,
  type KeyError,
  KeyStore,
  stateOf,
  type SubjectStates
} from "./KeyStore.ts"
export * from "./KeyStoreErrors.ts"
export type { LogDriver, LogFilter, LogPage, LogRange, LogSlice, ReadAllOptions } from "./LogPages.ts"
export { type MasterKey, MasterKeys } from "./MasterKeys.ts"
export { layerMemory } from "./MemoryLayers.ts"
export * from "./MessageErrors.ts"
export { OutsideFailure } from "./OutsideFailure.ts"
export { maxEventDepth, maxEventsPerAppend, maxEventSize, type PreparedEvent } from "./PreparedEvent.ts"
export { type OpenError, Sealer, type SealError } from "./PersonalData.ts"
export * as PersonalPlaces from "./PersonalPlaces.ts"
export { QueryBus, type QueryFailure, QueryRefused, type WriteServices, type WritingService } from "./QueryBus.ts"
export { NotUpToDate, type ReadFailure, ReadModelFailure, ReadModelNotReady } from "./ReadModelErrors.ts"
export { EventMetadata, type NewEvent, RecordedEvent } from "./RecordedEvent.ts"
export { repairEvent, type RepairServices } from "./RepairEvent.ts"
export * as SnapshotCodec from "./SnapshotCodec.ts"
export * as SnapshotPolicy from "./SnapshotPolicy.ts"
export {
  maxSnapshotSize,
  type Snapshot,
  type SnapshotScope,
  snapshotsPerStream,
  SnapshotStore,
  type SnapshotStoreDriver,
  type SnapshotWriterOptions
} from "./SnapshotStore.ts"
export {
  type CachedState,
  type Fold,
  type KnownState,
  type Slot,
  StateCache,
  type StateCacheOptions
} from "./StateCache.ts"
export * as StreamId from "./StreamId.ts"
export { Transaction } from "./Transaction.ts"
export * as WholeHistory from "./WholeHistory.ts"
