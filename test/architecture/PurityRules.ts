/**
 * What a pure room keeps to: stable exports of `effect`, and nothing that reads or changes the world.
 *
 * Guarantees: checked for each member that is used (`Schema.String` is stable while `Schema.MacAddress` is not), for
 * imports of types as well. Gotcha: a module handed on as a whole cannot be checked, so that is refused too.
 */
import { Effect, type PlatformError } from "effect"
import { roomOf } from "./ImportRules.ts"
import { worldGlobals, worldMembers, worldModules } from "./rooms.ts"
import type { Source } from "./Source.ts"
import { type Export, Stability } from "./Stability.ts"
import type { Violation } from "./Violation.ts"
import type { Package, Workspace } from "./Workspace.ts"

/** Checks the sources of every pure room; their tests may use what they like. */
export const check = Effect.fn("PurityRules.check")(function* (
  workspace: Workspace
): Effect.fn.Return<ReadonlyArray<Violation>, PlatformError.PlatformError, Stability> {
  const pure = workspace.packages.filter(({ room }) => roomOf(room)?.outside === "stable effect")
  const found = yield* Effect.forEach(pure, checkPackage)
  return found.flat()
})

const checkPackage = Effect.fnUntraced(function* (owner: Package) {
  const sql = owner.files
    .filter(({ path }) => path.endsWith(".sql"))
    .map(({ path }): Violation => ({ file: path, rule: "no-world", message: `${owner.room} is pure: no SQL here` }))
  const sources = yield* Effect.forEach(owner.code, (source) => checkSource(owner.room, source))
  return [...sql, ...sources.flat()]
})

const checkSource = Effect.fnUntraced(function* (room: string, source: Source) {
  const { of } = yield* Stability
  const found = source.globals
    .filter(({ name }) => worldGlobals.has(name) || worldGlobals.has(name.split(".")[0] ?? name))
    .map(({ line, name }): Violation => {
      return { file: source.path, line, rule: "no-world", message: `uses "${name}": ${room} is pure, hand it in` }
    })
  for (const { specifier, taken } of source.imports) {
    for (const { line, path } of taken) {
      const used = yield* of(specifier, path)
      const problem = used && problemOf(room, used)
      if (problem) found.push({ file: source.path, line, ...problem })
    }
  }
  return found
})

const problemOf = (room: string, { level, module, name }: Export): Pick<Violation, "rule" | "message"> | undefined => {
  const taken = `imports "${module}", ${name === "*" ? "as a whole" : name}`
  const short = module.replace(/^effect\//u, "")
  if (worldModules.has(short) || worldMembers.some((pattern) => pattern.test(`${short}.${name}`))) {
    return { rule: "no-world", message: `${taken}: ${room} is pure, hand the value in` }
  }
  if (level === "stable" && name !== "*") return undefined
  const reason =
    name === "*"
      ? "take its members by name, so that each can be checked"
      : level === "undocumented"
        ? "its documentation does not say that it is stable"
        : `its documentation says that it is ${level}`
  return { rule: "stable-only", message: `${taken}: ${room} takes only stable exports of effect; ${reason}` }
}
