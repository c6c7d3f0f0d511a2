/**
 * Shows how far a long task has come, on standard error: a bar that moves on a terminal, now and then a line elsewhere.
 */
import { isatty } from "node:tty"
import { Clock, Context, Effect } from "effect"
import * as ProgressText from "./ProgressText.ts"

/** Where progress is shown. */
export interface Screen {
  /** Whether a line can be written over. */
  readonly terminal: boolean
  readonly columns: () => number
  readonly write: (text: string) => void
}

/** Where commands show their progress: standard error, unless something else is provided. */
export const CurrentScreen = Context.Reference<Screen>("@eventfold/cli/CurrentScreen", {
  defaultValue: () => ({
    terminal: isatty(process.stderr.fd),
    columns: () => process.stderr.columns ?? 80,
    write: (text) => void process.stderr.write(text)
  })
})

/** What to call with every step, and in the end. */
export interface ProgressReport {
  readonly step: (progress: ProgressText.Step) => Effect.Effect<void>
  /** Leaves the line of the bar. */
  readonly end: Effect.Effect<void>
}

/** A report on a screen: ten times a second at most on a terminal, elsewhere every five seconds. Complete tasks always show. */
export const make = (screen: Screen): ProgressReport => {
  const pause = screen.terminal ? 100 : 5000
  let begun: (Pick<ProgressText.Step, "task" | "of"> & { readonly at: number; readonly done: number }) | undefined
  let [shownAt, open, complete] = [0, false, false]
  const show = (progress: ProgressText.Step, now: number): void => {
    const seconds = begun === undefined ? 0 : (now - begun.at) / 1000
    const sight = { ...progress, seconds, doneHere: progress.done - (begun?.done ?? 0) }
    screen.write(
      screen.terminal ? `\r\u{1b}[2K${ProgressText.text(sight, screen.columns() - 1)}` : `${ProgressText.text(sight)}\n`
    )
    open = screen.terminal
    shownAt = now
  }
  const end = Effect.sync(() => {
    if (open) screen.write("\n")
    open = false
  })
  const step = Effect.fnUntraced(function* (progress: ProgressText.Step) {
    const now = yield* Clock.currentTimeMillis
    const { done, of = "events", task } = progress
    if (begun?.task !== task || begun.of !== of) {
      yield* end
      begun = { task, of, at: now, done }
      shownAt = now
      complete = false
    }
    const last = done >= progress.total
    if (last ? complete : now - shownAt < pause) return
    complete = last
    show(progress, now)
  })
  return { step, end }
}

/** Runs a task that tells its progress, on the current screen. */
export const show = <A, E, R>(
  task: (onProgress: ProgressReport["step"]) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.flatMap(CurrentScreen, (screen) => {
    const { end, step } = make(screen)
    return Effect.ensuring(task(step), end)
  })
