/** A rebuild as one line for people, with a bar where the terminal is wide enough. */
import type { RebuildProgress } from "./RebuildProgress.ts"

/** A line for a terminal of so many columns, or without a bar, for a file. */
export const rebuildText = (name: string, progress: RebuildProgress, columns?: number): string => {
  const { done, perSecond, secondsLeft, total } = progress
  const share = total === 0 ? 1 : done / total
  const facts = [
    `${Math.floor(share * 100)} %`.padStart(5),
    `${count(done)} of ${count(total)} positions`,
    `${count(Math.round(perSecond))} per second`,
    ...(secondsLeft === undefined || secondsLeft === 0 ? [] : [`${duration(secondsLeft)} left`])
  ].join(", ")
  const task = `rebuilding ${name}`
  if (columns === undefined) return `${task}: ${facts.trim()}`
  const width = Math.min(columns - task.length - facts.length - 4, 40)
  if (width < 5) return `${task} ${facts}`.slice(0, columns)
  const full = Math.round(share * width)
  return `${task} [${"#".repeat(full)}${".".repeat(width - full)}] ${facts}`
}

const count = (number: number): string => number.toLocaleString("en-GB")

const duration = (seconds: number): string => {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
