/**
 * The unstable exports of Effect's packages that a package uses, in one place each: its `unstable.json`.
 *
 * The list says what to look at when Effect is upgraded. It is written by `npm run unstable` and never by hand; the
 * check refuses a list that misses something as well as one that names something no longer used.
 */
import { Effect, Option, type PlatformError } from "effect"
import { roomOf } from "./ImportRules.ts"
import { Stability } from "./Stability.ts"
import type { Violation } from "./Violation.ts"
import type { Package, Workspace } from "./Workspace.ts"

/** Per module, the names used of it, both sorted; `*` when a module is used as a whole. */
export type List = Readonly<Record<string, ReadonlyArray<string>>>

/** The packages that have a list: all but the pure ones, which use no unstable export. */
export const listed = (workspace: Workspace): ReadonlyArray<Package> =>
  workspace.packages.filter(({ room }) => roomOf(room)?.outside !== "stable effect")

/** What the shipped sources of a package use. */
export const used = Effect.fn("UnstableExports.used")(function* (
  owner: Package
): Effect.fn.Return<List, PlatformError.PlatformError, Stability> {
  const { of } = yield* Stability
  const found = new Map<string, Set<string>>()
  for (const { specifier, taken } of owner.code.flatMap(({ imports }) => imports)) {
    for (const { path } of taken) {
      const taking = yield* of(specifier, path)
      if (taking === undefined || taking.level === "stable") continue
      found.set(taking.module, (found.get(taking.module) ?? new Set()).add(taking.name))
    }
  }
  const modules = [...found].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(modules.map(([module, names]) => [module, [...names].toSorted()]))
})

/** The text of a list as the formatter leaves it: one line per module where the line is not too long. */
export const print = (list: List): string => {
  const lines = Object.entries(list).map(([module, names]) => {
    const line = `  ${JSON.stringify(module)}: [${names.map((name) => JSON.stringify(name)).join(", ")}]`
    if (line.length < lineWidth) return line
    return `  ${JSON.stringify(module)}: [\n${names.map((name) => `    ${JSON.stringify(name)}`).join(",\n")}\n  ]`
  })
  return lines.length === 0 ? "{}\n" : `{\n${lines.join(",\n")}\n}\n`
}

const lineWidth = 120

/** Compares every list with what is used. */
export const check = Effect.fn("UnstableExports.check")(function* (
  workspace: Workspace
): Effect.fn.Return<ReadonlyArray<Violation>, PlatformError.PlatformError, Stability> {
  const found = yield* Effect.forEach(listed(workspace), (owner) =>
    Effect.map(used(owner), (uses) => {
      const has = flatten(Option.getOrElse(owner.unstable, () => ({})))
      const needs = flatten(uses)
      const missing = quoted([...needs].filter((name) => !has.has(name)))
      const stale = quoted([...has].filter((name) => !needs.has(name)))
      return [
        ...(missing === "" ? [] : [`misses what is used: ${missing}`]),
        ...(stale === "" ? [] : [`names what is not used: ${stale}`])
      ].map((problem): Violation => ({
        file: `${owner.folder}/unstable.json`,
        rule: "unstable-list",
        message: `${problem}. Run "npm run unstable"`
      }))
    })
  )
  return found.flat()
})

const quoted = (names: ReadonlyArray<string>): string => names.map((name) => `"${name}"`).join(", ")

const flatten = (list: List): ReadonlySet<string> =>
  new Set(Object.entries(list).flatMap(([module, names]) => names.map((name) => `${module} ${name}`)))
