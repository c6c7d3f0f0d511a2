/**
 * How stable the exports of Effect's packages are, read from their own documentation.
 *
 * Every export of `effect` and of the `@effect/*` packages says `@stability stable`, `unstable` or `experimental` in
 * its JSDoc. An export is as stable as the least stable step on the way to it: the line of the barrel, and every
 * declaration of its name. What is said on a namespace holds for its members.
 */
import { Context, Effect, FileSystem, Layer, type PlatformError } from "effect"
import type * as ESTree from "oxc-parser"
import { type Comment, parseSync } from "oxc-parser"

/** How stable an export is; `undocumented` when its JSDoc does not say. */
export type Level = "stable" | "unstable" | "experimental" | "undocumented"

/** An export of one of Effect's packages. */
export interface Export {
  /** The module that declares it, as it is imported: `effect/sql/SqlClient`. */
  readonly module: string
  /** Its name in that module; `*` when the module as a whole is taken. */
  readonly name: string
  readonly level: Level
}

/** What one module says about its exports. */
interface Module {
  readonly name: string
  /** What the module says about itself. */
  readonly level: Level
  readonly exports: ReadonlyMap<string, { readonly level: Level; readonly namespace?: string }>
  /** Modules all of whose exports it passes on. */
  readonly stars: ReadonlyArray<string>
}

const order: ReadonlyArray<Level> = ["stable", "unstable", "experimental", "undocumented"]
const worst = (levels: Iterable<Level>): Level => {
  let found = 0
  for (const level of levels) found = Math.max(found, order.indexOf(level))
  return order[found] ?? "undocumented"
}

/** The stability of exports by the way they are imported. */
export class Stability extends Context.Service<
  Stability,
  {
    /**
     * The export that `path` reaches from `specifier`; `undefined` when the specifier is none of Effect's modules.
     * A path that ends on a module takes it as a whole.
     */
    readonly of: (
      specifier: string,
      path: ReadonlyArray<string>
    ) => Effect.Effect<Export | undefined, PlatformError.PlatformError>
  }
>()("eventfold/test/architecture/Stability") {
  /** Reads the packages installed in `nodeModules`. */
  static readonly layer = (nodeModules: string): Layer.Layer<Stability, never, FileSystem.FileSystem> =>
    Layer.effect(
      Stability,
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const loaded = new Map<string, Module | undefined>()

        /** The module a specifier stands for: `src/X.ts` or `src/X/index.ts` of its package. */
        const load = Effect.fnUntraced(function* (specifier: string) {
          const known = loaded.get(specifier)
          if (known !== undefined || loaded.has(specifier)) return known
          const [, packageName = "", rest = ""] = /^(@[^/]+\/[^/]+|[^/]+)\/?(.*)$/u.exec(specifier) ?? []
          if (packageName !== "effect" && !packageName.startsWith("@effect/")) return undefined
          const source = `${nodeModules}/${packageName}/src`
          for (const file of rest === "" ? ["index"] : [rest, `${rest}/index`]) {
            if (!(yield* fs.exists(`${source}/${file}.ts`))) continue
            const module = read(packageName, file, yield* fs.readFileString(`${source}/${file}.ts`))
            loaded.set(specifier, module)
            return module
          }
          return undefined
        })

        const of = Effect.fnUntraced(function* (
          specifier: string,
          path: ReadonlyArray<string>
        ): Effect.fn.Return<Export | undefined, PlatformError.PlatformError> {
          const module = yield* load(specifier)
          if (module === undefined) return undefined
          const [name, ...rest] = path
          if (name === undefined) {
            const levels = Array.from(module.exports.values(), ({ level }) => level)
            return { module: module.name, name: "*", level: worst([module.level, ...levels]) }
          }
          const found = module.exports.get(name)
          if (found?.namespace !== undefined) {
            const member = yield* of(found.namespace, rest)
            return member && { ...member, level: worst([found.level, member.level]) }
          }
          if (found !== undefined) return { module: module.name, name, level: found.level }
          for (const star of module.stars) {
            const passed = yield* of(star, path)
            if (passed !== undefined && passed.level !== "undocumented") return { ...passed, module: module.name }
          }
          // Other packages' exports that are passed on are theirs to document.
          const foreign = module.stars.some((star) => star !== "effect" && !/^(@effect|effect)\//u.test(star))
          return foreign ? undefined : { module: module.name, name, level: "undocumented" }
        })
        return Stability.of({ of })
      })
    )
}

/** Reads the exports of one module. */
const read = (packageName: string, file: string, text: string): Module => {
  const { comments, program } = parseSync(`${file}.ts`, text)
  const before = levelsBefore(text, comments)
  const folder = file.includes("/") ? file.slice(0, file.lastIndexOf("/") + 1) : ""
  const resolve = (specifier: string) =>
    specifier.startsWith("./") ? `${packageName}/${folder}${specifier.slice(2).replace(/\.ts$/u, "")}` : specifier

  const exports = new Map<string, { level: Level; namespace?: string }>()
  const declare = (name: string, level: Level | undefined, namespace?: string) => {
    const known = exports.get(name)
    // Overloads and merged declarations share a name: what one of them says holds unless another says worse.
    const levels = [known?.level, level].filter((found) => found !== undefined && found !== "undocumented")
    const merged = levels.length === 0 ? "undocumented" : worst(levels.filter((found) => found !== undefined))
    exports.set(name, { level: merged, ...(namespace !== undefined && { namespace }) })
  }
  const stars: Array<string> = []
  for (const node of program.body) {
    if (node.type === "ExportAllDeclaration") {
      if (node.exported === null) stars.push(resolve(node.source.value))
      else declare(nameOf(node.exported), before.get(node.start), resolve(node.source.value))
    } else if (node.type === "ExportNamedDeclaration") {
      for (const specifier of node.specifiers) {
        declare(nameOf(specifier.exported), before.get(specifier.start) ?? before.get(node.start))
      }
      for (const name of declaredBy(node.declaration)) declare(name, before.get(node.start))
    }
  }
  const header = comments.map(({ value }) => levelIn(value)).find((level) => level !== undefined)
  return {
    name: `${packageName}/${file}`.replace(/\/index$/u, ""),
    level: header ?? "undocumented",
    exports,
    stars
  }
}

const nameOf = (name: ESTree.ModuleExportName): string => (name.type === "Literal" ? name.value : name.name)

const declaredBy = (node: ESTree.Declaration | null): ReadonlyArray<string> => {
  if (node === null) return []
  if (node.type === "VariableDeclaration") {
    return node.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []))
  }
  return "id" in node && node.id?.type === "Identifier" ? [node.id.name] : []
}

const levelIn = (comment: string): Level | undefined => {
  const level = /@stability (\w+)/u.exec(comment)?.[1]
  return order.find((known) => known === level)
}

/** The level said in the comments right before an offset, for every offset that has such comments. */
const levelsBefore = (text: string, comments: ReadonlyArray<Comment>): ReadonlyMap<number, Level> => {
  const found = new Map<number, Level>()
  const endOf = new Map(comments.map(({ end, start }) => [start, end]))
  for (const { end, value } of comments) {
    const level = levelIn(value)
    if (level === undefined) continue
    // Between the documentation and its export there can be comments for the compiler.
    let next = end
    for (let after: number | undefined = end; after !== undefined; after = endOf.get(next)) {
      next = after + text.slice(after).search(/\S|$/u)
    }
    found.set(next, level)
  }
  return found
}
