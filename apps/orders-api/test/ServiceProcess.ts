/** The service as a process of its own, as `npm start` runs it. */
import { Effect, Schema, type Scope } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const service = "../src/main.ts"

/** What the environment of a process holds in any case; nothing of ours. */
export const bare = { PATH: process.env["PATH"], NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] }

/** A running process. */
export interface ServiceProcess {
  /** What it has written to standard output so far. */
  readonly output: () => string
  /** What it has written to standard error so far. */
  readonly errors: () => string
  /** Waits until its output matches, and answers the match; fails when it ends before. */
  readonly until: (pattern: RegExp) => Effect.Effect<RegExpExecArray, ProcessEnded>
  readonly kill: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** Waits for its end: the exit code, or the signal that ended it. */
  readonly ended: Effect.Effect<number | NodeJS.Signals>
}

/** The process ended before it wrote what was waited for. */
export class ProcessEnded extends Schema.TaggedError<ProcessEnded>()("ProcessEnded", {
  output: Schema.String,
  errors: Schema.String
}) {
  override get message() {
    return `the service ended early: ${this.errors}${this.output}`
  }
}

/** A folder that is removed with the scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "orders-api-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

/** Starts the service, or another program of the app, with this environment; it is killed with the scope if it still runs. */
export const start = (
  env: Record<string, string>,
  program = service
): Effect.Effect<ServiceProcess, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url))], {
          env: { ...bare, ...env },
          stdio: "pipe"
        })
      ),
      (child) =>
        Effect.andThen(
          Effect.sync(() => child.kill("SIGKILL")),
          end(child)
        )
    ),
    observed
  )

const end = (child: ChildProcess): Effect.Effect<number | NodeJS.Signals> =>
  Effect.callback((resume) => {
    const done = () => resume(Effect.succeed(child.exitCode ?? child.signalCode ?? -1))
    if (child.exitCode !== null || child.signalCode !== null) return done()
    // `close` comes after the last of the output, `exit` may come before it.
    child.once("close", done)
  })

const observed = (child: ChildProcess): ServiceProcess => {
  let output = ""
  let errors = ""
  child.stdout?.setEncoding("utf8").on("data", (text: string) => void (output += text))
  child.stderr?.setEncoding("utf8").on("data", (text: string) => void (errors += text))
  return {
    output: () => output,
    errors: () => errors,
    until: (pattern) =>
      Effect.callback((resume) => {
        const look = () => {
          const match = pattern.exec(output)
          if (match !== null) resume(Effect.succeed(match))
        }
        const over = () => resume(Effect.fail(new ProcessEnded({ output, errors })))
        child.stdout?.on("data", look)
        child.once("close", over)
        look()
        if (child.exitCode !== null || child.signalCode !== null) over()
        return Effect.sync(() => {
          child.stdout?.off("data", look)
          child.off("close", over)
        })
      }),
    kill: (signal) => Effect.sync(() => void child.kill(signal)),
    ended: end(child)
  }
}

/** Starts the service on a free port and waits until it says where it is. */
export const startReady = Effect.fnUntraced(function* (env: Record<string, string>) {
  const service = yield* start({ PORT: "0", ...env })
  const [, url = ""] = yield* service.until(/"?\b(?:API|url"?:)\s*"?(http:\/\/[\w.:[\]]+)/u)
  return { ...service, url }
})
