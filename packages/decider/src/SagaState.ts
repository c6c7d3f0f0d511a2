/**
 * How a saga stands: which steps and compensations have been begun, in order, and how each of them stands. The fold needs
 * no saga value: what it says is in the events.
 */
import { Schema } from "effect"
import * as NameId from "./NameId.ts"
import { category, type SagaEvent } from "./SagaEvents.ts"

/** The name that stands for the start of a saga, where its compensation is meant. No step has it. */
export const start = "start"

/** A step, or the compensation of one, that has been begun. */
export const Work = Schema.Struct({
  step: Schema.String,
  /**
   * - `running`: its command is being sent, or was when the process died;
   * - `waiting`: for `dueAt`;
   * - `done`: it was answered;
   * - `refused`, `failed`: it is not tried again; what failed may have taken effect;
   * - `skipped`: a person has dealt with it.
   */
  status: Schema.Literals(["running", "waiting", "done", "refused", "failed", "skipped"]),
  /** Attempts that count, in this round. One at what turned out to be down does not, whether that was asked or not. */
  attempt: Schema.Int,
  round: Schema.Int,
  commandId: Schema.String,
  /** The content of the command, where it may be kept. */
  payload: Schema.optionalKey(Schema.Json),
  /** When this round was begun: the business time of its command. */
  begunAt: Schema.DateTimeUtc,
  endedAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** When it counts as failed (running), or is tried again (waiting). */
  dueAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** Since when it has been waiting for what is known to be down: from the first time on, until it is answered. */
  postponedSince: Schema.optionalKey(Schema.DateTimeUtc),
  answer: Schema.optionalKey(Schema.Json),
  refusal: Schema.optionalKey(Schema.Json),
  /** A person has had it tried again: what is down by then is asked as soon as its breaker lets it be, once. */
  urged: Schema.optionalKey(Schema.Boolean),
  /** What the last attempt failed with. */
  error: Schema.optionalKey(Schema.String)
})
/** A step, or the compensation of one, that has been begun. */
export interface Work extends Schema.Schema.Type<typeof Work> {}

/** A saga that was started. */
export const Started = Schema.Struct({
  /** `active`: it goes on by itself, or waits. */
  status: Schema.Literals(["active", "completed", "compensated", "parked", "abandoned"]),
  sagaId: Schema.String,
  tenant: Schema.String,
  saga: Schema.String,
  version: Schema.Int,
  input: Schema.Json,
  correlationId: Schema.optionalKey(Schema.String),
  startedAt: Schema.DateTimeUtc,
  endedAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** The steps that were begun, in that order. */
  steps: Schema.Array(Work),
  /** The compensations that were begun, in that order. */
  compensations: Schema.Array(Work),
  /** Why somebody wants it to be undone. */
  cancelled: Schema.optionalKey(Schema.String),
  /** Why a person has to decide. */
  parked: Schema.optionalKey(Schema.String)
})
/** A saga that was started. */
export interface Started extends Schema.Schema.Type<typeof Started> {}

/** The schema of the state of a saga. */
export const SagaState = Schema.Union([Schema.Struct({ status: Schema.tag("none") }), Started])
/** The state of a saga: none, or started. */
export type SagaState = typeof SagaState.Type

/** No saga yet. */
export const initial: SagaState = { status: "none" }

/** Whether a command does a step or undoes it. */
export type Action = "execute" | "compensate"

/** The id of the command of a step: always the same for the same execution, so that sending it again is harmless. */
export const commandIdOf = (
  { sagaId, tenant }: Pick<Started, "sagaId" | "tenant">,
  step: string,
  action: Action,
  round: number
): string => NameId.make(tenant, category, sagaId, step, action, String(round))

/** True when it will never do anything again. A parked saga may. */
export const isEnded = ({ status }: SagaState): boolean =>
  status === "completed" || status === "compensated" || status === "abandoned"

/** Folds one event into the state. An event that cannot follow the state leaves it as it is. */
export const evolve = (state: SagaState, event: SagaEvent): SagaState => {
  if (state.status === "none") {
    if (event._tag !== "SagaStarted") return state
    const { _tag: _, occurredAt, ...started } = event
    return { status: "active", ...started, startedAt: occurredAt, steps: [], compensations: [] }
  }
  if (isEnded(state)) return state
  const at = event.occurredAt
  switch (event._tag) {
    case "SagaStarted":
      return state
    case "SagaMigrated": {
      const renamed = (work: Work): Work => ({ ...work, step: event.renamed[work.step] ?? work.step })
      const { input, version } = event
      return {
        ...state,
        version,
        input,
        steps: state.steps.map(renamed),
        compensations: state.compensations.map(renamed)
      }
    }
    case "StepBegun":
      return { ...state, steps: begun(state.steps, event) }
    case "StepAnswered":
      return changeStep(state, event.step, (work) => ended(work, at, { status: "done", answer: event.answer }))
    case "StepRefused": {
      const { answer, refusal, retryAt } = event
      return changeStep(state, event.step, (work) => {
        if (answer !== undefined) return ended(work, at, { status: "done", refusal, answer })
        if (retryAt === undefined) return ended(work, at, { status: "refused", refusal })
        // The outage is over: of the attempts only those that were answered count.
        const attempt = work.postponedSince === undefined ? work.attempt : work.round + 1
        const waiting: Work = { ...work, attempt, status: "waiting", refusal, error: "it was refused", dueAt: retryAt }
        return anotherRound(state, waiting, "execute", at)
      })
    }
    case "StepFailed":
      return changeStep(state, event.step, (work) => failed(work, event))
    case "StepPostponed":
      return changeStep(state, event.step, (work) => postponed(work, event))
    case "CompensationBegun":
      return { ...state, compensations: begun(state.compensations, event) }
    case "CompensationDone":
      return changeCompensation(state, event.step, (work) => ended(work, at, { status: "done" }))
    case "CompensationFailed":
      return changeCompensation(state, event.step, (work) => failed(work, event))
    case "CompensationPostponed":
      return changeCompensation(state, event.step, (work) => postponed(work, event))
    case "SagaCancelRequested":
      return { ...state, cancelled: event.reason }
    case "SagaCompleted":
      return { ...state, status: "completed", endedAt: at }
    case "SagaCompensated":
      return { ...state, status: "compensated", endedAt: at }
    case "SagaParked":
      return { ...state, status: "parked", parked: event.reason }
    case "SagaAbandoned":
      return { ...state, status: "abandoned", endedAt: at }
    case "SagaRetried": {
      const again = (action: Action) => (work: Work) => retried(state, work, action, at)
      // What was given up before the turn stays so: it is compensated, not done again.
      return state.compensations.length > 0
        ? { ...unparked(state), compensations: state.compensations.map(again("compensate")) }
        : { ...unparked(state), steps: state.steps.map(again("execute")) }
    }
    case "StepSkipped": {
      const { answer } = event
      const skipped = (work: Work) =>
        ended(work, at, { status: "skipped", ...(answer === undefined ? {} : { answer }) })
      return state.compensations.length > 0
        ? changeCompensation(unparked(state), event.step, skipped)
        : changeStep(unparked(state), event.step, skipped)
    }
  }
}

type Begun = Extract<SagaEvent, { readonly _tag: "StepBegun" | "CompensationBegun" }>
type Failed = Extract<SagaEvent, { readonly _tag: "StepFailed" | "CompensationFailed" }>
type Postponed = Extract<SagaEvent, { readonly _tag: "StepPostponed" | "CompensationPostponed" }>

const unparked = ({ parked: _, ...state }: Started): Started => ({ ...state, status: "active" })

const begun = (works: ReadonlyArray<Work>, event: Begun): ReadonlyArray<Work> => {
  const { attempt, commandId, deadline, occurredAt, round, step } = event
  const before = works.find((work) => work.step === step)
  const same = before?.round === round ? before : undefined
  const payload = event.payload ?? same?.payload
  const work: Work = {
    step,
    status: "running",
    attempt,
    round,
    commandId,
    begunAt: same?.begunAt ?? occurredAt,
    dueAt: deadline,
    ...(payload === undefined ? {} : { payload }),
    ...(same?.postponedSince === undefined ? {} : { postponedSince: same.postponedSince }),
    ...(same?.urged === undefined ? {} : { urged: same.urged }),
    ...(same?.error === undefined ? {} : { error: same.error })
  }
  return before === undefined ? [...works, work] : works.map((other) => (other === before ? work : other))
}

const ended = (work: Work, at: Work["begunAt"], end: Pick<Work, "status"> & Partial<Work>): Work => {
  const { dueAt: _, postponedSince: __, urged: ___, ...rest } = work
  return { ...rest, ...end, endedAt: at }
}

const failed = (work: Work, event: Failed): Work => {
  const { error, occurredAt, retryAt } = event
  if (retryAt !== undefined) return { ...work, status: "waiting", error, dueAt: retryAt }
  return event._tag === "CompensationFailed" && event.refusal !== undefined
    ? ended(work, occurredAt, { status: "refused", error, refusal: event.refusal })
    : ended(work, occurredAt, { status: "failed", error })
}

const postponed = ({ urged: _, ...work }: Work, { occurredAt, reason, until }: Postponed): Work => ({
  ...work,
  status: "waiting",
  attempt: work.attempt - 1,
  dueAt: until,
  postponedSince: work.postponedSince ?? occurredAt,
  error: reason
})

/** What was refused needs another id to be asked again; what failed must keep its own, because it may have taken effect. */
const retried = (state: Started, work: Work, action: Action, at: Work["begunAt"]): Work => {
  if (work.status === "done" || work.status === "skipped" || work.status === "running") return work
  const { endedAt: _, payload: __, postponedSince: ___, ...rest } = work
  const again: Work = { ...rest, status: "waiting", attempt: 0, dueAt: at, urged: true }
  return work.status === "refused" ? anotherRound(state, again, action, at) : again
}

const anotherRound = (
  state: Started,
  { payload: _, postponedSince: __, ...work }: Work,
  action: Action,
  begunAt: Work["begunAt"]
): Work => {
  const round = work.round + 1
  return { ...work, round, commandId: commandIdOf(state, work.step, action, round), begunAt }
}

const change = (works: ReadonlyArray<Work>, step: string, f: (work: Work) => Work): ReadonlyArray<Work> =>
  works.map((work) => (work.step === step ? f(work) : work))

const changeStep = (state: Started, step: string, f: (work: Work) => Work): Started => ({
  ...state,
  steps: change(state.steps, step, f)
})

const changeCompensation = (state: Started, step: string, f: (work: Work) => Work): Started => ({
  ...state,
  compensations: change(state.compensations, step, f)
})
