/**
 * Given/when/then for deciders and projections, and the laws of the ports as values.
 *
 * The suites that register the laws with vitest are modules of their own, `@eventfold/testing/EventStoreContract` and
 * `@eventfold/testing/CommandLogContract`, so that nothing here needs a test framework.
 */
export * as ArchiveFilesLaws from "./ArchiveFilesLaws.ts"
export * as ArchiveLaws from "./ArchiveLaws.ts"
export { AssertionError } from "./AssertionError.ts"
export * as AuditLaws from "./AuditLaws.ts"
export * as CardGatewayLaws from "./CardGatewayLaws.ts"
export * as CommandLogLaws from "./CommandLogLaws.ts"
export * as ConsumersLaws from "./ConsumersLaws.ts"
export * as DeadLettersLaws from "./DeadLettersLaws.ts"
export * as DeciderSpec from "./DeciderSpec.ts"
export { effort } from "./Effort.ts"
export * as EventRepairsLaws from "./EventRepairsLaws.ts"
export * as EventStoreLaws from "./EventStoreLaws.ts"
export * as ForgettingLaws from "./ForgettingLaws.ts"
export * as ForgottenLedgerLaws from "./ForgottenLedgerLaws.ts"
export * as HistoryLaws from "./HistoryLaws.ts"
export * as InlineProjectionLaws from "./InlineProjectionLaws.ts"
export * as KeyStorageLaws from "./KeyStorageLaws.ts"
export { type Law, LawBroken, Seed } from "./Law.ts"
export * as ProcessManagerSpec from "./ProcessManagerSpec.ts"
export * as ProjectionLaws from "./ProjectionLaws.ts"
export * as ProjectionSpec from "./ProjectionSpec.ts"
export * as ReadCacheLaws from "./ReadCacheLaws.ts"
export * as ReadModelStoreLaws from "./ReadModelStoreLaws.ts"
export * as SagaLaws from "./SagaLaws.ts"
export * as SnapshotStoreLaws from "./SnapshotStoreLaws.ts"
export * as SpecificationLaws from "./SpecificationLaws.ts"
export * as SubscriptionLaws from "./SubscriptionLaws.ts"
export * as TimersLaws from "./TimersLaws.ts"
