/** What must hold of a saga. It is checked where the saga is declared, so a mistake stops the program at its start. */
import * as Personal from "./Personal.ts"
import { type AnySaga, type Saga, SagaNotUsable, type Sending } from "./SagaShape.ts"
import { start } from "./SagaState.ts"

const namePattern = /^[a-z0-9_-]{1,48}$/u
/** The names of steps stand in the names of metrics and in diagrams. */
const stepPattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/u

/** The most steps of one saga. */
export const maximumSteps = 64

/** The saga itself. Throws `SagaNotUsable` when it breaks a rule. */
export const checked = <Input>(saga: Saga<Input>): Saga<Input> => {
  const wrong = problemOf(saga)
  if (wrong === undefined) return saga
  throw new SagaNotUsable({ saga: saga.name, ...wrong })
}

type Problem = { readonly part: string; readonly rule: string }

const problemOf = <Input>(saga: Saga<Input>): Problem | undefined => {
  const { Input, name, steps, undo, version } = saga
  if (!namePattern.test(name)) return { part: "name", rule: "must be 1 to 48 lower-case letters, digits, '_' or '-'" }
  if (!Number.isSafeInteger(version) || version < 1) return { part: "version", rule: "must be a positive integer" }
  if (steps.length === 0 || steps.length > maximumSteps) {
    return { part: "it", rule: `must have 1 to ${maximumSteps} steps` }
  }
  if (Personal.isAbout(Input)) return { part: "input", rule: "must not hold anything personal: give it ids" }
  const names = steps.map((step) => step.name)
  const twice = names.find((step, place) => names.indexOf(step) < place)
  if (twice !== undefined) return { part: `the step ${twice}`, rule: "must be declared once only" }
  return stepProblem(saga) ?? (undo._tag === "By" ? sendingProblem("undo", undo) : undefined)
}

const stepProblem = ({ steps }: AnySaga): Problem | undefined => {
  for (const step of steps) {
    const part = `the step ${step.name}`
    if (!stepPattern.test(step.name)) {
      return { part, rule: "must be called by 1 to 64 letters, digits, '_' or '-', a letter first" }
    }
    if (step.name === start) return { part, rule: "must not be called so: it stands for the start of the saga" }
    if (Personal.isAbout(step.command.Answer)) return { part, rule: personalRule("answer") }
    const compensation = step.compensation?._tag === "By" ? step.compensation : undefined
    const wrong =
      sendingProblem(part, step) ??
      (compensation === undefined ? undefined : sendingProblem(`the compensation of ${step.name}`, compensation))
    if (wrong !== undefined) return wrong
  }
  return undefined
}

const sendingProblem = (part: string, { breaker, command, outage, retry, timeLimit }: Sending): Problem | undefined => {
  if (Personal.isAbout(command.Refusal)) return { part, rule: personalRule("refusals") }
  if (!Number.isSafeInteger(retry.attempts) || retry.attempts < 1)
    return { part, rule: "must have at least one attempt" }
  if (!(retry.first >= 1) || !(retry.longest >= retry.first)) {
    return { part, rule: "must wait at least 1 ms between attempts, and at the longest no less than at first" }
  }
  if (!(retry.factor >= 1)) return { part, rule: "must not wait less each time" }
  if (!(timeLimit >= 1) || !Number.isFinite(timeLimit)) return { part, rule: "must have a time limit of at least 1 ms" }
  if (outage.every !== undefined && !(outage.every >= 1)) return { part, rule: "must wait at least 1 ms in an outage" }
  return breaker === "" ? { part, rule: "must name its breaker" } : undefined
}

const personalRule = (what: "answer" | "refusals"): string =>
  `must have a command whose ${what} tell${what === "answer" ? "s" : ""} nothing personal: they are kept in the saga's events`
