/** How far a long task has come, as one line for people, with a bar where the terminal is wide enough. */

/** How far a task has come. */
export interface TaskProgress {
  readonly task: string
  readonly done: number
  readonly total: number
  /** All there is, such as `1,000 events`. */
  readonly all: string
  readonly perSecond: number
  /** Undefined when nobody can tell. */
  readonly secondsLeft: number | undefined
}

/** A line for a terminal of so many columns, or without a bar, for a file. */
export const progressLine = (
  { all, done, perSecond, secondsLeft, task, total }: TaskProgress,
  columns?: number
): string => {
  const share = total === 0 ? 1 : Math.min(done / total, 1)
  const facts = [
    `${Math.floor(share * 100)} %`.padStart(5),
    `${count(done)} of ${all}`,
    `${count(Math.round(perSecond))} per second`,
    ...(secondsLeft === undefined || done >= total ? [] : [`${duration(secondsLeft)} left`])
  ].join(", ")
  if (columns === undefined) return `${task}: ${facts.trim()}`
  const width = Math.min(columns - task.length - facts.length - 4, 40)
  if (width < 5) return `${task} ${facts}`.slice(0, columns)
  const full = Math.round(share * width)
  return `${task} [${"#".repeat(full)}${".".repeat(width - full)}] ${facts}`
}

/** A number for people: `1,000`. */
export const count = (number: number): string => number.toLocaleString("en-GB")

const duration = (seconds: number): string => {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
