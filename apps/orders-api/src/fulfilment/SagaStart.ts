/** What becomes of an event whose saga could not be started, in any context. */
import type { Saga } from "@eventfold/decider"

/** Whether a saga that could not be started may be started later. */
export const classify = (error: Saga.SagaRefusal | { readonly _tag: string; readonly retryable?: boolean }) =>
  error._tag === "EventStoreFailure" || error._tag === "VersionConflict" || error._tag === "TooManyConflicts"
    ? "transient"
    : "permanent"
