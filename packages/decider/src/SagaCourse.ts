/** One decision about a saga: events are recorded one by one, each on the state after the one before, until nothing is left to do now. */
import { DateTime, Option, Result } from "effect"
import type * as Commands from "./SagaCommands.ts"
import type { SagaEvent } from "./SagaEvents.ts"
import * as Path from "./SagaPath.ts"
import { type AnySaga, waitAfter, waitWhileAway } from "./SagaShape.ts"
import { commandIdOf, evolve, isEnded, type Started, type Work } from "./SagaState.ts"

type Standing = Exclude<Path.Place, { readonly action: "none" }>

/** What comes back from a command that was sent. */
export type Outcome = Commands.Answer | Commands.Refuse | Commands.Fail | Commands.Postpone

/** One decision about a saga that was started. */
export class Course {
  readonly saga: AnySaga
  readonly at: DateTime.Utc
  readonly events: Array<SagaEvent> = []
  state: Started

  constructor(saga: AnySaga, state: Started, at: DateTime.Utc) {
    this.saga = saga
    this.state = state
    this.at = at
  }

  /** Records an event and goes on from the state after it. */
  record(event: SagaEvent): void {
    this.events.push(event)
    const after = evolve(this.state, event)
    if (after.status !== "none") this.state = after
  }

  /** The steps a person can have tried again, or skip: those that wait, and those that were given up when it is parked. */
  stuck(): ReadonlyArray<string> {
    if (this.state.status === "parked") return Path.stuckOf(this.state).works.map(({ step }) => step)
    const place = Path.placeOf(this.saga, this.state)
    if (place.action !== "compensate")
      return place.action === "execute" && isWaiting(place.work) ? [place.step.name] : []
    return this.state.compensations.filter(isWaiting).map(({ step }) => step)
  }

  /** Records the outcome of the command that is under way. Whatever belongs to another one changes nothing. */
  hear(outcome: Outcome): void {
    const place = Path.placeOf(this.saga, this.state)
    if (place.action === "none" || place.work === undefined || place.work.commandId !== outcome.commandId) return
    const { work } = place
    if (work.status !== "running" && work.status !== "waiting") return
    if (outcome._tag === "Answer") return this.#answered(place, work, outcome)
    if (outcome._tag === "Refuse") return this.#refused(place, work, outcome)
    // A later attempt of the same command does not fail with an earlier one.
    if (work.status !== "running" || work.attempt !== outcome.attempt) return
    if (outcome._tag === "Fail") this.#unanswered(place, work, outcome.error)
    else this.#postponed(place, work, outcome)
  }

  /** Fails the attempt that is under way when its time is up. */
  overdue(): void {
    const place = Path.placeOf(this.saga, this.state)
    if (place.action === "none" || place.work?.status !== "running") return
    const { dueAt } = place.work
    if (dueAt !== undefined && DateTime.isLessThanOrEqualTo(dueAt, this.at)) {
      this.#unanswered(place, place.work, `no answer within ${sendingOf(place).timeLimit} ms`)
    }
  }

  /** Records all that follows, and answers everything that was recorded. */
  settled(): ReadonlyArray<SagaEvent> {
    while (this.#goOn());
    return this.events
  }

  /** Records the next thing; false when there is none now. */
  #goOn(): boolean {
    const { at: occurredAt, saga, state } = this
    if (isEnded(state) || state.status === "parked") return false
    const place = Path.placeOf(saga, state)
    if (place.action === "none") {
      const works = Path.notUndone(state)
      if (place.because === undefined) this.record({ _tag: "SagaCompleted", occurredAt })
      else if (works.length === 0) this.record({ _tag: "SagaCompensated", occurredAt })
      else this.record({ _tag: "SagaParked", occurredAt, reason: `could not undo ${named(works)}` })
      return false
    }
    const { work } = place
    if (work?.status === "running") return false
    if (work !== undefined && work.status !== "waiting") {
      this.record({
        _tag: "SagaParked",
        occurredAt,
        reason: `${work.step} was ${work.status}, and it can only go forward`
      })
      return false
    }
    const isDue = work?.dueAt === undefined || DateTime.isLessThanOrEqualTo(work.dueAt, occurredAt)
    if (!isDue && !this.#comesBackTo(place)) return false
    this.#begin(place)
    return true
  }

  /** Whether a compensation that was passed over is the next one now: it is tried at once, so that its wait is told anew. */
  #comesBackTo(place: Standing): boolean {
    const last = this.events.at(-1)
    const hasEnded =
      last?._tag === "CompensationDone" ||
      (last?._tag === "CompensationFailed" && last.retryAt === undefined) ||
      (last?._tag === "StepSkipped" && this.state.compensations.some(({ step }) => step === last.step))
    return hasEnded && place.action === "compensate" && Path.isPostponed(place.work)
  }

  #begin(place: Standing): void {
    const { at: occurredAt, state } = this
    const { action, work } = place
    const step = stepOf(place)
    const sending = sendingOf(place)
    const [round, attempt] = [work?.round ?? 0, (work?.attempt ?? 0) + 1]
    const payload = work?.payload === undefined ? Path.requestOf(state, place, occurredAt) : undefined
    this.record({
      _tag: action === "execute" ? "StepBegun" : "CompensationBegun",
      occurredAt,
      step,
      attempt,
      round,
      commandId: work?.commandId ?? commandIdOf(state, step, action, round),
      deadline: later(occurredAt, sending.timeLimit),
      ...(sending.keepsPayload && payload !== undefined && Result.isSuccess(payload)
        ? { payload: payload.success }
        : {})
    })
    if (payload === undefined || Result.isSuccess(payload)) return
    const begun = Path.placeOf(this.saga, this.state)
    if (begun.action !== "none" && begun.work !== undefined) {
      this.#failed(begun, begun.work, `its command cannot be made: ${payload.failure}`)
    }
  }

  #answered(place: Standing, work: Work, { answer }: Commands.Answer): void {
    const { at: occurredAt } = this
    const { step } = work
    if (place.action === "compensate") return this.record({ _tag: "CompensationDone", occurredAt, step })
    const checked = place.step.checkAnswer(answer)
    if (Result.isSuccess(checked)) this.record({ _tag: "StepAnswered", occurredAt, step, answer })
    else this.#failed(place, work, `its answer does not fit: ${checked.failure}`)
  }

  #refused(place: Standing, work: Work, { refusal }: Commands.Refuse): void {
    const { at: occurredAt } = this
    const { attempt, step } = work
    const { retry } = sendingOf(place)
    if (place.action === "compensate") {
      // The same command is refused again, so it is not tried again.
      this.record({ _tag: "CompensationFailed", occurredAt, step, attempt, error: "it was refused", refusal })
      return
    }
    const answer = Option.flatten(Result.getSuccess(place.step.meaningOf(refusal)))
    // Failures have no limit behind the pivot, and those before an outage say nothing of what lies behind it.
    const counted = this.#isForward(place) || Path.wasPostponed(work) ? work.round + 1 : attempt
    const isAskedAgain = counted < retry.attempts && Result.getOrElse(place.step.isAskedAgain(refusal), () => false)
    const retryAt = later(occurredAt, waitAfter(retry, counted))
    const meaning = Option.isSome(answer) ? { answer: answer.value } : isAskedAgain ? { retryAt } : {}
    this.record({ _tag: "StepRefused", occurredAt, step, refusal, ...meaning })
  }

  /** Nobody knows what became of an attempt. */
  #unanswered(place: Standing, work: Work, error: string): void {
    const { outage, retry } = sendingOf(place)
    const isDown = outage.exhausted === "waits" && work.attempt >= retry.attempts && !this.#isForward(place)
    if (isDown) this.#postponed(place, work, { reason: error, retryAfter: waitAfter(retry, work.attempt) })
    else this.#failed(place, work, error)
  }

  #failed(place: Standing, { attempt, step }: Work, error: string, isFinal = false): void {
    const { at: occurredAt } = this
    const { retry } = sendingOf(place)
    const again = this.#isForward(place) || (!isFinal && attempt < retry.attempts)
    this.record({
      _tag: place.action === "execute" ? "StepFailed" : "CompensationFailed",
      occurredAt,
      step,
      attempt,
      error: error.slice(0, maximumText),
      ...(again ? { retryAt: later(occurredAt, waitAfter(retry, attempt)) } : {})
    })
  }

  #postponed(
    place: Standing,
    work: Work,
    {
      isAway = false,
      isProbed = false,
      reason,
      retryAfter
    }: Pick<Commands.Postpone, "isAway" | "isProbed" | "reason" | "retryAfter">
  ): void {
    const { at: occurredAt } = this
    const sending = sendingOf(place)
    const { outage } = sending
    const { postponedSince = occurredAt } = work
    const waited = occurredAt.epochMilliseconds - postponedSince.epochMilliseconds
    const isSoon = isProbed || work.urged === true
    const wait = isAway
      ? Math.max(retryAfter, waitWhileAway(sending, waited))
      : isSoon
        ? retryAfter
        : (outage.every ?? retryAfter)
    const again = later(occurredAt, Math.max(1, wait))
    const end = later(postponedSince, outage.longest)
    const ends = !this.#isForward(place)
    if (ends && DateTime.isGreaterThanOrEqualTo(occurredAt, end)) {
      this.#failed(place, work, reason, true)
      return
    }
    // The last attempt comes at the end of the outage, however seldom it is asked.
    const first = this.#firstOfOthers()
    const until = [ends ? end : again, first ?? again].reduce(DateTime.min, again)
    this.record({
      _tag: place.action === "execute" ? "StepPostponed" : "CompensationPostponed",
      occurredAt,
      step: work.step,
      until,
      reason: reason.slice(0, maximumText)
    })
  }

  /** When another compensation that is down is tried again: whoever wakes a saga knows of the last wait alone. */
  #firstOfOthers(): DateTime.Utc | undefined {
    return this.state.compensations
      .flatMap((work) => (Path.isPostponed(work) && work.dueAt !== undefined ? [work.dueAt] : []))
      .filter((dueAt) => DateTime.isGreaterThan(dueAt, this.at))
      .reduce<DateTime.Utc | undefined>(
        (one, other) => (one === undefined ? other : DateTime.min(one, other)),
        undefined
      )
  }

  /** From the pivot on nothing is given up. */
  #isForward(place: Standing): boolean {
    return place.action === "execute" && place.index >= this.saga.pivot
  }
}

/** The longest text of an error that is kept, in UTF-16 units. */
const maximumText = 2_000

const isWaiting = (work: Work | undefined): boolean => work?.status === "waiting"
const stepOf = (place: Standing): string => (place.action === "execute" ? place.step.name : place.step)
const sendingOf = (place: Standing) => (place.action === "execute" ? place.step : place.undoing)

const later = (at: DateTime.Utc, millis: number): DateTime.Utc => DateTime.makeUnsafe(at.epochMilliseconds + millis)

const named = (works: ReadonlyArray<Work>): string => works.map(({ step }) => step).join(", ")
