/** How far a long task has come, as one line for people. */
import type { Progress } from "@eventfold/postgres"

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
  const share = total === 0 ? 1 : Math.min(done / total, 1)
  const rate = sight.seconds > 0 ? sight.doneHere / sight.seconds : 0
  const left = rate > 0 ? (total - done) / rate : undefined
  const facts = [
    `${Math.floor(share * 100)} %`.padStart(5),
    `${count(done)} of ${all(sight)}`,
    `${count(Math.round(rate))} per second`,
    ...(left === undefined || done >= total ? [] : [`${duration(left)} left`])
  ].join(", ")
  if (columns === undefined) return `${task}: ${facts.trim()}`
  const width = Math.min(columns - task.length - facts.length - 4, 40)
  if (width < 5) return `${task} ${facts}`.slice(0, columns)
  const full = Math.round(share * width)
  return `${task} [${"#".repeat(full)}${".".repeat(width - full)}] ${facts}`
}

const all = ({ of = "events", total }: Sight): string =>
  of === "events" ? events(total) : `${count(total)} ${of === "others" ? "beside them" : of}`

const count = (number: number): string => number.toLocaleString("en-GB")

/** So many events. */
export const events = (number: number): string => `${count(number)} ${number === 1 ? "event" : "events"}`

const duration = (seconds: number): string => {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
