/** A PostgreSQL server of the test's own, whose files can be looked at: `TEST_DATABASE_URL` plays no part in it. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { Json } from "./Json.ts"

const program = fileURLToPath(new URL("../../../test/ServePostgres.ts", import.meta.url))

/** Starts the server that npm ships; it ends with the scope, and so do its files. */
export const start = Effect.gen(function* () {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] })),
    (running) =>
      Effect.promise(async () => {
        if (running.exitCode !== null) return
        const ended = once(running, "exit")
        running.stdin.end()
        await ended
      })
  )
  const first = createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  const line = yield* Effect.promise(() => first)
  const told = Json.parse(line.done === true ? "the server ended without a word" : line.value)
  return { url: told.text("url"), data: told.text("data") }
})
