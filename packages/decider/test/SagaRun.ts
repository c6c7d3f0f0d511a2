/** A saga that is decided by hand: what it was told so far, and what it does next. */
import { Decider, Saga } from "@eventfold/decider"
import { DateTime, Result, type Schema } from "effect"
import { Trip } from "./Trips.ts"

type Told<C = Saga.SagaCommand> = C extends Saga.SagaCommand ? Omit<C, "occurredAt" | "sagaId"> : never

/** A trip from its start, at second 0. */
export const begin = (sagas: ReadonlyArray<Saga.AnySaga> = [Trip], version = Trip.version): Run => {
  const start = { _tag: "Start", saga: Trip.name, version, tenant: "acme", input: { tripId: "t1" } } as const
  return new Run(Saga.set(sagas)).tell(0, start)
}

/** A saga that is decided by hand. Every step answers a new one. */
export class Run {
  readonly sagas: Saga.SagaSet
  readonly history: ReadonlyArray<Saga.SagaEvent>
  constructor(sagas: Saga.SagaSet, history: ReadonlyArray<Saga.SagaEvent> = []) {
    this.sagas = sagas
    this.history = history
  }

  decide(seconds: number, told: Told): Result.Result<Decider.Decision<Saga.SagaState, Saga.SagaEvent>, unknown> {
    const command = { ...told, sagaId: "trip-1", occurredAt: DateTime.makeUnsafe(seconds * 1000) }
    return Decider.decideAfter(Saga.decider(this.sagas), this.history, command)
  }
  tell(seconds: number, told: Told): Run {
    const { events } = Result.getOrThrow(this.decide(seconds, told))
    return new Run(this.sagas, [...this.history, ...events])
  }
  refusal(told: Told): unknown {
    return Result.getOrThrow(Result.flip(this.decide(1_000, told)))
  }

  /** The names of the last events, `StepBegun hotel` and so on. */
  last(count: number): ReadonlyArray<string> {
    return this.history.slice(-count).map((event) => ("step" in event ? `${event._tag} ${event.step}` : event._tag))
  }
  state(): Saga.Started {
    const state = Decider.fold(Saga.decider(this.sagas), this.history)
    if (state.status === "none") throw new Error("it was not started")
    return state
  }
  next(): Saga.Next {
    return Result.getOrThrow(Saga.next(this.sagas, this.state()))
  }
  send(): Saga.Send {
    const next = this.next()
    if (next._tag !== "Send") throw new Error(`nothing is to be sent: ${next._tag}`)
    return next
  }

  answer(seconds: number, answer: Schema.Json): Run {
    return this.tell(seconds, { _tag: "Answer", commandId: this.send().commandId, answer })
  }
  refuse(seconds: number, refusal: Schema.Json): Run {
    return this.tell(seconds, { _tag: "Refuse", commandId: this.send().commandId, refusal })
  }
  fail(seconds: number, error = "no connection"): Run {
    const { attempt, commandId } = this.send()
    return this.tell(seconds, { _tag: "Fail", commandId, attempt, error })
  }
  postpone(seconds: number, retryAfter: number): Run {
    const { attempt, commandId } = this.send()
    return this.tell(seconds, { _tag: "Postpone", commandId, attempt, reason: "the breaker is open", retryAfter })
  }
  /** Whoever handles the command that is under way is away. */
  away(seconds: number, retryAfter = 0): Run {
    const { attempt, commandId } = this.send()
    return this.tell(seconds, {
      _tag: "Postpone",
      commandId,
      attempt,
      reason: "nobody serves travel",
      retryAfter,
      isAway: true
    })
  }
  proceed(seconds: number): Run {
    return this.tell(seconds, { _tag: "Proceed" })
  }
  /** Fails now, and each time it is tried again, until the step is given up. */
  failForGood(seconds: number): Run {
    const { step } = this.send()
    const failed = this.fail(seconds)
    const next = failed.next()
    if (next._tag !== "Wait" || next.step !== step) return failed
    const due = next.until.epochMilliseconds / 1000
    return failed.proceed(due).failForGood(due)
  }
}
