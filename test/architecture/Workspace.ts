/**
 * The repository as a value: its packages and apps, their manifests, and every source file parsed.
 *
 * Read once from disk by {@link read}; the rules are functions of it. Folders that are installed, built or generated
 * (`node_modules`, `dist`, hidden folders, `test/fixtures`, `test/golden`) are not part of it.
 */
import { Effect, FileSystem, Option, type PlatformError, Schema } from "effect"
import { parse, type Source } from "./Source.ts"

const Dependencies = Schema.Record(Schema.String, Schema.String)

/** The parts of a package.json the rules look at. */
export const Manifest = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  exports: Schema.optionalKey(Schema.Record(Schema.String, Schema.NullOr(Schema.String))),
  dependencies: Schema.optionalKey(Dependencies),
  peerDependencies: Schema.optionalKey(Dependencies),
  devDependencies: Schema.optionalKey(Dependencies),
  optionalDependencies: Schema.optionalKey(Dependencies)
})
/** A package.json, decoded. */
export type Manifest = typeof Manifest.Type

/** The unstable exports of Effect's packages a package says it uses: per module, the names. */
export const UnstableList = Schema.Record(Schema.String, Schema.Array(Schema.String))

/** A file that people wrote: a source, or SQL. */
export interface File {
  readonly path: string
  readonly lineCount: number
}

/** A package or an app. */
export interface Package {
  /** `packages/decider` */
  readonly folder: string
  /** `decider`: what the table of rooms calls it. */
  readonly room: string
  readonly manifest: Manifest
  /** The parsed sources that are shipped or run. */
  readonly code: ReadonlyArray<Source>
  /** The parsed tests, and configuration of tests. */
  readonly tests: ReadonlyArray<Source>
  /** Every file people wrote, sources included. */
  readonly files: ReadonlyArray<File>
  /** `unstable.json`, when there is one. */
  readonly unstable: Option.Option<typeof UnstableList.Type>
}

/** The whole repository. */
export interface Workspace {
  readonly manifest: Manifest
  readonly packages: ReadonlyArray<Package>
  /** What belongs to no package: `test`, `scripts` and the configuration at the root. */
  readonly own: Pick<Package, "code" | "files">
  /** The text of docs/dependencies.md. */
  readonly dependencies: string
}

const skipped: ReadonlySet<string> = new Set(["node_modules", "dist", "coverage"])
const generated = /^test\/(fixtures|golden)(\/|$)|\/test\/golden\//u
const isSource = (path: string) => /\.(ts|tsx|mts)$/u.test(path) && !path.endsWith(".d.ts")
const isWritten = (path: string) => isSource(path) || /\.(mjs|sql)$/u.test(path)
const isTest = (path: string) => /^[^/]+\/[^/]+\/test\/|\.test\.tsx?$|\/vitest\.config\.ts$/u.test(path)

/** Reads the repository whose root is `root`. Fails when a manifest cannot be read or decoded. */
export const read = Effect.fn("Workspace.read")(function* (
  root: string
): Effect.fn.Return<Workspace, PlatformError.PlatformError | Schema.SchemaError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const text = (path: string) => fs.readFileString(`${root}/${path}`)

  /** Every file below a folder, as paths from the root. */
  const walk = Effect.fnUntraced(function* (
    folder: string
  ): Effect.fn.Return<Array<string>, PlatformError.PlatformError> {
    const found: Array<string> = []
    if (!(yield* fs.exists(`${root}/${folder}`))) return found
    for (const { name, type } of yield* fs.readDirectoryEntries(`${root}/${folder}`)) {
      const path = `${folder}/${name}`
      if (skipped.has(name) || name.startsWith(".") || generated.test(path)) continue
      if (type === "Directory") found.push(...(yield* walk(path)))
      else found.push(path)
    }
    return found.toSorted()
  })

  const contents = Effect.fnUntraced(function* (paths: ReadonlyArray<string>) {
    const written = yield* Effect.forEach(paths.filter(isWritten), (path) =>
      Effect.map(text(path), (content) => ({ path, content }))
    )
    const sources = written.filter(({ path }) => isSource(path)).map(({ content, path }) => parse(path, content))
    const files = written.map(({ content, path }) => ({ path, lineCount: countLines(content) }))
    return { sources, files }
  })

  const decodeManifest = Schema.decodeEffect(Schema.fromJsonString(Manifest))
  const decodeList = Schema.decodeEffect(Schema.fromJsonString(UnstableList))
  const packages: Array<Package> = []
  for (const kind of ["packages", "apps"]) {
    for (const { name, type } of yield* fs.readDirectoryEntries(`${root}/${kind}`)) {
      if (type !== "Directory" || name.startsWith(".")) continue
      const folder = `${kind}/${name}`
      const paths = yield* walk(folder)
      const { files, sources } = yield* contents(paths)
      const list = `${folder}/unstable.json`
      packages.push({
        folder,
        room: name,
        manifest: yield* decodeManifest(yield* text(`${folder}/package.json`)),
        code: sources.filter(({ path }) => !isTest(path)),
        tests: sources.filter(({ path }) => isTest(path)),
        files,
        unstable: paths.includes(list) ? Option.some(yield* decodeList(yield* text(list))) : Option.none()
      })
    }
  }
  const atRoot = (yield* fs.readDirectory(root)).filter((name) => isWritten(name))
  const own = yield* contents([...atRoot, ...(yield* walk("scripts")), ...(yield* walk("test"))])
  return {
    manifest: yield* decodeManifest(yield* text("package.json")),
    packages,
    own: { code: own.sources, files: own.files },
    dependencies: yield* text("docs/dependencies.md")
  }
})

const countLines = (text: string): number => text.split("\n").length - (text.endsWith("\n") ? 1 : 0)
