/**
 * `npm run build`: JavaScript, declarations, maps and a manifest for every package that can be published, and the programs
 * as built files in `dist` (`build/Programs.ts`). `npm run build -- --programs` builds these alone.
 *
 * `packages/X/dist` is a whole package: `npm pack ./packages/X/dist`. In the repository a package exports its TypeScript
 * sources; npm has no way to publish other exports than those (it ignores `publishConfig.exports`), so the manifest
 * in `dist` is generated from the one beside it. The sources go along, for the maps.
 *
 * Guarantees: nothing is written into any `dist` unless the type checker accepts all packages; an old `dist` is
 * replaced as a whole.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, Path, Schema } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import * as Programs from "./build/Programs.ts"

const root = `${import.meta.dirname}/..`
/** Where `scripts/tsconfig.build.json` lets the compiler write. */
const staging = `${root}/node_modules/.cache/build`

/** The sources of the packages have errors; the compiler has printed them. */
class CompilationFailed extends Schema.TaggedError<CompilationFailed>()("CompilationFailed", {
  exitCode: Schema.Int
}) {
  override get message() {
    return `The packages were not built: tsc ended with ${this.exitCode}`
  }
}

/** A package.json: what the build changes of it, and everything else as it is. */
const Manifest = Schema.StructWithRest(
  Schema.Struct({
    name: Schema.String,
    private: Schema.optionalKey(Schema.Boolean),
    exports: Schema.Record(Schema.String, Schema.NullOr(Schema.String))
  }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)
type Manifest = typeof Manifest.Type

const SourceMap = Schema.StructWithRest(Schema.Struct({ sources: Schema.Array(Schema.String) }), [
  Schema.Record(Schema.String, Schema.Unknown)
])

/** What only means something inside the repository. */
const dropped: ReadonlySet<string> = new Set(["private", "scripts", "devDependencies", "files", "exports"])

/** The manifest to publish: exports lead to built files, and nothing of the workspace is left in it. */
const published = (manifest: Manifest) => ({
  ...Object.fromEntries(Object.entries(manifest).filter(([key]) => !dropped.has(key))),
  exports: {
    ...Object.fromEntries(Object.entries(manifest.exports).map(([key, source]) => [key, built(source)])),
    "./package.json": "./package.json"
  }
})

/** `./src/Decider.ts` is built to `./Decider.d.ts` and `./Decider.js`. */
const built = (source: string | null) => {
  const stem = source?.replace(/^\.\/src\//u, "./").replace(/\.ts$/u, "")
  return stem === undefined ? null : { types: `${stem}.d.ts`, default: `${stem}.js` }
}

const compile = Effect.fnUntraced(function* (project: string, output: string) {
  const fs = yield* FileSystem.FileSystem
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  yield* fs.remove(output, { recursive: true, force: true })
  const tsc = ["node_modules/typescript/bin/tsc", "-p", project]
  const exitCode = yield* spawner.exitCode(
    ChildProcess.make(process.execPath, tsc, { cwd: root, stdin: "ignore", stdout: "inherit", stderr: "inherit" })
  )
  if (exitCode !== 0) return yield* new CompilationFailed({ exitCode })
})

/** Lays out the `dist` of one package; answers its name, or nothing when it is private. */
const lay = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const source = `${root}/packages/${folder}`
  const dist = `${source}/dist`
  const decode = Schema.decodeEffect(Schema.fromJsonString(Manifest))
  const manifest = yield* decode(yield* fs.readFileString(`${source}/package.json`))
  yield* fs.remove(dist, { recursive: true, force: true })
  if (manifest.private === true) return undefined

  yield* fs.copy(`${staging}/packages/${folder}/src`, dist)
  yield* fs.copy(`${source}/src`, `${dist}/src`)
  for (const file of yield* fs.readDirectory(dist, { recursive: true })) {
    if (file.endsWith(".map")) yield* pointAtSources(`${dist}/${file}`, path.dirname(file))
  }
  for (const file of yield* fs.readDirectory(`${source}/src`, { recursive: true })) {
    // What the sources read at run time lies beside the built files as it lies beside the sources.
    const { type } = yield* fs.stat(`${source}/src/${file}`)
    if (type === "File" && !file.endsWith(".ts")) yield* fs.copyFile(`${source}/src/${file}`, `${dist}/${file}`)
  }
  const readme = (yield* fs.exists(`${source}/README.md`)) ? `${source}/README.md` : `${root}/README.md`
  if (yield* fs.exists(readme)) yield* fs.copyFile(readme, `${dist}/README.md`)
  yield* fs.copyFile(`${root}/LICENSE`, `${dist}/LICENSE`)
  yield* fs.writeFileString(`${dist}/package.json`, `${JSON.stringify(published(manifest), null, 2)}\n`)
  return manifest.name
})

/** Makes a map point at the sources that are published with it: `./src/…`, seen from its own folder. */
const pointAtSources = Effect.fnUntraced(function* (map: string, folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const decode = Schema.decodeEffect(Schema.fromJsonString(SourceMap))
  const content = yield* decode(yield* fs.readFileString(map))
  const sources = content.sources.map((source) => {
    const below = source.replace(/^.*\/packages\/[^/]+\/src\//u, "")
    return path.join(path.relative(folder, "."), "src", below)
  })
  yield* fs.writeFileString(map, JSON.stringify({ ...content, sources }))
})

const packages = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  yield* compile("scripts/tsconfig.build.json", staging)
  for (const { name, type } of yield* fs.readDirectoryEntries(`${root}/packages`)) {
    const packageName = type === "Directory" ? yield* lay(name) : undefined
    if (packageName !== undefined) yield* Console.log(`${packageName}: packages/${name}/dist`)
  }
})

const programs = Effect.gen(function* () {
  yield* compile("scripts/tsconfig.programs.json", `${root}/${Programs.staging}`)
  for (const program of yield* Programs.lay(root)) yield* Console.log(`${program}: dist/${program}`)
})

const program = process.argv.includes("--programs") ? programs : Effect.andThen(packages, programs)
program.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
