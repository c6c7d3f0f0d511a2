/**
 * What is next for a saga: which step, or which compensation, and what is to be sent. Follows from the saga value and the
 * state alone.
 */
import type { DateTime } from "effect"
import { Result, type Schema } from "effect"
import type { AnySaga, Because, Compensation, Nothing, Sending, Step, ToldToUndo } from "./SagaShape.ts"
import { type Action, type Started, start, type Work } from "./SagaState.ts"

/** A command to be sent. */
export interface Send {
  readonly _tag: "Send"
  readonly action: Action
  readonly step: string
  readonly attempt: number
  /** The idempotency key of this execution. */
  readonly commandId: string
  /** Which command, and how patiently. */
  readonly sending: Sending
  readonly payload: Schema.Json
  /** When the attempt counts as failed. */
  readonly deadline: DateTime.Utc
}

/** What a saga does next. */
export type Next =
  | Send
  /** It goes on at `until`. */
  | { readonly _tag: "Wait"; readonly action: Action; readonly step: string; readonly until: DateTime.Utc }
  /** It goes on as soon as somebody has it proceed. */
  | { readonly _tag: "Proceed" }
  /** A person has to decide about these steps. */
  | { readonly _tag: "Parked"; readonly action: Action; readonly steps: ReadonlyArray<string>; readonly reason: string }
  | { readonly _tag: "Ended"; readonly status: "completed" | "compensated" | "abandoned" }

/** Where a saga stands: at a step, or at a compensation; with the work on it, once it was begun. */
export type Place =
  | { readonly action: "execute"; readonly index: number; readonly step: Step; readonly work: Work | undefined }
  | {
      readonly action: "compensate"
      readonly step: string
      readonly undoing: Exclude<Compensation, Nothing>
      readonly work: Work | undefined
      readonly because: Because
    }
  /** Nothing is left to do. */
  | { readonly action: "none"; readonly because: Because | undefined }

const isAnswered = (work: Work | undefined): boolean => work?.status === "done" || work?.status === "skipped"
const isGivenUp = (work: Work): boolean => work.status === "failed" || work.status === "refused"

/** The work on a step or on its compensation. */
const workOf = (state: Started, step: string, action: Action): Work | undefined =>
  (action === "execute" ? state.steps : state.compensations).find((work) => work.step === step)

/** Why a saga is undone; undefined as long as it goes forward. */
export const becauseOf = (saga: AnySaga, state: Started): Because | undefined => {
  for (const [index, { name }] of saga.steps.entries()) {
    const work = workOf(state, name, "execute")
    if (index >= saga.pivot || work === undefined) break
    const { error = "it failed", refusal = null, status } = work
    if (status === "refused") return { _tag: "Refused", step: name, refusal }
    if (status === "failed") return { _tag: "Failed", step: name, error }
    // Whatever was asked for, the outcome of what is under way is awaited: then it is known what has to be undone.
    if (status === "running") return undefined
  }
  return state.cancelled === undefined ? undefined : { _tag: "Cancelled", reason: state.cancelled }
}

/** Whether it only goes forward by now. */
export const isPastPivot = (saga: AnySaga, state: Started): boolean =>
  saga.pivot < saga.steps.length &&
  saga.steps.slice(0, saga.pivot).every(({ name }) => isAnswered(workOf(state, name, "execute")))

/** Where a saga stands. */
export const placeOf = (saga: AnySaga, state: Started): Place => {
  const because = becauseOf(saga, state)
  if (because !== undefined) return compensationOf(saga, state, because)
  for (const [index, step] of saga.steps.entries()) {
    const work = workOf(state, step.name, "execute")
    if (!isAnswered(work)) return { action: "execute", index, step, work }
  }
  return { action: "none", because }
}

const compensationOf = (saga: AnySaga, state: Started, because: Because): Place => {
  const undoings = [
    ...saga.steps
      .filter((step) => isToUndo(step, workOf(state, step.name, "execute")))
      .map(({ compensation, name }) => ({ name, compensation }))
      .toReversed(),
    { name: start, compensation: saga.undo }
  ]
  let postponed: CompensationPlace | undefined
  let first: CompensationPlace | undefined
  for (const { compensation, name } of undoings) {
    if (compensation?._tag !== "By") continue
    const work = workOf(state, name, "compensate")
    // One that is given up does not keep the others from being done.
    if (isAnswered(work) || (work !== undefined && isGivenUp(work))) continue
    const place: CompensationPlace = { action: "compensate", step: name, undoing: compensation, work, because }
    // What is under way is awaited, whatever a person has tried again meanwhile.
    if (work?.status === "running") return place
    // Nor does one that waits for what is down: that may take a day.
    if (isPostponed(work)) postponed = earlier(postponed, place)
    else first ??= place
  }
  return first ?? postponed ?? { action: "none", because }
}

/** Whether a step has to be undone: what was refused has done nothing, what failed may have. */
export const isToUndo = ({ undoneWhenRefused }: Step, work: Work | undefined): boolean =>
  work !== undefined && (undoneWhenRefused || work.status !== "refused")

type CompensationPlace = Extract<Place, { readonly action: "compensate" }>

/** Whether a step, or a compensation, waits for what is known to be down. */
export const isPostponed = (work: Work | undefined): boolean =>
  work?.status === "waiting" && work.postponedSince !== undefined

/** Whether it has waited for what was down, and was heard of since. */
export const wasPostponed = (work: Work): boolean => work.postponedSince !== undefined

/** The one that is due first; the one that was found first when they are due at the same time. */
const earlier = (found: CompensationPlace | undefined, other: CompensationPlace): CompensationPlace =>
  found === undefined || dueOf(other) < dueOf(found) ? other : found

const dueOf = ({ work }: CompensationPlace): number => work?.dueAt?.epochMilliseconds ?? 0

/** The compensations that are given up at present. */
export const notUndone = (state: Started): ReadonlyArray<Work> => state.compensations.filter(isGivenUp)

/** What is given up at present, and why a parked saga is parked. */
export const stuckOf = (state: Started): { readonly action: Action; readonly works: ReadonlyArray<Work> } =>
  state.compensations.length > 0
    ? { action: "compensate", works: notUndone(state) }
    : { action: "execute", works: state.steps.filter(isGivenUp) }

/** The content of the command of a place that was begun, or is to be begun at `at`. */
export const requestOf = (
  state: Started,
  place: Exclude<Place, { readonly action: "none" }>,
  at: DateTime.Utc
): Result.Result<Schema.Json, string> => {
  const { begunAt = at, round = 0 } = place.work ?? {}
  const told = { input: state.input, answers: answersOf(state), at: begunAt, round }
  if (place.action === "execute") return place.step.request(told)
  const { because, step, undoing } = place
  const own = workOf(state, step, "execute")?.answer
  const toUndo: ToldToUndo = { ...told, own, because }
  return undoing.request(toUndo)
}

const answersOf = (state: Started): Readonly<Record<string, Schema.Json>> => {
  const answers: { [step: string]: Schema.Json } = {}
  for (const { answer, step } of state.steps) if (answer !== undefined) answers[step] = answer
  return answers
}

/** What a saga does next, as far as its events tell. */
export const nextOf = (saga: AnySaga, state: Started): Next => {
  const { status } = state
  if (status === "completed" || status === "compensated" || status === "abandoned") return { _tag: "Ended", status }
  if (status === "parked") {
    const { action, works } = stuckOf(state)
    return { _tag: "Parked", action, steps: works.map(({ step }) => step), reason: state.parked ?? "" }
  }
  const place = placeOf(saga, state)
  if (place.action === "none" || place.work === undefined) return { _tag: "Proceed" }
  const { action, work } = place
  const until = work.dueAt ?? work.begunAt
  if (work.status === "waiting") return { _tag: "Wait", action, step: work.step, until }
  if (work.status !== "running") return { _tag: "Proceed" }
  const payload = work.payload === undefined ? requestOf(state, place, work.begunAt) : Result.succeed(work.payload)
  // One that cannot be made has failed already; it is made anew only where it may not be kept.
  if (Result.isFailure(payload)) return { _tag: "Wait", action, step: work.step, until }
  const sending = place.action === "execute" ? place.step : place.undoing
  const { attempt, commandId, step } = work
  return { _tag: "Send", action, step, attempt, commandId, sending, payload: payload.success, deadline: until }
}
