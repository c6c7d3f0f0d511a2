/**
 * Installs a peer with npm into `node_modules/.cache/eventfold/peers/NAME`, a package of its own outside the workspaces:
 * our own package.json, lock file and `node_modules` stay as they are. What is there already is used as it is, so a
 * second run needs no network.
 *
 * Each peer has its own folder: one that cannot be installed does not take the others along. Scripts of packages are not
 * run; no peer needs them.
 */
import { fileURLToPath } from "node:url"
import { Console, Duration, Effect, FileSystem, Schema, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import type { Peer } from "./Peer.ts"

const cache = fileURLToPath(new URL("../../../node_modules/.cache/eventfold/peers", import.meta.url))

/** How long npm may take for one peer. */
const limit = Duration.minutes(3)

/** npm did not install a peer; `reason` is what npm says. */
export class PeerNotInstalled extends Schema.TaggedError<PeerNotInstalled>()("PeerNotInstalled", {
  reason: Schema.String
}) {
  override get message() {
    return `npm did not install it: ${this.reason}`
  }
}

/** The folder where the packages of `peer` are installed, in the versions it names; without packages, it is not made. */
export const install = Effect.fnUntraced(function* (peer: Peer) {
  const fs = yield* FileSystem.FileSystem
  const folder = `${cache}/${peer.name}`
  if (Object.keys(peer.packages).length === 0) return folder
  const manifest = `${JSON.stringify({ name: `bench-${peer.name}`, private: true, dependencies: peer.packages }, null, 2)}\n`
  // Written last: an installation that was interrupted is begun again.
  const done = `${folder}/installed.json`
  const installed = yield* fs.readFileString(done).pipe(Effect.orElseSucceed(() => ""))
  if (installed === manifest) return folder

  const packages = Object.entries(peer.packages).map(([name, version]) => `${name}@${version}`)
  yield* Console.error(`Installing ${packages.join(", ")} into ${folder}`)
  yield* fs.remove(folder, { recursive: true, force: true })
  yield* fs.makeDirectory(folder, { recursive: true })
  yield* fs.writeFileString(`${folder}/package.json`, manifest)
  yield* npmInstall(folder).pipe(
    Effect.timeoutOrElse({
      duration: limit,
      orElse: () => Effect.fail(new PeerNotInstalled({ reason: `nothing after ${Duration.format(limit)}` }))
    })
  )
  yield* fs.writeFileString(done, manifest)
  return folder
})

const npmInstall = Effect.fnUntraced(
  function* (folder: string) {
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
    const npm = yield* spawner.spawn(
      ChildProcess.make("npm", [...flags, "--prefix", folder], {
        cwd: folder,
        shell: process.platform === "win32",
        stdin: "ignore",
        stdout: "ignore",
        stderr: "pipe"
      })
    )
    const [said, exitCode] = yield* Effect.all([Stream.mkString(Stream.decodeText(npm.stderr)), npm.exitCode], {
      concurrency: 2
    })
    if (exitCode !== 0) return yield* new PeerNotInstalled({ reason: reason(said) || `npm ended with ${exitCode}` })
  },
  Effect.scoped,
  Effect.catchTag("PlatformError", (error) =>
    Effect.fail(new PeerNotInstalled({ reason: `it could not be started, ${error.message}` }))
  )
)

const flags = [
  "install",
  "--no-audit",
  "--no-fund",
  "--no-package-lock",
  "--ignore-scripts",
  "--loglevel=error",
  "--fetch-retries=1",
  "--fetch-retry-mintimeout=1000",
  "--fetch-timeout=30000"
]

/** What npm complains about, in its own words but without its codes and the place of its log. */
const reason = (said: string) =>
  said
    .split("\n")
    .map((line) => line.replace(/^npm (?:error|ERR!) ?/u, "").trim())
    .filter((line) => line !== "" && !/^(?:at|code|errno|syscall) |log of this run/u.test(line))
    .slice(0, 2)
    .join("; ")
