/**
 * A saga as a decider: the outcome of a command and the begin of the next one are decided together, so they are stored
 * together.
 *
 * Guarantees: of the same events and commands follow the same events. A step is begun once its predecessor is answered,
 * and never again once it is; what comes late changes nothing. Compensations come in reverse, each with attempts of its
 * own. One that waits for what is down is passed over, and tried again after the others; one that is given up does not keep
 * them from being done either, and parks the saga in the end.
 */
import { Result } from "effect"
import * as Decider from "./Decider.ts"
import type * as Commands from "./SagaCommands.ts"
import * as Refused from "./SagaErrors.ts"
import { Course } from "./SagaCourse.ts"
import { category, SagaEvent } from "./SagaEvents.ts"
import * as Path from "./SagaPath.ts"
import { goesOn, type SagaSet, unknown } from "./SagaSet.ts"
import { evolve, initial, isEnded, SagaState } from "./SagaState.ts"

type Decision = Result.Result<ReadonlyArray<SagaEvent>, Refused.SagaRefusal>

/** The decider of the sagas a program knows. Keep the one value: states at hand belong to it. */
export const make = (
  sagas: SagaSet
): Decider.Decider<SagaState, Commands.SagaCommand, SagaEvent, Refused.SagaRefusal> =>
  Decider.make({ category, State: SagaState, Event: SagaEvent, initial, evolve, decide: decide(sagas) })

const nothing: Decision = Result.succeed([])

/** What people ask for. */
const peoples: ReadonlySet<Commands.SagaCommand["_tag"]> = new Set(["Cancel", "Retry", "Skip", "Abandon"])

const decide =
  (sagas: SagaSet) =>
  (command: Commands.SagaCommand, state: SagaState): Decision => {
    if (command._tag === "Start") return started(sagas, command, state)
    if (state.status === "none") return Result.fail(new Refused.SagaNotStarted({ sagaId: command.sagaId }))
    const { sagaId, status } = state
    if (isEnded(state)) {
      // Whoever brings an outcome comes late, which does no harm; people are told.
      return peoples.has(command._tag) && status !== "active" && status !== "parked"
        ? Result.fail(new Refused.SagaEnded({ sagaId, status }))
        : nothing
    }
    const { occurredAt } = command
    if (command._tag === "Abandon") return Result.succeed([{ _tag: "SagaAbandoned", occurredAt }])
    return Result.flatMap(goesOn(sagas, state), ({ migrated, saga }) => {
      const first = new Course(saga, state, occurredAt)
      if (migrated !== undefined) {
        const { input, renamed = {} } = migrated
        first.record({ _tag: "SagaMigrated", occurredAt, version: saga.version, input, renamed })
      }
      return Result.map(taken(first, command), () => first.settled())
    })
  }

const started = (sagas: SagaSet, command: Commands.Start, state: SagaState): Decision => {
  const { correlationId, input, occurredAt, saga, sagaId, tenant, version } = command
  if (state.status !== "none") {
    const differs = state.saga !== saga ? "saga" : sameJson(state.input, input) ? undefined : "input"
    // Under another version the same start may well have another input.
    return differs === undefined || (differs === "input" && state.version !== version)
      ? nothing
      : Result.fail(new Refused.SagaAlreadyStarted({ sagaId, differs }))
  }
  const definition = sagas.find(saga, version)
  if (definition === undefined) return Result.fail(unknown(sagas, { saga, sagaId, version }))
  const checked = definition.checkInput(input)
  if (Result.isFailure(checked)) return Result.fail(new Refused.SagaInputInvalid({ sagaId, reason: checked.failure }))
  const event: SagaEvent = {
    _tag: "SagaStarted",
    occurredAt,
    sagaId,
    tenant,
    saga,
    version,
    input,
    ...(correlationId === undefined ? {} : { correlationId })
  }
  const after = evolve(initial, event)
  if (after.status === "none") return nothing
  return Result.succeed([event, ...new Course(definition, after, occurredAt).settled()])
}

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]): [string, unknown] => [key, sorted(item)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  )
}

/** Records what a command says; what follows from it is settled afterwards. */
const taken = (
  course: Course,
  command: Exclude<Commands.SagaCommand, Commands.Start>
): Result.Result<void, Refused.SagaRefusal> => {
  const { saga, state } = course
  const { sagaId } = state
  switch (command._tag) {
    case "Answer":
    case "Refuse":
    case "Fail":
    case "Postpone":
      course.hear(command)
      return Result.void
    case "Proceed":
      course.overdue()
      return Result.void
    case "Cancel":
      if (Path.isPastPivot(saga, state)) return Result.fail(new Refused.SagaPastPivot({ sagaId }))
      // What is being undone, or cannot be, is not undone once more.
      if (state.cancelled === undefined && Path.becauseOf(saga, state) === undefined) {
        course.record({ _tag: "SagaCancelRequested", occurredAt: command.occurredAt, reason: command.reason })
      }
      return Result.void
    case "Retry":
      if (course.stuck().length === 0) return Result.fail(new Refused.SagaNotStuck({ sagaId }))
      course.record({ _tag: "SagaRetried", occurredAt: command.occurredAt })
      return Result.void
    case "Skip":
      return skipped(course, command)
    case "Abandon":
      return Result.void
  }
}

const skipped = (
  course: Course,
  { answer, occurredAt, step }: Commands.Skip
): Result.Result<void, Refused.SagaRefusal> => {
  const { saga, state } = course
  const { sagaId } = state
  const stuck = course.stuck()
  if (!stuck.includes(step)) return Result.fail(new Refused.StepNotStuck({ sagaId, step, stuck }))
  const place = Path.placeOf(saga, state)
  if (state.compensations.length > 0 || place.action !== "execute") {
    course.record({ _tag: "StepSkipped", occurredAt, step })
    return Result.void
  }
  const checked = answer === undefined ? Result.fail("none is given") : place.step.checkAnswer(answer)
  if (Result.isFailure(checked)) return Result.fail(new Refused.AnswerNeeded({ sagaId, step, reason: checked.failure }))
  course.record({ _tag: "StepSkipped", occurredAt, step, ...(answer === undefined ? {} : { answer }) })
  return Result.void
}
