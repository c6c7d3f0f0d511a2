/** Whether a saga has ended as it should, as seen by those who handle its commands. */
import { Saga } from "@eventfold/decider"
import { Effect } from "effect"
import { expect, expectEqual, type Violation } from "../Law.ts"
import { idsOf, type World } from "./World.ts"

/** Whether a saga that is over, or parked, has done and undone what it should. */
export const ending = Effect.fnUntraced(function* (saga: Saga.AnySaga, state: Saga.Started, world: World) {
  yield* expectEqual("contents that changed under one command id", world.changed, [])
  // What was refused and is asked again has another id in each round.
  const lastRound = Math.max(0, ...state.steps.map(({ round }) => round))
  const rounds = Array.from({ length: lastRound + 1 }, (_, round) => idsOf(saga, state, round))
  const ids = new Map(rounds.flat().map(({ action, id, step }) => [id, { action, step }]))
  const foreign = world.taken.filter(({ commandId }) => !ids.has(commandId))
  yield* expectEqual("commands under an id that belongs to no step", foreign, [])
  const effects = world.taken.flatMap(({ commandId }) => ids.get(commandId) ?? [])
  yield* expect(new Set(effects).size === effects.length, "a command must take effect once at the most")

  const names = (action: Saga.Action) => effects.filter((effect) => effect.action === action).map(({ step }) => step)
  const [done, undone] = [names("execute"), names("compensate")]
  const steps = saga.steps.map(({ name }) => name)
  yield* expectEqual("what took effect, in the order of the steps", done, inOrder(steps, done))
  if (state.status === "completed") {
    const answered = saga.steps.filter(({ name }) => done.includes(name) || isTakenForAnswer(state, name))
    yield* expectEqual("the steps of a saga that is completed", answered, saga.steps)
    return yield* expectEqual("what was undone of a saga that is completed", undone, [])
  }
  const undoing = [...steps.toReversed(), Saga.start]
  // What is down is passed over meanwhile.
  const inTurn = undone.filter((step) => !mayWait(saga, step))
  yield* expectEqual("what was undone, in reverse", inTurn, inOrder(undoing, inTurn))
  if (state.status === "compensated") {
    const due = saga.steps
      .filter(({ compensation, name }) => compensation?._tag === "By" && done.includes(name))
      .map(({ name }) => name)
    yield* expectEqual(
      "what was to be undone and was not",
      due.filter((step) => !undone.includes(step)),
      []
    )
    return yield* expect(saga.undo._tag === "Nothing" || undone.includes(Saga.start), "the start must be undone")
  }
  yield* expectEqual("the end of a saga", state.status, "parked")
  const stuck = [...state.steps, ...state.compensations].filter(
    ({ status }) => status === "failed" || status === "refused"
  )
  yield* expect(stuck.length > 0, "a saga that is parked must say what a person has to decide about")
  const begun = state.compensations.map(({ step }) => step)
  // One that cannot be undone must not keep the others from being undone.
  if (begun.length > 0) {
    const all = undoing.filter((step) => mustUndo(saga, state, step))
    yield* expectEqual("the compensations that were tried", begun, all)
  }
})

/** Whether a parked saga that was tried again, with everything working, is over. */
export const retried = ({ status }: Saga.Started): Effect.Effect<void, Violation> =>
  expect(status === "completed" || status === "compensated", `a saga that is tried again must end, but it is ${status}`)

const inOrder = (order: ReadonlyArray<string>, found: ReadonlyArray<string>): ReadonlyArray<string> =>
  order.filter((step) => found.includes(step))

/** Whether the compensation of a step may wait for what is down. */
const mayWait = ({ steps, undo }: Saga.AnySaga, step: string): boolean => {
  const compensation = step === Saga.start ? undo : steps.find(({ name }) => name === step)?.compensation
  if (compensation?._tag !== "By") return false
  return compensation.breaker !== undefined || compensation.outage.exhausted === "waits"
}

const isTakenForAnswer = (state: Saga.Started, step: string): boolean =>
  state.steps.some((work) => work.step === step && work.refusal !== undefined && work.status === "done")

const mustUndo = (saga: Saga.AnySaga, state: Saga.Started, step: string): boolean => {
  if (step === Saga.start) return saga.undo._tag === "By"
  const work = state.steps.find((one) => one.step === step)
  const declared = saga.steps.find(({ name }) => name === step)
  return declared?.compensation?._tag === "By" && Saga.isToUndo(declared, work)
}
