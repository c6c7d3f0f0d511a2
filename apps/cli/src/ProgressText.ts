/** How far a long task has come, as one line for people. */
import type { Progress } from "@eventfold/postgres"
import { count, progressLine } from "@eventfold/subscriptions/ProgressLine"

/** How far a task is: one of the database's, or a command's own. */
export interface Step extends Omit<Progress, "task" | "of"> {
  readonly task: Progress["task"] | "searching" | "wrapping" | "rebuilding"
  /** What is counted. Default: events. */
  readonly of?: Progress["of"] | "keys" | "positions"
}

/** What a line says. */
export interface Sight extends Step {
  /** Since the task began; in it `doneHere` events were done, by this run of it. */
  readonly seconds: number
  readonly doneHere: number
}

/** A line with a bar, for a terminal of so many columns, or without one, for a file. */
export const text = (sight: Sight, columns?: number): string => {
  const { done, task, total } = sight
  const perSecond = sight.seconds > 0 ? sight.doneHere / sight.seconds : 0
  const secondsLeft = perSecond > 0 ? (total - done) / perSecond : undefined
  return progressLine({ task, done, total, all: all(sight), perSecond, secondsLeft }, columns)
}

const all = ({ of = "events", total }: Sight): string =>
  of === "events" ? events(total) : `${count(total)} ${of === "others" ? "beside them" : of}`

/** So many events. */
export const events = (number: number): string => `${count(number)} ${number === 1 ? "event" : "events"}`
