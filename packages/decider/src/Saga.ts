/**
 * A saga: steps across aggregates and contexts that all take effect, or are undone, as a pure value.
 *
 * ```ts
 * const Fulfilment = Saga.make({ name: "fulfilment", input: FulfilmentInput })
 *   .undo(Saga.by(cancelOrder, ...))
 *   .step("reserve", reserveStock, { send: ({ at, input }) => ..., compensate: Saga.by(releaseStock, ...) })
 *   .step("pay", takePayment, { send: ({ answers, at, input }) => ..., compensate: Saga.by(refundPayment, ...) })
 *   .pivot()
 *   .step("ship", shipOrder, { send: ... })
 *   .end()
 * ```
 *
 * A step sends one command and keeps its answer for the steps after it. Refused, or failed for good, everything that was
 * begun is undone in reverse. Nothing here waits or sends: {@link next} says what is to be done, {@link decider} decides
 * what a command's outcome means, and both follow from the events alone, so a saga goes on wherever it is picked up.
 *
 * Gotchas: a step that failed may have taken effect, so it is undone too, and its compensation must bear that it never
 * happened. Names of sagas and steps are a storage format.
 */
import { Result } from "effect"
import type { SagaUnknown } from "./SagaErrors.ts"
import { type Next, nextOf } from "./SagaPath.ts"
import { goesOn, type SagaSet } from "./SagaSet.ts"
import type { Started } from "./SagaState.ts"

/** What a saga does next. It goes on under the version it was started under, or the one that takes it over. */
export const next = (sagas: SagaSet, state: Started): Result.Result<Next, SagaUnknown> =>
  Result.map(goesOn(sagas, state), ({ migrated, saga }) =>
    migrated === undefined || state.status !== "active" ? nextOf(saga, state) : { _tag: "Proceed" }
  )

export { by, make, nothing } from "./SagaBuilder.ts"
export type {
  Builder,
  Declaration,
  Ending,
  ForwardBuilder,
  ForwardOptions,
  StepOptions,
  ToSend,
  ToUndo,
  Undo,
  UndoBy
} from "./SagaDeclaration.ts"
export type * as Commands from "./SagaCommands.ts"
export type { SagaCommand } from "./SagaCommands.ts"
export { make as decider } from "./SagaDecider.ts"
export * from "./SagaErrors.ts"
export * from "./SagaEvents.ts"
export { becauseOf, isPastPivot, isToUndo, type Next, type Send } from "./SagaPath.ts"
export { make as set, type SagaSet } from "./SagaSet.ts"
export {
  type AnySaga,
  type Because,
  type Compensation,
  type Migrate,
  type Migrated,
  type Nothing,
  type Outage,
  type Patience,
  type Retry,
  type Saga,
  SagaNotUsable,
  type Sending,
  type Step,
  type Undoing
} from "./SagaShape.ts"
export { type Action, commandIdOf, initial, isEnded, SagaState, start, Started, Work } from "./SagaState.ts"
