/**
 * The servers a topology needs: those it is given the addresses of, or its own, in its folder.
 *
 * Its own PostgreSQL is the one that npm ships; it trusts whoever reaches it on this machine. Its own NATS is the program
 * `nats-server`, which has to be installed; it asks for a password that is in the file of the secrets.
 */
import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { type Duration, Effect, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import * as PostgresServer from "../../test/PostgresServer.ts"
import * as Ports from "./Ports.ts"
import * as Supervised from "./Supervised.ts"
import { CannotStart } from "./TopologyFailed.ts"

/** Who hears of an own server that ends. */
export interface Watching {
  readonly onEnd: (ending: Supervised.Ending) => void
}

/** A PostgreSQL of its own, which keeps its data in the folder. Answers its URL. */
export const postgres = Effect.fnUntraced(function* (folder: string, { onEnd }: Watching) {
  const server = yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: () =>
        PostgresServer.start({ durable: true, folder, detached: true, onEnd: (code) => onEnd(code ?? "a signal") }),
      catch: (cause) =>
        new CannotStart({
          reason: `PostgreSQL was not started: ${cause instanceof Error ? cause.message : String(cause)}`
        })
    }),
    ({ stop }) => Effect.promise(stop)
  )
  return server.url
})

/** How databases are named, and whether they are there for this run only. */
export interface Databases {
  readonly names: ReadonlyArray<string>
  /** Stands behind every name. */
  readonly suffix: string
  /** Whether they are dropped with the scope. */
  readonly temporary: boolean
}

/** Makes the databases that are not there; answers where one of them is. */
export const databases = Effect.fnUntraced(function* (server: string, { names, suffix, temporary }: Databases) {
  const administer = <A, E, R>(work: (admin: PgClient.PgClient) => Effect.Effect<A, E, R>) =>
    Effect.scoped(Effect.flatMap(PgClient.make({ url: Redacted.make(server), maxConnections: 1 }), work)).pipe(
      Effect.provide(Reactivity.layer)
    )
  const drop = administer((admin) =>
    Effect.forEach(names, (name) => admin`drop database if exists ${admin(name + suffix)} with (force)`, {
      discard: true
    })
  )
  yield* Effect.acquireRelease(
    administer((admin) =>
      Effect.forEach(names, (name) =>
        Effect.gen(function* () {
          const found = yield* admin`select 1 from pg_database where datname = ${name + suffix}`
          if (found.length === 0) yield* admin`create database ${admin(name + suffix)}`
        })
      )
    ).pipe(
      Effect.mapError(
        ({ message }) => new CannotStart({ reason: `the PostgreSQL server did not give the databases: ${message}` })
      )
    ),
    () => (temporary ? Effect.ignore(drop) : Effect.void)
  )
  return (name: string): string => {
    const url = new URL(server)
    url.pathname = `/${name}${suffix}`
    return url.toString()
  }
})

const program = "nats-server"

const isInstalled = () =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

const notInstalled = new CannotStart({
  reason: `There is no NATS: set NATS_URL to one with JetStream, or install ${program}
  Debian, Ubuntu   apt-get install nats-server
  macOS            brew install nats-server
  others           https://github.com/nats-io/nats-server/releases`
})

/** A NATS with JetStream of its own, which keeps its streams in the folder. It is made ready, and does not run yet. */
export const nats = Effect.fnUntraced(function* (options: {
  readonly folder: string
  readonly password: string
  readonly stopWithin: Duration.Duration
  readonly say: (line: string) => void
  readonly onEnd: (ending: Supervised.Ending) => void
}): Effect.fn.Return<
  { readonly url: string; readonly health: string; readonly process: Supervised.Supervised },
  CannotStart
> {
  if (!isInstalled()) return yield* notInstalled
  const [port, monitor] = [yield* Ports.free, yield* Ports.free]
  const file = join(options.folder, "nats.conf")
  // In a file and not on the command line, which everybody on the machine can read.
  const configuration = `listen: "127.0.0.1:${port}"
http: "127.0.0.1:${monitor}"
jetstream { store_dir: ${JSON.stringify(options.folder)} }
authorization { user: eventfold, password: "${options.password}" }
`
  yield* Effect.sync(() => {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    writeFileSync(file, configuration, { mode: 0o600 })
  })
  return {
    url: `nats://eventfold:${options.password}@127.0.0.1:${port}`,
    health: `http://127.0.0.1:${monitor}/healthz`,
    process: Supervised.make({
      ...options,
      name: "nats",
      command: program,
      parameters: ["--config", file],
      environment: globalThis.process.env
    })
  }
})
