/**
 * Where an import may point: rooms, published languages, exports, and what a package.json declares.
 *
 * All of it is decided from the specifier and the table in `rooms.ts`; nothing is resolved on disk but the `exports` of
 * our own packages.
 */
import { type Room, rooms, testsMayImport } from "./rooms.ts"
import type { Import, Source } from "./Source.ts"
import type { Rule, Violation } from "./Violation.ts"
import type { Manifest, Package, Workspace } from "./Workspace.ts"

/** Whether a name fits a pattern; its one `*`, if it has one, stands for any run of characters. */
const fits = (pattern: string, name: string): boolean => {
  const [before = "", after] = pattern.split("*")
  if (after === undefined) return pattern === name
  return name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after)
}

/** The line of the table for a folder below `packages/` or `apps/`. */
export const roomOf = (folder: string): Room | undefined => rooms.find(({ name }) => fits(name, folder))

/** Everything the table lets a room import, by itself or by way of the rooms it may import. */
export const reach = (mayImport: ReadonlyArray<string>): ReadonlySet<string> => {
  const found = new Set<string>()
  const follow = (pattern: string) => {
    if (found.has(pattern)) return
    found.add(pattern)
    const room = pattern.includes("*") ? undefined : roomOf(pattern)
    for (const next of room?.mayImport ?? []) follow(next)
  }
  mayImport.forEach(follow)
  return found
}

/** The package name of a specifier, and the module inside it: `@eventfold/decider/Decider` is [`…/decider`, `Decider`]. */
const split = (specifier: string): readonly [name: string, module: string] => {
  const parts = specifier.split("/")
  const length = specifier.startsWith("@") ? 2 : 1
  return [parts.slice(0, length).join("/"), parts.slice(length).join("/")]
}

/** Checks every import of the repository. */
export const check = (workspace: Workspace): ReadonlyArray<Violation> => {
  const byName = new Map(workspace.packages.map((found) => [found.manifest.name, found]))
  const isOurs = ({ specifier }: Import) => byName.has(split(specifier)[0])
  const packages = workspace.packages.flatMap((owner) => {
    const room = roomOf(owner.room)
    if (room === undefined) return [unknown(owner)]
    const allowed = reach(room.mayImport)
    const allowedInTests = new Set([...allowed, ...reach(testsMayImport)])
    const place = `${owner.folder}/package.json`
    const code = each(owner.code, (source, imports) => [
      ...insideOwn(owner.folder, source, imports),
      ...ours(byName, owner, allowed, imports),
      ...(isOurs(imports) ? [] : theirs(room, imports)),
      ...declared(place, [owner.manifest], imports, true)
    ])
    // What tests use, the root may declare for all; our own packages are there without being declared.
    const tests = each(owner.tests, (source, imports) => [
      ...insideOwn(owner.folder, source, imports),
      ...ours(byName, owner, allowedInTests, imports),
      ...(isOurs(imports) ? [] : declared(place, [owner.manifest, workspace.manifest], imports, false))
    ])
    return [...code, ...tests]
  })
  const own = each(workspace.own.code, (source, imports) => [
    ...insideOwn("", source, imports),
    ...exported(byName.get(split(imports.specifier)[0]), imports),
    ...(isOurs(imports) ? [] : declared("package.json", [workspace.manifest], imports, false))
  ])
  return [...packages, ...own]
}

type Finding = readonly [rule: Rule, message: string]

const each = (
  sources: ReadonlyArray<Source>,
  find: (source: Source, imports: Import) => ReadonlyArray<Finding>
): ReadonlyArray<Violation> =>
  sources.flatMap((source) =>
    source.imports.flatMap((imports) =>
      find(source, imports).map(([rule, message]) => ({
        file: source.path,
        line: imports.line,
        rule,
        message: `imports "${imports.specifier}": ${message}`
      }))
    )
  )

const unknown = (owner: Package): Violation => ({
  file: `${owner.folder}/package.json`,
  rule: "room",
  message: `${owner.room} is not in the table of rooms: give it a line in test/architecture/rooms.ts`
})

/** Relative imports: inside the folder of the package (for the root: outside of every package), with a real file name. */
const insideOwn = (folder: string, source: Source, { specifier }: Import): ReadonlyArray<Finding> => {
  if (!specifier.startsWith(".")) return []
  const target = resolve(source.path, specifier)
  // How tests are run is the same everywhere, and no part of what a package is.
  if (target === "vitest.shared.ts" && source.path.endsWith("/vitest.config.ts")) return []
  const leaves =
    folder === "" ? /^(packages|apps)\//u.test(target) || target.startsWith("..") : !target.startsWith(`${folder}/`)
  return [
    ...(leaves
      ? [["stays-inside", "a relative import stays inside its package; use the other package's name"] as const]
      : []),
    ...(/\.(ts|tsx|mts|mjs|json)$/u.test(specifier)
      ? []
      : [["ts-extension", "a relative import names the source file, ending in .ts"] as const])
  ]
}

/** Imports of our own packages: as the table says, and by their exports. */
const ours = (
  byName: ReadonlyMap<string, Package>,
  owner: Package,
  allowed: ReadonlySet<string>,
  imports: Import
): ReadonlyArray<Finding> => {
  const [name, module] = split(imports.specifier)
  const target = byName.get(name)
  if (target === undefined || target === owner) return exported(target, imports)
  if (allows(allowed, target.room, module)) return exported(target, imports)
  const partly = [...allowed].filter((pattern) => pattern.includes("/") && fits(split(pattern)[0], target.room))
  if (partly.length > 0) {
    const modules = partly.map((pattern) => `${name}/${split(pattern)[1]}`).join(" or ")
    return [["published-only", `${owner.room} may import only ${modules} of another context`]]
  }
  const list = [...allowed].toSorted().join(", ")
  return [["room", `${owner.room} may import ${list === "" ? "no other package" : `only ${list}`}`]]
}

const allows = (allowed: ReadonlySet<string>, room: string, module: string): boolean =>
  Array.from(allowed).some((pattern) => {
    const [roomPattern, modulePattern] = split(pattern)
    return fits(roomPattern, room) && (modulePattern === "" || fits(modulePattern, module))
  })

/** Whether the exports of one of our packages lead to a source that exists. */
const exported = (target: Package | undefined, { specifier }: Import): ReadonlyArray<Finding> => {
  if (target === undefined) return []
  const [, module] = split(specifier)
  const path = exportOf(target.manifest, module)
  const exists = path !== undefined && target.files.some((file) => file.path === `${target.folder}/${path}`)
  return exists ? [] : [["exports-only", `${target.manifest.name} exports no such module`]]
}

/** The file a manifest's exports give for a module, relative to the package; the longest fitting key decides. */
const exportOf = ({ exports = {} }: Manifest, module: string): string | undefined => {
  const wanted = module === "" ? "." : `./${module}`
  const keys = Object.keys(exports).filter((key) => fits(key, wanted))
  const [key] = keys.toSorted((one, other) => other.length - one.length)
  const target = key === undefined ? undefined : exports[key]
  if (key === undefined || target === undefined || target === null) return undefined
  const [before = "", after = ""] = key.split("*")
  const star = wanted.slice(before.length, wanted.length - after.length)
  return target.replaceAll("*", star).replace(/^\.\//u, "")
}

/** Imports from outside the repository, as the room allows. */
const theirs = (room: Room, { specifier }: Import): ReadonlyArray<Finding> =>
  specifier.startsWith(".") || room.outside === "declared" || split(specifier)[0] === "effect"
    ? []
    : [["outside", `from outside the repository, ${room.name} may import only ${outsideNames[room.outside]}`]]

const outsideNames = { "stable effect": "stable exports of effect", effect: "effect", declared: "what it declares" }

/** Imports that no package.json answers for. What is shipped needs more than a development dependency. */
const declared = (
  place: string,
  manifests: ReadonlyArray<Manifest>,
  { specifier }: Import,
  shipped: boolean
): ReadonlyArray<Finding> => {
  const [name] = split(specifier)
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return []
  const known = manifests.some(
    ({ dependencies, devDependencies, name: own, optionalDependencies, peerDependencies }) =>
      name === own ||
      name in { ...dependencies, ...optionalDependencies, ...peerDependencies, ...(shipped ? {} : devDependencies) }
  )
  return known ? [] : [["declared", `declare ${name} in ${place}`]]
}

/** Resolves a relative specifier against the file it stands in; a path that leaves the repository starts with `..`. */
const resolve = (from: string, specifier: string): string => {
  const parts = from.split("/").slice(0, -1)
  for (const part of specifier.split("/")) {
    if (part === "..") {
      if (parts.length === 0 || parts.at(-1) === "..") parts.push("..")
      else parts.pop()
    } else if (part !== ".") parts.push(part)
  }
  return parts.join("/")
}
