/** Every rule of the architecture, applied to the repository as a value. */
import { Effect, type PlatformError } from "effect"
import * as FileRules from "./FileRules.ts"
import * as ImportRules from "./ImportRules.ts"
import * as ManifestRules from "./ManifestRules.ts"
import * as PurityRules from "./PurityRules.ts"
import type { Stability } from "./Stability.ts"
import * as UnstableExports from "./UnstableExports.ts"
import { render, type Violation } from "./Violation.ts"
import type { Workspace } from "./Workspace.ts"

/** All broken rules, by file and line. */
export const check = Effect.fn("Architecture.check")(function* (
  workspace: Workspace
): Effect.fn.Return<ReadonlyArray<Violation>, PlatformError.PlatformError, Stability> {
  const found = [
    ...ImportRules.check(workspace),
    ...(yield* PurityRules.check(workspace)),
    ...(yield* UnstableExports.check(workspace)),
    ...ManifestRules.check(workspace),
    ...FileRules.check(workspace)
  ]
  found.sort((one, other) => compare(one.file, other.file) || (one.line ?? 0) - (other.line ?? 0))
  // A line that uses the same member twice is one mistake.
  return [...new Map(found.map((violation) => [render(violation), violation])).values()]
})

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)
