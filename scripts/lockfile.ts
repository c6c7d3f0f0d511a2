/**
 * `npm run lockfile [-- --check]`: completes package-lock.json, or says what it lacks.
 *
 * Native tools come as one optional package per platform. A registry mirror that serves only some platforms makes
 * `npm install` leave the others out of the lock file, and then `npm ci` refuses it everywhere. Each missing package gets
 * an entry with the version its owner asks for and the platform its name tells; npm fetches it only on that platform.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Schema } from "effect"

const Entry = Schema.StructWithRest(
  Schema.Struct({ optionalDependencies: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)) }),
  [Schema.Record(Schema.String, Schema.Json)]
)
const Lockfile = Schema.StructWithRest(Schema.Struct({ packages: Schema.Record(Schema.String, Entry) }), [
  Schema.Record(Schema.String, Schema.Json)
])

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url))
const lock = Schema.decodeSync(Schema.fromJsonString(Lockfile))(readFileSync(file, "utf8"))

const systems = ["darwin", "linux", "win32", "windows", "android", "freebsd", "openharmony", "aix", "sunos", "wasm32"]
const processors = ["arm64", "arm", "x64", "ia32", "ppc64", "riscv64", "s390x", "loong64", "mips64el", "wasm32"]

/** What a name such as `@oxlint/binding-linux-x64-musl` says about its platform. */
const platformOf = (name: string) => {
  const words = name.split(/[/-]/u)
  const os = words.find((word) => systems.includes(word))
  const cpu = words.find((word) => processors.includes(word))
  const libc = words.some((word) => word.startsWith("musl"))
    ? ["musl"]
    : words.some((word) => word.startsWith("gnu"))
      ? ["glibc"]
      : undefined
  return {
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc === undefined ? {} : { libc }),
    ...(os === undefined ? {} : { os: [os === "windows" ? "win32" : os] })
  }
}

const missing = Object.entries(lock.packages).flatMap(([owner, { dev, optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies)
    .filter(
      ([name]) => !(`node_modules/${name}` in lock.packages) && !(`${owner}/node_modules/${name}` in lock.packages)
    )
    .map(([name, version]) => ({ name, version: version.replace(/^[\^~]/u, ""), dev: dev === true }))
)

if (process.argv.includes("--check")) {
  for (const { name, version } of missing) console.error(`package-lock.json lacks ${name} ${version}`)
  if (missing.length > 0) console.error("Run npm run lockfile, then commit the lock file.")
  process.exit(missing.length > 0 ? 1 : 0)
}

const added = missing.map(({ dev, name, version }): readonly [string, typeof Entry.Type] => [
  `node_modules/${name}`,
  { version, ...platformOf(name), ...(dev ? { dev } : {}), optional: true }
])
const sorted = Object.entries({ ...lock.packages, ...Object.fromEntries(added) }).toSorted(([a], [b]) =>
  a < b ? -1 : 1
)
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`)
console.log(`Added ${missing.length} packages to package-lock.json.`)
