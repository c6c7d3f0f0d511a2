/**
 * The packages can be used elsewhere: what `npm run build` makes is packed, installed outside the repository as any
 * program would install it, type-checked against its declarations and run by plain Node. The programs run elsewhere, too, as
 * the image runs them.
 *
 * Needs no network. Ours come from the packed files and an empty npm cache, so npm resolves their dependencies on each
 * other by itself. What a program brings along (`effect`, and what it tests with) is linked from this repository.
 */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Schema, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { free } from "../scripts/services/Ports.ts"

const root = `${import.meta.dirname}/..`
const packages = [
  "decider",
  "shared-kernel",
  "context-map",
  "domain-catalog",
  "domain-ordering",
  "domain-customers",
  "domain-inventory",
  "domain-notifications",
  "domain-payments",
  "domain-shipping",
  "event-store",
  "documents",
  "subscriptions",
  "messaging",
  "processes",
  "testing"
]
const peers = ["effect", "@effect/vitest", "vitest", "@types/node"]

const decodeManifest = Schema.decodeEffect(
  Schema.fromJsonString(Schema.Struct({ peerDependencies: Schema.Struct({ effect: Schema.String }) }))
)
const decodeVersion = Schema.decodeEffect(Schema.fromJsonString(Schema.Struct({ version: Schema.String })))

/** A command ended with an exit code other than 0. */
class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  command: Schema.String,
  exitCode: Schema.Int,
  output: Schema.String
}) {
  override get message() {
    return `${this.command} ended with ${this.exitCode}:\n${this.output}`
  }
}

/** Runs a program and answers what it printed. npm's variables are left out: they would tie it to this repository. */
const run = Effect.fn("run")(function* (cwd: string, command: string, ...parameters: ReadonlyArray<string>) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$|NODE_OPTIONS$)/iu.test(name))
  )
  const handle = yield* spawner.spawn(ChildProcess.make(command, parameters, { cwd, env, stdin: "ignore" }))
  const output = yield* handle.all.pipe(Stream.decodeText(), Stream.mkString)
  const exitCode = yield* handle.exitCode
  if (exitCode !== 0) {
    return yield* new CommandFailed({ command: [command, ...parameters].join(" "), exitCode, output })
  }
  return output
})

/** A folder outside the repository with a program that has our packed packages installed. */
const consumer = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "eventfold-consumer-" })
  yield* fs.copy(`${import.meta.dirname}/fixtures/consumer`, folder, { overwrite: true })

  yield* run(root, process.execPath, "scripts/build.ts")
  const npm = [`--cache=${folder}/cache`, "--loglevel=error"]
  yield* fs.makeDirectory(`${folder}/packed`)
  const built = packages.map((name) => `./packages/${name}/dist`)
  yield* run(root, "npm", "pack", ...built, `--pack-destination=${folder}/packed`, ...npm)

  const packed = (yield* fs.readDirectory(`${folder}/packed`)).map((file) => `./packed/${file}`)
  yield* fs.writeFileString(
    `${folder}/package.json`,
    JSON.stringify({ name: "consumer", private: true, type: "module" })
  )
  yield* run(folder, "npm", "install", ...packed, "--offline", "--legacy-peer-deps", "--no-audit", "--no-fund", ...npm)

  for (const peer of peers) {
    const [scope, name] = peer.split("/")
    if (name !== undefined) yield* fs.makeDirectory(`${folder}/node_modules/${scope}`, { recursive: true })
    yield* fs.symlink(yield* fs.realPath(`${root}/node_modules/${peer}`), `${folder}/node_modules/${peer}`)
  }
  return folder
})

layer(NodeServices.layer)("the packed packages", (it) => {
  it.effect(
    "are installed, type-checked and run in a program outside the repository",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const folder = yield* consumer
        const effect = yield* decodeVersion(yield* fs.readFileString(`${root}/node_modules/effect/package.json`))
        for (const name of packages) {
          const manifest = yield* fs.readFileString(`${folder}/node_modules/@eventfold/${name}/package.json`)
          assert.notMatch(manifest, /devDependencies|workspace:|"private"|\.\/src\//u)
          const { peerDependencies } = yield* decodeManifest(manifest)
          assert.strictEqual(peerDependencies.effect, effect.version)
          assert.isTrue(yield* fs.exists(`${folder}/node_modules/@eventfold/${name}/LICENSE`))
        }

        yield* run(folder, process.execPath, `${root}/node_modules/typescript/bin/tsc`, "--project", folder)
        const printed = yield* run(folder, process.execPath, "--no-strip-types", "out/main.js")
        assert.deepStrictEqual(JSON.parse(printed), {
          events: ["1 OrderDrafted", "2 ItemAdded", "3 OrderPlaced"],
          status: "placed",
          total: "55.20 USD",
          decimals: 2,
          version: 3,
          eventsOfPlacingAgain: 0
        })
      }),
    900_000
  )
})

/** What a program depends on besides ours is here already; npm would install the same, as the lock file says. */
const Locked = Schema.Struct({
  packages: Schema.Record(Schema.String, Schema.Struct({ dev: Schema.optionalKey(Schema.Boolean) }))
})
const Dependencies = Schema.Struct({
  dependencies: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  devDependencies: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})

/** A folder outside the repository with the built programs and what they depend on; answers it and those names. */
const image = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "eventfold-image-" })
  yield* run(root, process.execPath, "scripts/build.ts", "--programs")
  yield* fs.copy(`${root}/dist`, folder, { overwrite: true })
  const names = new Set<string>()
  yield* fs.makeDirectory(`${folder}/node_modules/@eventfold`, { recursive: true })
  for (const kind of ["apps", "packages"]) {
    for (const name of yield* fs.readDirectory(`${folder}/${kind}`)) {
      const manifest = yield* fs.readFileString(`${folder}/${kind}/${name}/package.json`)
      const found = yield* Schema.decodeEffect(Schema.fromJsonString(Dependencies))(manifest)
      assert.isUndefined(found.devDependencies)
      for (const dependency of Object.keys(found.dependencies ?? {})) names.add(dependency)
      yield* fs.symlink(`${folder}/${kind}/${name}`, `${folder}/node_modules/@eventfold/${name}`)
    }
  }
  const foreign = Array.from(names).filter((name) => !name.startsWith("@eventfold/"))
  for (const name of foreign) {
    yield* fs.makeDirectory(`${folder}/node_modules/${name.includes("/") ? name.split("/")[0] : ""}`, {
      recursive: true
    })
    yield* fs.symlink(yield* fs.realPath(`${root}/node_modules/${name}`), `${folder}/node_modules/${name}`)
  }
  return { folder, names }
})

layer(NodeServices.layer)("the built programs", (it) => {
  it.effect(
    "bring along what they depend on, say how they are and stop when they are asked to",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
        const { folder, names } = yield* image
        const lock = yield* Schema.decodeEffect(Schema.fromJsonString(Locked))(
          yield* fs.readFileString(`${folder}/package-lock.json`)
        )
        assert.includeMembers(
          Object.keys(lock.packages),
          Array.from(names, (name) => `node_modules/${name}`)
        )
        assert.isFalse(Object.values(lock.packages).some(({ dev }) => dev === true))

        const port = yield* free
        const node = (...parameters: ReadonlyArray<string>) =>
          ChildProcess.make(process.execPath, ["--no-strip-types", ...parameters], {
            cwd: folder,
            env: { PORT: String(port) },
            extendEnv: true,
            stdin: "ignore",
            stdout: "ignore",
            stderr: "ignore"
          })
        assert.strictEqual(yield* spawner.exitCode(node("healthcheck.js")), 1)
        assert.strictEqual(yield* spawner.exitCode(node("program.js", "no-such-program")), 2)
        assert.include(yield* run(folder, process.execPath, "--no-strip-types", "program.js", "cli", "--help"), "audit")

        const program = yield* spawner.spawn(node("program.js", "card-gateway-simulator"))
        // Each look takes as long as a Node takes to start: nobody need wait in between.
        while ((yield* spawner.exitCode(node("healthcheck.js"))) !== 0) assert.isTrue(yield* program.isRunning)
        yield* program.kill({ killSignal: "SIGTERM" })
        assert.strictEqual(yield* program.exitCode, 0)
      }),
    900_000
  )
})
