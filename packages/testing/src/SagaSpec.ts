/**
 * Given / when / then for sagas: given a saga that was started with an input, when this is answered, refused, or fails, or
 * time passes, then that is sent, or waited for, or the saga has ended.
 *
 * ```ts
 * SagaSpec.given(Trip, { tripId: "t1" })
 *   .thenSends("flight", { tripId: "t1" })
 *   .whenAnswered({ number: 1 })
 *   .whenRefused("full")
 *   .thenUndoes("flight")
 *   .whenAnswered({ number: 1 })
 *   .thenEnds("compensated")
 * ```
 *
 * It needs no clock: the saga is started at second 0, and time passes when the spec says so. Works in any test framework:
 * an expectation that does not hold throws an error whose message shows what has happened and what is next.
 */
import { Decider, Saga } from "@eventfold/decider"
import { DateTime, Duration, Predicate, Result, Schema } from "effect"
import { fail } from "./AssertionError.ts"
import { print } from "./ReadableValue.ts"

/** A saga under way. Everything answers the same again, so that it can be chained. */
export interface Spec {
  /** The command that is under way is answered so. */
  readonly whenAnswered: (answer: unknown) => Spec
  /** The command that is under way is refused so. */
  readonly whenRefused: (refusal: unknown) => Spec
  /** Nobody knows what became of the command that is under way. */
  readonly whenFailed: (error?: string) => Spec
  /** What lies behind the command that is under way is down, and may be back after a while. */
  readonly whenDown: (retryAfter: Duration.Input) => Spec
  /** So much time passes. What is due by then happens, at its time. */
  readonly whenPassed: (time: Duration.Input) => Spec
  /** Somebody wants it to be undone. */
  readonly whenCancelled: (reason?: string) => Spec
  /** A person has what failed, or waits, tried again. */
  readonly whenRetried: () => Spec
  /** A person has dealt with a step by other means. One that goes forward needs an answer, in its JSON form. */
  readonly whenSkipped: (step: string, answer?: Schema.Json) => Spec
  /** A person ends it where it stands. */
  readonly whenAbandoned: () => Spec
  /** The command of this step is under way; its content has these fields, in their JSON form. */
  readonly thenSends: (step: string, fields?: Readonly<Record<string, Schema.Json>>) => Spec
  /** The command that undoes this step is under way; its content has these fields, in their JSON form. */
  readonly thenUndoes: (step: string, fields?: Readonly<Record<string, Schema.Json>>) => Spec
  /** It waits so long from now. */
  readonly thenWaits: (time: Duration.Input) => Spec
  /** A person has to decide about these steps. */
  readonly thenParked: (...steps: ReadonlyArray<string>) => Spec
  /** It has ended. */
  readonly thenEnds: (status: "completed" | "compensated" | "abandoned") => Spec
  /** The names of everything that has happened so far. */
  readonly thenHappened: (...events: ReadonlyArray<Saga.SagaEvent["_tag"]>) => Spec
}

type Told<C = Saga.SagaCommand> = C extends Saga.SagaCommand ? Omit<C, "sagaId" | "occurredAt"> : never

const ref = { tenant: "spec", sagaId: "saga-1" }

/** Begins with a saga that is started with an input, at second 0. */
export const given = <Input>(saga: Saga.Saga<Input>, input: NoInfer<Input>): Spec => {
  const sagas = Saga.set([saga])
  const decider = Saga.decider(sagas)
  const history: Array<Saga.SagaEvent> = []
  let now = 0

  const state = (): Saga.Started => {
    const folded = Decider.fold(decider, history)
    return folded.status === "none" ? fail("The saga has not been started.", given) : folded
  }
  const next = (): Saga.Next => Result.getOrThrow(Saga.next(sagas, state()))
  const story = () =>
    `\n\nSo far (at second ${now / 1000})\n${history.map(lineOf).join("\n")}\n\nNext\n  ${print(short(next()))}`
  const tell = (told: Told, by: (...args: never) => unknown) => {
    const command = { ...told, sagaId: ref.sagaId, occurredAt: DateTime.makeUnsafe(now) }
    const decided = Decider.decide(decider, command, Decider.fold(decider, history))
    if (Result.isFailure(decided)) return fail(`${told._tag} was refused: ${decided.failure.message}${story()}`, by)
    history.push(...decided.success.events)
  }
  const under = (by: (...args: never) => unknown): Saga.Send => {
    const found = next()
    return found._tag === "Send" ? found : fail(`No command is under way.${story()}`, by)
  }
  const encoded = (schema: Schema.Codec<unknown, unknown>, value: unknown, by: (...args: never) => unknown) => {
    const json = Schema.encodeUnknownResult(Schema.toCodecJson(schema))(value)
    return Result.isSuccess(json)
      ? json.success
      : fail(`${print(value)} does not fit the command that is under way: ${json.failure.message}${story()}`, by)
  }
  const sends = (
    action: Saga.Action,
    step: string,
    fields: Readonly<Record<string, Schema.Json>>,
    by: (...args: never) => unknown
  ) => {
    const { payload, ...found } = under(by)
    const verb = action === "execute" ? "do" : "undo"
    if (found.step !== step || found.action !== action) fail(`Expected it to ${verb} ${step}.${story()}`, by)
    for (const [field, value] of Object.entries(fields)) {
      const actual = Predicate.hasProperty(payload, field) ? payload[field] : undefined
      if (JSON.stringify(actual) !== JSON.stringify(value)) {
        fail(`Expected ${field} to be ${print(value)}, but it is ${print(actual)}.${story()}`, by)
      }
    }
    return spec
  }

  const spec: Spec = {
    whenAnswered: (answer) => {
      const { commandId, sending } = under(spec.whenAnswered)
      const json = encoded(sending.command.Answer, answer, spec.whenAnswered)
      tell({ _tag: "Answer", commandId, answer: json }, spec.whenAnswered)
      return spec
    },
    whenRefused: (refusal) => {
      const { commandId, sending } = under(spec.whenRefused)
      const json = encoded(sending.command.Refusal, refusal, spec.whenRefused)
      tell({ _tag: "Refuse", commandId, refusal: json }, spec.whenRefused)
      return spec
    },
    whenFailed: (error = "no answer") => {
      const { attempt, commandId } = under(spec.whenFailed)
      tell({ _tag: "Fail", commandId, attempt, error }, spec.whenFailed)
      return spec
    },
    whenDown: (time) => {
      const { attempt, commandId } = under(spec.whenDown)
      const retryAfter = Duration.toMillis(time)
      tell({ _tag: "Postpone", commandId, attempt, reason: "it is down", retryAfter }, spec.whenDown)
      return spec
    },
    whenPassed: (time) => {
      const end = now + Duration.toMillis(time)
      for (let found = next(); ; found = next()) {
        const due =
          found._tag === "Send" ? found.deadline : found._tag === "Wait" ? found.until : DateTime.makeUnsafe(end + 1)
        if (due.epochMilliseconds > end) break
        now = Math.max(now, due.epochMilliseconds)
        tell({ _tag: "Proceed" }, spec.whenPassed)
      }
      now = end
      return spec
    },
    whenCancelled: (reason = "somebody wants it") => {
      tell({ _tag: "Cancel", reason }, spec.whenCancelled)
      return spec
    },
    whenRetried: () => {
      tell({ _tag: "Retry" }, spec.whenRetried)
      return spec
    },
    whenSkipped: (step, answer) => {
      tell({ _tag: "Skip", step, answer }, spec.whenSkipped)
      return spec
    },
    whenAbandoned: () => {
      tell({ _tag: "Abandon" }, spec.whenAbandoned)
      return spec
    },
    thenSends: (step, fields = {}) => sends("execute", step, fields, spec.thenSends),
    thenUndoes: (step, fields = {}) => sends("compensate", step, fields, spec.thenUndoes),
    thenWaits: (time) => {
      const found = next()
      if (found._tag !== "Wait") return fail(`Expected it to wait.${story()}`, spec.thenWaits)
      const [wait, expected] = [found.until.epochMilliseconds - now, Duration.toMillis(time)]
      return wait === expected
        ? spec
        : fail(`Expected it to wait ${expected} ms, but it waits ${wait} ms.${story()}`, spec.thenWaits)
    },
    thenParked: (...steps) => {
      const found = next()
      const isSo = found._tag === "Parked" && JSON.stringify(found.steps) === JSON.stringify(steps)
      return isSo ? spec : fail(`Expected it to be parked for ${steps.join(", ")}.${story()}`, spec.thenParked)
    },
    thenEnds: (status) => {
      const found = next()
      return found._tag === "Ended" && found.status === status
        ? spec
        : fail(`Expected it to be ${status}.${story()}`, spec.thenEnds)
    },
    thenHappened: (...events) => {
      const found = history.map(({ _tag }) => _tag)
      return JSON.stringify(found) === JSON.stringify(events)
        ? spec
        : fail(`Expected ${events.join(", ")}.${story()}`, spec.thenHappened)
    }
  }

  const json = saga.encodeInput(input)
  if (Result.isFailure(json)) return fail(`The input does not fit: ${json.failure}`, given)
  const { name, version } = saga
  tell({ _tag: "Start", saga: name, version, tenant: ref.tenant, input: json.success }, given)
  return spec
}

const lineOf = (event: Saga.SagaEvent): string => {
  const { _tag, occurredAt, ...rest } = event
  return `  ${occurredAt.epochMilliseconds / 1000} s  ${_tag} ${JSON.stringify(rest)}`
}

/** Without what nobody reads. */
const short = (next: Saga.Next): object =>
  next._tag === "Send" ? { _tag: next._tag, action: next.action, step: next.step, attempt: next.attempt } : next
