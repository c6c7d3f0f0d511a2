/**
 * The programs as built files: `dist` is what a machine needs that runs them and builds nothing, and what the image is made
 * of. In it `npm ci --omit=dev` installs what they depend on, as the lock file says, and `node program.js X` runs one.
 *
 * Guarantees: the folders are those of the repository, with JavaScript in place of TypeScript; in it is what the programs
 * depend on, and no test and no tool; an old `dist` is replaced as a whole. Gotcha: types are not checked here, `npm run check` does.
 */
import { Effect, FileSystem, Schema } from "effect"

/** Where `scripts/tsconfig.programs.json` lets the compiler write, seen from the root. */
export const staging = "node_modules/.cache/programs"

/** The programs: every app but the one that shows how things are used. */
const isProgram = (app: string) => app !== "examples"

const Names = Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
const Json = Schema.Record(Schema.String, Schema.Json)

/** A package.json, as far as it matters here. */
const Manifest = Schema.StructWithRest(
  Schema.Struct({ name: Schema.String, exports: Names, dependencies: Names, devDependencies: Names }),
  [Json]
)
type Manifest = typeof Manifest.Type

const Entry = Schema.StructWithRest(
  Schema.Struct({
    name: Schema.optionalKey(Schema.String),
    dev: Schema.optionalKey(Schema.Boolean),
    link: Schema.optionalKey(Schema.Boolean),
    resolved: Schema.optionalKey(Schema.String),
    devDependencies: Names
  }),
  [Json]
)
const Lockfile = Schema.StructWithRest(Schema.Struct({ packages: Schema.Record(Schema.String, Entry) }), [Json])

/** What only means something where it is built and tested. */
const unneeded: ReadonlySet<string> = new Set(["devDependencies", "scripts", "allowScripts", "scarfSettings", "files"])
const needed = <A>(record: Readonly<Record<string, A>>): Record<string, A> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !unneeded.has(key)))

const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** The manifest of a built workspace: what it exports is JavaScript. */
const built = (manifest: Manifest) => ({
  ...needed(manifest),
  exports: Object.fromEntries(
    Object.entries(manifest.exports ?? {}).map(([name, source]) => [name, source.replace(/\.ts$/u, ".js")])
  )
})

/** The folders of the workspaces that the programs consist of, with their manifests. */
const closure = (all: ReadonlyMap<string, Manifest>): ReadonlyMap<string, Manifest> => {
  const folders = new Map(Array.from(all, ([folder, { name }]) => [name, folder]))
  const found = new Map<string, Manifest>()
  const visit = (folder: string | undefined) => {
    const manifest = folder === undefined ? undefined : all.get(folder)
    if (folder === undefined || manifest === undefined || found.has(folder)) return
    found.set(folder, manifest)
    for (const name of Object.keys(manifest.dependencies ?? {})) visit(folders.get(name))
  }
  for (const folder of all.keys())
    if (folder.startsWith("apps/") && isProgram(folder.slice("apps/".length))) visit(folder)
  return found
}

/** The lock file, without what none of them installs. */
const locked = (lock: typeof Lockfile.Type, root: Readonly<Record<string, unknown>>, folders: ReadonlySet<string>) => ({
  ...lock,
  packages: Object.fromEntries(
    Object.entries(lock.packages).flatMap(([place, entry]): ReadonlyArray<readonly [string, unknown]> => {
      if (place === "") return [[place, { ...needed(entry), ...root }]]
      const workspace = entry.link === true ? entry.resolved : place
      const isOurs = workspace !== undefined && /^(?:apps|packages)\//u.test(workspace)
      if (isOurs ? !folders.has(workspace) : entry.dev === true) return []
      return [[place, needed(entry)]]
    })
  )
})

/** Lays out `dist` below the root, of what the compiler has written there. Answers the programs. */
export const lay = Effect.fnUntraced(function* (root: string) {
  const fs = yield* FileSystem.FileSystem
  const read = <A>(file: string, schema: Schema.Codec<A, unknown>) =>
    Effect.flatMap(fs.readFileString(`${root}/${file}`), Schema.decodeEffect(Schema.fromJsonString(schema)))

  const all = new Map<string, Manifest>()
  for (const kind of ["apps", "packages"]) {
    for (const name of yield* fs.readDirectory(`${root}/${kind}`)) {
      const folder = `${kind}/${name}`
      if (yield* fs.exists(`${root}/${folder}/package.json`)) {
        all.set(folder, yield* read(`${folder}/package.json`, Manifest))
      }
    }
  }
  const workspaces = closure(all)
  const dist = `${root}/dist`
  yield* fs.remove(dist, { recursive: true, force: true })
  for (const [folder, manifest] of workspaces) {
    yield* fs.makeDirectory(`${dist}/${folder}`, { recursive: true })
    yield* fs.copy(`${root}/${staging}/${folder}/src`, `${dist}/${folder}/src`)
    yield* fs.writeFileString(`${dist}/${folder}/package.json`, text(built(manifest)))
  }
  const places = { workspaces: Array.from(workspaces.keys()).toSorted() }
  const manifest = needed(yield* read("package.json", Manifest))
  const lock = yield* read("package-lock.json", Lockfile)
  yield* fs.writeFileString(`${dist}/package.json`, text({ ...manifest, ...places }))
  yield* fs.writeFileString(`${dist}/package-lock.json`, text(locked(lock, places, new Set(workspaces.keys()))))
  yield* fs.copy(`${root}/${staging}/scripts/image`, dist)
  yield* fs.copyFile(`${root}/LICENSE`, `${dist}/LICENSE`)
  return places.workspaces.filter((folder) => folder.startsWith("apps/"))
})
