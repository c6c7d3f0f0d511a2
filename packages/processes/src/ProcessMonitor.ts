/**
 * Looks for processes nothing comes to any more, every minute, and tells them.
 *
 * A process says how long it may stand still (`patience`), counted from what came last or from the last of its timers,
 * whichever is later. One that stands still for longer is given `ProcessStalled` as an input: it decides what to do, and
 * its stream says so. After that it is looked at again when another `patience` has gone by.
 *
 * Guarantees: of all nodes one tells a process, once each time. What this node found last is kept for a report, the last
 * hundred at most.
 */
import { Transaction } from "@eventfold/event-store"
import { Context, type Duration, Effect, Layer } from "effect"
import type { StalledProcess } from "./ManagedProcess.ts"
import { ProcessManagerRunner } from "./ProcessManagerRunner.ts"
import * as TimerRunner from "./TimerRunner.ts"
import type { Timers } from "./Timers.ts"

/** How processes are watched. */
export interface MonitorOptions {
  /** How often it looks. Default: 1 minute. */
  readonly every?: Duration.Input
}

/** Looks for processes nothing comes to any more. */
export class ProcessMonitor extends Context.Service<
  ProcessMonitor,
  {
    /** What was found last, the newest first: a hundred at most. */
    readonly stalled: Effect.Effect<ReadonlyArray<StalledProcess>>
    /** Those of them nothing has come to since, each once. One that cannot be read is among them: that comes of nothing. */
    readonly silent: Effect.Effect<ReadonlyArray<StalledProcess>>
    /** How the looking goes. */
    readonly status: Effect.Effect<TimerRunner.TimerRunnerStatus>
  }
>()("@eventfold/processes/ProcessMonitor") {
  /** Watches the processes of the process managers that run, for as long as the layer lives. */
  static readonly layer = ({ every = "1 minute" }: MonitorOptions = {}): Layer.Layer<
    ProcessMonitor,
    never,
    ProcessManagerRunner | Timers | Transaction
  > =>
    Layer.effect(
      ProcessMonitor,
      Effect.gen(function* () {
        const runner = yield* ProcessManagerRunner
        let found: ReadonlyArray<StalledProcess> = []
        const watches = yield* TimerRunner.make({
          purpose: "watch",
          managers: runner.managers,
          longestSleep: every,
          wakes: false,
          fire: Effect.fnUntraced(function* (watch) {
            const stalled = yield* runner.stall(watch)
            if (stalled === undefined) return
            yield* Transaction.afterCommit(
              Effect.suspend(() => {
                found = [stalled, ...found].slice(0, most)
                const { manager, process, tenant } = stalled
                return Effect.logWarning(`process ${tenant}/${manager}/${process} makes no progress`)
              })
            )
          })
        })
        yield* Effect.forkScoped(watches.run)
        const isSilent = ({ manager, process, tenant, version }: StalledProcess) =>
          runner.standing(manager, tenant, process).pipe(
            Effect.map((standing) => standing.status === "running" && standing.version <= version),
            Effect.orElseSucceed(() => true)
          )
        return {
          stalled: Effect.sync(() => found),
          silent: Effect.suspend(() => Effect.filter(newestOfEach(found), isSilent, { concurrency: 8 })),
          status: watches.status
        }
      })
    )
}

const newestOfEach = (found: ReadonlyArray<StalledProcess>) =>
  found.filter(
    (one, place) =>
      found.findIndex(
        ({ manager, process, tenant }) => manager === one.manager && process === one.process && tenant === one.tenant
      ) === place
  )

/** How many stalled processes are remembered. */
const most = 100
