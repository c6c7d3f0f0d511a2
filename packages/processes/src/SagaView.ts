/** How a saga stands, for people: its steps and compensations with attempts, errors and times, and what is next. */
import { Saga } from "@eventfold/decider"
import { DateTime, Result, type Schema } from "effect"

/**
 * What has not been begun: `pending`, it still may be; `not-needed`, there is nothing to undo, now or ever; `not-reached`,
 * the saga went another way, or was ended first.
 */
type NotBegun = "pending" | "not-needed" | "not-reached"

/** A step or its compensation. */
export interface WorkView {
  readonly status: Saga.Work["status"] | NotBegun
  readonly attempt: number
  readonly commandId?: string
  readonly begunAt?: DateTime.Utc
  readonly endedAt?: DateTime.Utc
  /** When it counts as failed, or is tried again. */
  readonly dueAt?: DateTime.Utc
  readonly error?: string
  readonly answer?: Schema.Json
  readonly refusal?: Schema.Json
  /** Why nothing has to be undone. */
  readonly why?: string
}

/** One step of a saga. */
export interface StepView {
  readonly step: string
  /** The name of its command. */
  readonly command: string
  readonly execution: WorkView
  /** Absent from the pivot on. */
  readonly compensation?: WorkView & { readonly command?: string }
}

/** How a saga stands. */
export interface SagaView extends Pick<
  Saga.Started,
  "status" | "saga" | "sagaId" | "version" | "input" | "startedAt" | "endedAt" | "cancelled" | "parked"
> {
  readonly steps: ReadonlyArray<StepView>
  /** What undoes what led to the start. */
  readonly undo: WorkView & { readonly command?: string }
  /** For people: "sends payments.TakePayment", "waits until …". */
  readonly next: string
}

/** How a saga stands. */
export const of = (sagas: Saga.SagaSet, state: Saga.Started): SagaView => {
  const { compensations, input, saga, sagaId, startedAt, status, version } = state
  const definition = sagas.find(saga, version)
  const found = (works: ReadonlyArray<Saga.Work>, step: string) => works.find((work) => work.step === step)
  const notBegun = notBegunOf(definition, state)
  const undoing = (compensation: Saga.Compensation, step: string) =>
    compensation._tag === "Nothing"
      ? { status: "not-needed" as const, attempt: 0, why: compensation.why }
      : { ...viewOf(found(compensations, step), notBegun.compensation(step)), command: compensation.command.name }
  const steps = definition?.steps.map(({ command, compensation, name }): StepView => ({
    step: name,
    command: command.name,
    execution: viewOf(found(state.steps, name), notBegun.execution),
    ...(compensation === undefined ? {} : { compensation: undoing(compensation, name) })
  }))
  return {
    status,
    saga,
    sagaId,
    version,
    input,
    startedAt,
    ...(state.endedAt === undefined ? {} : { endedAt: state.endedAt }),
    ...(state.cancelled === undefined ? {} : { cancelled: state.cancelled }),
    ...(state.parked === undefined ? {} : { parked: state.parked }),
    steps: steps ?? state.steps.map((work) => ({ step: work.step, command: "", execution: viewOf(work, "pending") })),
    undo: undoing(definition?.undo ?? Saga.nothing("this program does not know the saga"), Saga.start),
    next: textOf(sagas, state)
  }
}

/** What is to be said of steps, and of compensations, that have not been begun. */
const notBegunOf = (definition: Saga.AnySaga | undefined, state: Saga.Started) => {
  const isUndone = definition !== undefined && Saga.becauseOf(definition, state) !== undefined
  const isThrough = state.status === "completed" || (definition !== undefined && Saga.isPastPivot(definition, state))
  const execution: NotBegun = isUndone || Saga.isEnded(state) ? "not-reached" : "pending"
  const compensation = (name: string): NotBegun => {
    const step = definition?.steps.find((one) => one.name === name)
    const work = state.steps.find((one) => one.step === name)
    // What was never begun, or was refused, has done nothing. What failed may have.
    const isNothing = name !== Saga.start && (step === undefined || !Saga.isToUndo(step, work))
    if (isThrough || (isNothing && execution === "not-reached")) return "not-needed"
    return Saga.isEnded(state) ? "not-reached" : "pending"
  }
  return { execution, compensation }
}

const viewOf = (work: Saga.Work | undefined, status: NotBegun): WorkView => {
  if (work === undefined) return { status, attempt: 0 }
  const { payload: _, postponedSince: __, round: ___, step: ____, urged: _____, ...view } = work
  return view
}

const textOf = (sagas: Saga.SagaSet, state: Saga.Started): string => {
  const found = Saga.next(sagas, state)
  if (Result.isFailure(found)) return found.failure.message
  const next = found.success
  switch (next._tag) {
    case "Ended":
      return `nothing: it is ${next.status}`
    case "Parked":
      return `a person decides about ${next.steps.join(", ")}: ${next.reason}`
    case "Proceed":
      return "it goes on"
    case "Wait":
      return `${next.action === "execute" ? "does" : "undoes"} ${next.step} again at ${DateTime.formatIso(next.until)}`
    case "Send":
      return `${next.action === "execute" ? "does" : "undoes"} ${next.step}: sends ${next.sending.command.name}, attempt ${next.attempt}`
  }
}
