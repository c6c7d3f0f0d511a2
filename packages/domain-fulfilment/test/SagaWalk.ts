/** A saga that is walked by hand: every command is answered, unless the test says otherwise. */
import { Decider, Saga } from "@eventfold/decider"
import { DateTime, Result, type Schema } from "effect"
import * as Scenario from "./Scenario.ts"

/** What becomes of a command, by the step, with `undo` before it where it undoes. All others are answered. */
export interface Otherwise {
  readonly [step: string]:
    /** Each time, or so many times. */
    | { readonly refused: Schema.Json; readonly times?: number }
    /** Fails each time. */
    | "fails"
    /** What lies behind it is down for so many seconds. */
    | { readonly down: number }
    /** Whoever handles it is away for so many seconds, and then what is said, if anything. */
    | { readonly away: number; readonly after?: { readonly refused: Schema.Json; readonly times?: number } }
    /** Fails each time for so many seconds, and then what is said, if anything. */
    | { readonly failing: number; readonly after?: { readonly refused: Schema.Json; readonly times?: number } }
    /** Somebody cancels while it is under way; it is answered. */
    | "cancelled-meanwhile"
}

/** What was sent, in order, and how it ended. */
export interface Walked {
  readonly trace: ReadonlyArray<string>
  readonly payloads: Readonly<Record<string, Schema.Json>>
  readonly state: Saga.Started
  /** When each command was heard of last, in seconds from the start. */
  readonly ended: Readonly<Record<string, number>>
  /** Seconds from the start to the end. */
  readonly seconds: number
}

type Told<C = Saga.SagaCommand> = C extends Saga.SagaCommand ? Omit<C, "occurredAt" | "sagaId"> : never

const answerOf = (command: string): Schema.Json =>
  Object.entries(Scenario.answers).find(([name]) => name === command)?.[1] ?? null

/** Walks a saga to its end, or until it is parked. */
export const walk = (saga: Saga.AnySaga, input: Schema.Json, otherwise: Otherwise = {}): Walked => {
  const sagas = Saga.set([saga])
  const decider = Saga.decider(sagas)
  const sagaId = "saga-1"
  let state: Saga.SagaState = Saga.initial
  let now = Scenario.at(0)
  const start = now
  const tell = (told: Told) => {
    state = Result.getOrThrow(Decider.decide(decider, { ...told, sagaId, occurredAt: now }, state)).state
  }
  tell({ _tag: "Start", tenant: "main", saga: saga.name, version: saga.version, input })
  const trace: Array<string> = []
  const payloads: Record<string, Schema.Json> = {}
  const ended: Record<string, number> = {}
  const refused = new Map<string, number>()
  const seconds = () => (now.epochMilliseconds - start.epochMilliseconds) / 1_000
  for (let turn = 0; turn < 2_000; turn += 1) {
    if (state.status === "none") throw new Error("it was not started")
    const next: Saga.Next = Result.getOrThrow(Saga.next(sagas, state))
    if (next._tag === "Ended" || next._tag === "Parked") break
    if (next._tag === "Wait") now = next.until
    if (next._tag !== "Send") {
      tell({ _tag: "Proceed" })
      continue
    }
    const { action, attempt, commandId, payload, sending, step } = next
    const name = action === "execute" ? step : `undo ${step}`
    trace.push(`${action === "execute" ? "" : "undo: "}${sending.command.name}`)
    payloads[name] = payload
    now = DateTime.add(now, { seconds: 1 })
    ended[name] = seconds()
    const said = otherwise[name]
    const over =
      typeof said !== "object"
        ? 0
        : "failing" in said
          ? said.failing
          : "away" in said
            ? said.away
            : Number.POSITIVE_INFINITY
    const after = typeof said === "object" && "after" in said ? said.after : undefined
    const outcome = after !== undefined && seconds() > over ? after : said
    if (outcome === "fails") tell({ _tag: "Fail", commandId, attempt, error: "no answer" })
    else if (outcome !== undefined && typeof outcome === "object" && "refused" in outcome) {
      const times = (refused.get(name) ?? 0) + 1
      refused.set(name, times)
      tell(
        times > (outcome.times ?? Number.POSITIVE_INFINITY)
          ? { _tag: "Answer", commandId, answer: answerOf(sending.command.name) }
          : { _tag: "Refuse", commandId, refusal: outcome.refused }
      )
    } else if (outcome !== undefined && typeof outcome === "object") {
      const until = "down" in outcome ? outcome.down : "away" in outcome ? outcome.away : outcome.failing
      if (now.epochMilliseconds - start.epochMilliseconds > until * 1_000) {
        tell({ _tag: "Answer", commandId, answer: answerOf(sending.command.name) })
      } else if ("failing" in outcome) tell({ _tag: "Fail", commandId, attempt, error: "no answer" })
      else if ("away" in outcome) {
        tell({ _tag: "Postpone", commandId, attempt, reason: "nobody is there", retryAfter: 0, isAway: true })
      } else tell({ _tag: "Postpone", commandId, attempt, reason: "the gateway is down", retryAfter: 60_000 })
    } else {
      if (outcome === "cancelled-meanwhile") tell({ _tag: "Cancel", reason: "the customer thought better of it" })
      tell({ _tag: "Answer", commandId, answer: answerOf(sending.command.name) })
    }
  }
  if (state.status === "none") throw new Error("it was not started")
  return { trace, payloads, state, ended, seconds: seconds() }
}
