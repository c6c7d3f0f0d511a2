/** What a saga can go through: as data for a page, and as a Mermaid state diagram. It follows from the saga value alone. */
import type { AnySaga, Compensation, Outage, Retry } from "./SagaShape.ts"

/** One step, as far as a page shows it. */
export interface SagaDiagramStep {
  readonly name: string
  /** The name of its command. */
  readonly command: string
  /** The name of the command that undoes it, or why none is needed; absent from the pivot on. */
  readonly compensation?: string
  readonly undoes: boolean
  readonly retry: Retry
  /** In milliseconds. */
  readonly timeLimit: number
  readonly breaker: string | undefined
  /** How long it waits for what is down; in milliseconds. `every`: as often as the breaker says when undefined. */
  readonly outage: Outage
  /** Whether there are refusals that are asked again. */
  readonly asksAgain: boolean
}

/** What a saga can go through. */
export interface SagaDiagram {
  readonly name: string
  readonly version: number
  readonly steps: ReadonlyArray<SagaDiagramStep>
  /** The number of steps that can be undone: behind them it only goes forward. */
  readonly pivot: number
  /** What undoes the start: a command, or why none is needed. */
  readonly undo: string
}

const textOf = (compensation: Compensation): string =>
  compensation._tag === "By" ? compensation.command.name : compensation.why

/** What a saga can go through, as data. */
export const ofSaga = ({ name, pivot, steps, undo, version }: AnySaga): SagaDiagram => ({
  name,
  version,
  pivot,
  undo: textOf(undo),
  steps: steps.map(({ asksAgain, breaker, command, compensation, name, outage, retry, timeLimit }) => ({
    name,
    command: command.name,
    ...(compensation === undefined ? {} : { compensation: textOf(compensation) }),
    undoes: compensation?._tag === "By",
    retry,
    timeLimit,
    breaker,
    outage,
    asksAgain
  }))
})

/** The text of a Mermaid state diagram of a saga. */
export const mermaidOfSaga = (saga: AnySaga): string => {
  const steps = saga.steps.map(({ asksAgain, command, compensation, name, undoneWhenRefused }, index) => ({
    id: `step${index + 1}`,
    undoId: `undo${index + 1}`,
    name,
    command: shortName(command.name),
    asksAgain,
    undoneWhenRefused,
    undo: compensation?._tag === "By" ? shortName(compensation.command.name) : undefined
  }))
  const undoing = [
    ...steps.toReversed().flatMap(({ name, undo, undoId }) => (undo === undefined ? [] : [{ undoId, name, undo }])),
    ...(saga.undo._tag === "By" ? [{ undoId: "undo0", name: "start", undo: shortName(saga.undo.command.name) }] : [])
  ]
  const lines = steps.map(({ command, id, name }) => `${id} : ${name} (${command})`)
  for (const { name, undo, undoId } of undoing) lines.push(`${undoId} : undo ${name} (${undo})`)
  for (const [index, { asksAgain, id, undoId, undo, undoneWhenRefused }] of steps.entries()) {
    lines.push(`${index === 0 ? "[*]" : (steps[index - 1]?.id ?? "")} --> ${id}${index === 0 ? "" : " : answered"}`)
    if (asksAgain) lines.push(`${id} --> ${id} : refused, asked again`)
    if (index >= saga.pivot) {
      lines.push(`${id} --> ${id} : failed, tried again`, `${id} --> parked : refused`)
      continue
    }
    // What was refused has done nothing, so undoing begins before it.
    const before = nextUndo(undoing, steps, index - 1)
    const own = undo === undefined ? before : undoId
    lines.push(
      ...(own === before || undoneWhenRefused
        ? [`${id} --> ${own} : refused or failed`]
        : [`${id} --> ${own} : failed`, `${id} --> ${before} : refused`])
    )
  }
  lines.push(`${steps.at(-1)?.id ?? "[*]"} --> completed : answered`)
  for (const [index, { undoId }] of undoing.entries()) {
    lines.push(`${undoId} --> ${undoing[index + 1]?.undoId ?? "compensated"}`)
  }
  const last = undoing.at(-1)
  if (last !== undefined) lines.push(`${last.undoId} --> parked : when something could not be undone`)
  lines.push("completed --> [*]", "compensated --> [*]")
  return ["stateDiagram-v2", ...lines.map((line) => `  ${line}`), ""].join("\n")
}

/** Where undoing begins when everything up to a step has been done. */
const nextUndo = (
  undoing: ReadonlyArray<{ readonly undoId: string }>,
  steps: ReadonlyArray<{ readonly undoId: string; readonly undo: string | undefined }>,
  last: number
): string =>
  steps.slice(0, last + 1).findLast(({ undo }) => undo !== undefined)?.undoId ??
  (undoing.some(({ undoId }) => undoId === "undo0") ? "undo0" : "compensated")

const shortName = (command: string): string => command.slice(command.indexOf(".") + 1)
