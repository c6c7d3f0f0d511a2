/** Runs a program of `fixtures/` as a process of its own. The test and the program talk by lines; nobody sleeps. */
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import { Effect, type Scope } from "effect"

/** A running program; killed with the scope. */
export interface Fixture {
  /** Gives it a line to read. */
  readonly tell: (line: string) => Effect.Effect<void>
  /** The next line it prints. Dies when the program ends without one. */
  readonly line: Effect.Effect<string>
  /** Every further line it prints until it ends. */
  readonly rest: Effect.Effect<ReadonlyArray<string>>
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** How it ended: its exit code, or the signal that killed it. */
  readonly end: Effect.Effect<number | NodeJS.Signals | null>
  /** What it printed as errors so far. */
  readonly complaints: () => string
}

/** Starts `fixtures/<name>.ts`. */
export const start = (name: string, ...parameters: ReadonlyArray<string>) => startIn({}, name, ...parameters)

/** The same, with variables beside those of this environment. */
export const startIn = Effect.fnUntraced(function* (
  variables: Readonly<Record<string, string>>,
  name: string,
  ...parameters: ReadonlyArray<string>
): Effect.fn.Return<Fixture, never, Scope.Scope> {
  const path = join(import.meta.dirname, "fixtures", `${name}.ts`)
  const child: ChildProcessByStdio<Writable, Readable, Readable> = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [path, ...parameters], {
        env: { ...process.env, ...variables },
        stdio: ["pipe", "pipe", "pipe"]
      })
    ),
    (running) => Effect.sync(() => running.kill("SIGKILL"))
  )
  let complaints = ""
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()))
  const ended = once(child, "exit")
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string | undefined> => {
    const { done, value } = await lines.next()
    return done === true ? undefined : value
  }
  return {
    tell: (line) => Effect.sync(() => void child.stdin.write(`${line}\n`)),
    line: Effect.promise(async () => {
      const line = await next()
      if (line === undefined) throw new Error(`${name} ended without a word. ${complaints}`)
      return line
    }),
    rest: Effect.promise(async () => {
      const rest: Array<string> = []
      for (let line = await next(); line !== undefined; line = await next()) rest.push(line)
      return rest
    }),
    signal: (signal) => Effect.sync(() => void child.kill(signal)),
    end: Effect.promise(async () => {
      await ended
      return child.exitCode ?? child.signalCode
    }),
    complaints: () => complaints
  }
})
