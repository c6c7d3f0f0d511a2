/**
 * A program that runs as a process of its own and can be killed, stopped and started again: what it writes is told line by
 * line, and an end nobody has asked for is told too.
 *
 * Guarantees: it has no terminal, so Ctrl-C reaches whoever started it and not it; it is killed when this process ends in
 * order. Gotcha: it outlives a `kill -9` of this process.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { type Duration, Effect } from "effect"

/** How a process ended: its exit code, or the signal that ended it. */
export type Ending = number | string

/** What is run, and who hears of it. */
export interface SupervisedOptions {
  readonly name: string
  readonly command: string
  readonly parameters: ReadonlyArray<string>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** How long it may take to stop before it is killed. */
  readonly stopWithin: Duration.Duration
  /** Told of every line it writes. */
  readonly say: (line: string) => void
  /** Told of an end nobody had asked for. */
  readonly onEnd: (ending: Ending) => void
}

/** A program that runs, or not. */
export interface Supervised {
  readonly name: string
  /** Starts it, unless it runs. */
  readonly start: Effect.Effect<void>
  /** The same after an end that nobody had asked for; nothing when it was stopped since. */
  readonly startAgain: Effect.Effect<void>
  /** Sends it a signal; what comes of it counts as an end nobody asked for. Answers once it is gone, if the signal ends it. */
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** Has it stop, and waits for that. Answers false when it had to be killed. */
  readonly stop: Effect.Effect<boolean>
  /** The id of its process, while it runs. */
  readonly pid: () => number | undefined
}

interface Running {
  readonly child: ChildProcess
  readonly over: Promise<Ending>
}

/** The processes that run: what ends in order takes them along. */
const living = new Set<ChildProcess>()
process.once("exit", () => {
  for (const child of living) child.kill("SIGKILL")
})

/** Signals that no process survives. */
const deadly: ReadonlySet<NodeJS.Signals> = new Set(["SIGKILL"])

/** A program, which does not run yet. */
export const make = (options: SupervisedOptions): Supervised => {
  let running: Running | undefined
  let isWanted = false

  const launch = () => {
    isWanted = true
    if (running !== undefined) return
    // A session of its own: what a terminal tells its group does not reach it.
    const child = spawn(options.command, options.parameters, {
      env: options.environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true
    })
    living.add(child)
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", options.say)
    const over = new Promise<Ending>((resolve) => {
      const end = (ending: Ending) => {
        if (!living.delete(child)) return
        running = undefined
        resolve(ending)
        if (isWanted) options.onEnd(ending)
      }
      child.once("error", (error) => end(error.message))
      // `close` comes after the last line, `exit` may come before it.
      child.once("close", (code, signal) => end(signal ?? code ?? -1))
    })
    running = { child, over }
  }

  const end = ({ child, over }: Running, signal: NodeJS.Signals) => {
    child.kill(signal)
    return over
  }

  return {
    name: options.name,
    start: Effect.sync(launch),
    startAgain: Effect.sync(() => {
      if (isWanted) launch()
    }),
    signal: (signal) =>
      Effect.promise(async () => {
        if (running === undefined) return
        const over = end(running, signal)
        if (deadly.has(signal)) await over
      }),
    stop: Effect.suspend(() => {
      isWanted = false
      const found = running
      if (found === undefined) return Effect.succeed(true)
      return Effect.timeoutOrElse(
        Effect.map(
          Effect.promise(() => end(found, "SIGTERM")),
          () => true
        ),
        {
          duration: options.stopWithin,
          orElse: () =>
            Effect.map(
              Effect.promise(() => end(found, "SIGKILL")),
              () => false
            )
        }
      )
    }),
    pid: () => running?.child.pid
  }
}
