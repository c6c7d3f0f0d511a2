/**
 * The order service as several services on this machine, without containers:
 * `npm run services -- [--topology services|monolith] [--only NAMES] [--data DIR] [--ports-from N] [--registry static|nats] [--restart]`
 *
 * `DATABASE_SERVER_URL` names a PostgreSQL server whose user may create databases; without it the server that npm ships is
 * started. `NATS_URL` names a NATS with JetStream; without it `nats-server` is started, which has to be installed. All other
 * variables of the environment go to every program, such as `LOG_FORMAT`.
 *
 * SIGTERM or SIGINT stops everything in order: exit code 0. A program that ends by itself ends everything, unless `--restart`
 * is given: exit code 1, as when something could not be started or stopped in time.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Cause, Console, Effect, Exit, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as Services from "./Services.ts"
import { firstPort, topologies } from "./Topology.ts"

const names = ["postgres", ...Object.values(topologies).flatMap(({ programs }) => programs.map(({ name }) => name))]
const width = Math.max(...names.map((name) => name.length))
const say = (program: string, line: string) => console.log(`${program.padEnd(width)} | ${line}`)

/** A variable of this process; an empty one counts as unset. */
const given = (variable: string) => process.env[variable] || undefined

let running: Services.RunningServices | undefined

const banner = ({ programs, url }: Services.RunningServices, data: string) =>
  [
    "",
    programs.length === 1 ? "eventfold runs as one program" : `eventfold runs as ${programs.length} programs`,
    "",
    ...programs.map(({ program: { contexts, name }, url }) => `  ${name.padEnd(width)} ${url}  ${contexts.join(", ")}`),
    "",
    ...(url === undefined ? [] : [`  Ask ${url}; ${url}/docs says what.`]),
    `  Secrets and data are in ${data}.`,
    "  Ctrl-C or SIGTERM stops all of it in order.",
    ""
  ].join("\n")

const command = Command.make(
  "services",
  {
    topology: Flag.Literals("topology", ["services", "monolith"]).pipe(
      Flag.withDefault("services"),
      Flag.withDescription("five services behind a gateway, or one service")
    ),
    only: Flag.String("only").pipe(
      Flag.optional,
      Flag.withDescription("only these programs, with commas between their names")
    ),
    data: Flag.String("data").pipe(
      Flag.withDefault(".eventfold/services"),
      Flag.withDescription("the folder for secrets and data")
    ),
    portsFrom: Flag.Int("ports-from").pipe(
      Flag.withDefault(firstPort),
      Flag.withDescription("the first port; 0 takes any free ones")
    ),
    registry: Flag.Literals("registry", ["static", "nats"]).pipe(
      Flag.withDefault("static"),
      Flag.withDescription("who knows where contexts are served: each program, by its settings, or NATS")
    ),
    restart: Flag.Boolean("restart").pipe(
      Flag.withDefault(false),
      Flag.withDescription("start again what has ended, later and later")
    )
  },
  Effect.fn(function* ({ data, only, portsFrom, registry, restart, topology }) {
    return yield* Effect.scoped(
      Effect.gen(function* () {
        running = yield* Services.start({
          topology: topologies[topology],
          data,
          only: Option.getOrUndefined(only)?.split(","),
          portsFrom: portsFrom === 0 ? "free" : portsFrom,
          registry,
          restart,
          databaseServer: given("DATABASE_SERVER_URL"),
          natsUrl: given("NATS_URL"),
          say
        })
        yield* Console.log(banner(running, data))
        return yield* running.ended
      })
    ).pipe(
      Effect.tapCause((cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.void
          : Console.error(Cause.hasDies(cause) ? Cause.pretty(cause) : Cause.prettyErrors(cause)[0]?.message)
      )
    )
  })
).pipe(Command.withDescription("The order service as several services on this machine, without containers"))

Command.run(command, { version: "0.1.0" }).pipe(
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    teardown: (exit, done) => {
      const isWell = Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)
      done(isWell && (running?.inOrder() ?? true) ? 0 : 1)
    }
  })
)
