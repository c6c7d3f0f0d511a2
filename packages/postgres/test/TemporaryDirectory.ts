/** A directory of its own for a test, removed with the scope. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, type Scope } from "effect"

/** The path of a new, empty directory. */
export const temporaryDirectory: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "eventfold-test-"))),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)
