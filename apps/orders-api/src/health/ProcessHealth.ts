/**
 * How the process managers are, as one part of the service: degraded while timers do not fire, while nobody can look for
 * processes that stand still, or while one stands still. It is never down: what is due fires once that is mended.
 *
 * Gotcha: a process that stands still is found by one node of all, and told by the health of that one.
 */
import { ProcessManagerRunner, ProcessMonitor, type StalledProcess, type TimerRunnerStatus } from "@eventfold/processes"
import { DateTime, Effect } from "effect"
import type { ComponentHealth } from "../http/HealthApi.ts"

/** What is known of them. */
export interface Findings {
  readonly timers: Pick<TimerRunnerStatus, "trouble">
  readonly monitor: Pick<TimerRunnerStatus, "trouble">
  /** Nothing has come to them for longer than they wait. */
  readonly silent: ReadonlyArray<Pick<StalledProcess, "manager" | "process" | "since">>
}

/** Asks for it. */
export const check = Effect.gen(function* () {
  const [runner, monitor] = [yield* ProcessManagerRunner, yield* ProcessMonitor]
  return Effect.map(Effect.all({ timers: runner.timers, monitor: monitor.status, silent: monitor.silent }), of)
})

/** How they are; what is wrong, and the first few of the processes that stand still. */
export const of = ({ monitor, silent, timers }: Findings): Omit<ComponentHealth, "responseMillis"> => {
  const details = [
    ...(timers.trouble === undefined ? [] : [`timers do not fire: ${timers.trouble}`]),
    ...(monitor.trouble === undefined ? [] : [`nobody looks for processes that stand still: ${monitor.trouble}`]),
    ...standingStill(silent)
  ]
  return details.length === 0 ? { status: "up" } : { status: "degraded", detail: details.join("; ") }
}

const standingStill = (silent: Findings["silent"]): ReadonlyArray<string> => {
  if (silent.length === 0) return []
  const named = silent
    .slice(0, mostNamed)
    .map(({ manager, process, since }) => `${manager} ${process} since ${DateTime.formatIso(since)}`)
  const more = silent.length > mostNamed ? ` and ${silent.length - mostNamed} more` : ""
  return [
    `${silent.length} ${silent.length === 1 ? "process makes" : "processes make"} no progress: ${named.join(", ")}${more}`
  ]
}

const mostNamed = 3
