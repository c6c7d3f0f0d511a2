/**
 * A topology on this machine, without containers: its servers, its databases and all its programs as processes, for
 * `npm run services` and for tests that kill what they please.
 *
 * Guarantees: nothing is started before what it waits for is healthy; every end that nobody asked for is told and, without
 * `restart`, fails `ended`; closing the scope stops everything in the opposite order, each within a time limit, and leaves
 * no process behind. Secrets and data stay in `data`.
 */
import { chmodSync, mkdirSync } from "node:fs"
import { join, resolve } from "node:path"
import { NodeHttpClient } from "@effect/platform-node"
import { Context, Duration, Effect, Layer, type Scope } from "effect"
import { HttpClient } from "effect/http"
import * as Crew from "./Crew.ts"
import { environmentOf, type Place } from "./Environment.ts"
import * as Ports from "./Ports.ts"
import * as SecretsFile from "./SecretsFile.ts"
import * as Servers from "./Servers.ts"
import * as Supervised from "./Supervised.ts"
import { firstPort, healthPath, type Program, type Topology } from "./Topology.ts"
import { CannotStart, type NotHealthy, type TopologyFailed } from "./TopologyFailed.ts"

/** How a topology is run. */
export interface ServicesOptions {
  readonly topology: Topology
  /** The folder for secrets and data. The same folder goes on where it was. */
  readonly data: string
  /** Only these programs, by name. They do not wait for what is left out, and find it at the address it would have. */
  readonly only?: ReadonlyArray<string> | undefined
  /** The first port; `"free"` takes any free ones. Default {@link firstPort}. */
  readonly portsFrom?: number | "free"
  /** Starts again what has ended, later and later; given up after {@link Crew.mostRestarts} in a row. */
  readonly restart?: boolean
  /** A PostgreSQL server, as the URL of a database whose user may create databases. Left out: one of its own. */
  readonly databaseServer?: string | undefined
  /** Stands behind the name of every database; they are dropped at the end. Left out: nothing, and they stay. */
  readonly temporaryDatabases?: string
  /** A NATS with JetStream. Left out: one of its own. */
  readonly natsUrl?: string | undefined
  /** Who knows where contexts are served. Default: `static`, each program by its settings. */
  readonly registry?: Place["registry"] | undefined
  /** More variables for every program; those of the topology win. Default those of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** How long a program may take to be healthy. Default three minutes. */
  readonly patience?: Duration.Duration
  /** How long a program may take to stop before it is killed. Default 35 seconds: its own limit is 30. */
  readonly stopWithin?: Duration.Duration
  /** Told of every line that a program writes, and of what happens to it. */
  readonly say: (program: string, line: string) => void
}

/** A topology that runs. Names are those of its programs, and `nats` for one of its own. */
export interface RunningServices {
  /** The programs that were started, and where they are. */
  readonly programs: ReadonlyArray<{ readonly program: Program; readonly url: string }>
  /** Where to ask: the program that is asked from outside, if it was started. */
  readonly url: string | undefined
  /** Where each database is, by the name the topology gives it. */
  readonly databaseUrlOf: (database: string) => string
  /** What a program was told by its environment. It has secrets in it. */
  readonly environmentOf: (name: string) => Readonly<Record<string, string>>
  /** Ends a program as a crash does (`SIGKILL`, unless another signal is named). With `restart` it comes back by itself. */
  readonly kill: (name: string, signal?: NodeJS.Signals) => Effect.Effect<void>
  /** Stops a program in order; it stays away until it is started. */
  readonly stop: (name: string) => Effect.Effect<void>
  /** Starts a program, unless it runs, and waits until it is healthy. */
  readonly start: (name: string) => Effect.Effect<void, TopologyFailed>
  /** Waits until a program is healthy, whatever happens to it meanwhile. */
  readonly untilHealthy: (name: string) => Effect.Effect<void, NotHealthy>
  /** Fails when something ends that nobody had asked to end, and that is not started again. */
  readonly ended: Effect.Effect<never, TopologyFailed>
  /** Whether everything that was stopped so far has stopped in time. */
  readonly inOrder: () => boolean
}

const root = join(import.meta.dirname, "../..")

/** Starts a topology, and answers when all of it is healthy. It stops with the scope. */
export const start = Effect.fnUntraced(function* (
  options: ServicesOptions
): Effect.fn.Return<RunningServices, TopologyFailed, Scope.Scope> {
  const { say, topology } = options
  const {
    environment: given = process.env,
    patience = Duration.minutes(3),
    stopWithin = Duration.seconds(35)
  } = options
  const programs = yield* chosen(topology, options.only)
  const data = yield* folder(options.data)
  const secrets = yield* SecretsFile.open(join(data, "secrets.json"))
  const ports = yield* portsOf(topology, programs, options.portsFrom ?? firstPort)
  const client = Context.get(yield* Layer.build(NodeHttpClient.layerUndici), HttpClient.HttpClient)
  const crew = yield* Crew.make({ client, restart: options.restart ?? false, patience, say })

  /** Starts some at once; they are stopped at once, after all that is started later. */
  const wave = Effect.fnUntraced(function* (names: ReadonlyArray<string>) {
    const all = { concurrency: "unbounded", discard: true } as const
    yield* Effect.addFinalizer(() => Effect.forEach(names, crew.stop, all))
    yield* Effect.forEach(names, crew.start, all)
  })

  const names = programs.flatMap(({ database }) => database ?? [])
  const server =
    options.databaseServer ??
    (names.length === 0
      ? undefined
      : yield* Servers.postgres(join(data, "postgres"), { onEnd: crew.onEnd("postgres") }))
  const suffix = options.temporaryDatabases
  const databaseUrlOf =
    server === undefined
      ? () => ""
      : yield* Servers.databases(server, { names, suffix: suffix ?? "", temporary: suffix !== undefined })

  let natsUrl = options.natsUrl ?? ""
  if (natsUrl === "" && programs.some(({ waitsFor }) => waitsFor.includes("nats"))) {
    const own = yield* Servers.nats({
      folder: join(data, "nats"),
      password: secrets.natsPassword,
      stopWithin,
      say: (line) => say("nats", line),
      onEnd: crew.onEnd("nats")
    })
    crew.add("nats", own)
    yield* wave(["nats"])
    natsUrl = own.url
  }

  const portOf = ({ name }: Program) => ports.get(name) ?? 0
  const urlOf = (program: Program) => `http://127.0.0.1:${portOf(program)}`
  const journal = join(data, "card-gateway.jsonl")
  const registry = options.registry ?? "static"
  const place: Place = { host: "127.0.0.1", portOf, urlOf, databaseUrlOf, natsUrl, registry, journal, secrets }
  const environments = new Map(topology.programs.map((one) => [one.name, environmentOf(topology, one, place)]))
  // What the topology tells any program, no program takes from elsewhere.
  const own = new Set(Array.from(environments.values()).flatMap(Object.keys))
  const others = Object.fromEntries(Object.entries(given).filter(([variable]) => !own.has(variable)))
  for (const program of programs) {
    const process = Supervised.make({
      name: program.name,
      command: globalThis.process.execPath,
      parameters: [join(root, "apps", program.app, "src/main.ts")],
      environment: { ...others, ...environments.get(program.name) },
      stopWithin,
      say: (line) => say(program.name, line),
      onEnd: crew.onEnd(program.name)
    })
    crew.add(program.name, { process, health: urlOf(program) + healthPath })
  }
  for (const names of wavesOf(programs)) yield* wave(names)

  const entrance = programs.find(({ name }) => name === topology.entrance)
  return {
    programs: programs.map((program) => ({ program, url: urlOf(program) })),
    url: entrance === undefined ? undefined : urlOf(entrance),
    databaseUrlOf,
    environmentOf: (name) => environments.get(name) ?? {},
    kill: (name, signal = "SIGKILL") => crew.signal(name, signal),
    stop: crew.stop,
    start: crew.start,
    untilHealthy: crew.untilHealthy,
    ended: crew.ended,
    inOrder: crew.inOrder
  }
})

/** The programs to start. */
const chosen = ({ programs }: Topology, only: ReadonlyArray<string> | undefined) => {
  const unknown = only?.find((name) => !programs.some((program) => program.name === name))
  return unknown === undefined
    ? Effect.succeed(programs.filter(({ name }) => only?.includes(name) ?? true))
    : new CannotStart({
        reason: `There is no program ${unknown}; there are ${programs.map(({ name }) => name).join(", ")}`
      })
}

/** The folder of a topology, which nobody else looks into. */
const folder = (path: string) =>
  Effect.try({
    try: () => {
      mkdirSync(path, { recursive: true })
      // Root runs PostgreSQL as somebody else, who must come through here.
      chmodSync(path, process.getuid?.() === 0 ? 0o711 : 0o700)
      return resolve(path)
    },
    catch: (cause) => new CannotStart({ reason: `${path} cannot be used: ${String(cause)}` })
  })

/** Which port is whose. Those of programs that are not started here are known, and may be in use. */
const portsOf = Effect.fnUntraced(function* (
  { programs: all }: Topology,
  programs: ReadonlyArray<Program>,
  from: number | "free"
) {
  const ports = new Map<string, number>()
  for (const program of all) {
    const { name, port } = program
    ports.set(name, from === "free" ? yield* Ports.free : from + port)
    const taken = from !== "free" && programs.includes(program) && (yield* Ports.probe(from + port)) === undefined
    if (taken) {
      return yield* new CannotStart({
        reason: `Port ${from + port}, for ${name}, is in use. Choose others by --ports-from`
      })
    }
  }
  return ports
})

/** The programs in the order of their starting; those of one wave need nothing of each other. */
const wavesOf = (programs: ReadonlyArray<Program>): ReadonlyArray<ReadonlyArray<string>> => {
  const waves: Array<ReadonlyArray<string>> = []
  let left = programs
  while (left.length > 0) {
    const isReady = ({ waitsFor }: Program) => !waitsFor.some((name) => left.some((program) => program.name === name))
    const next = left.filter(isReady)
    if (next.length === 0) throw new Error(`these wait for each other: ${left.map(({ name }) => name).join(", ")}`)
    waves.push(next.map(({ name }) => name))
    left = left.filter((program) => !next.includes(program))
  }
  return waves
}
