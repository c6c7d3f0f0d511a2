/**
 * The order service as a process. `npm start` runs it; the environment configures it (docs/configuration.md).
 *
 * Exit codes: 0 after SIGTERM or SIGINT, when requests in flight have finished and the database is closed; 1 when it
 * could not start or could not stop in time, with the reason in plain words on standard error.
 */
// First: it compiles the schemas that are declared after it.
import "effect/schema/SchemaJITCompiler/enable"
import { NodeRuntime } from "@effect/platform-node"
import {
  CommitNotifications,
  ConsumerNotifications,
  Database,
  DatabaseInfo,
  layerPostgres,
  MessageNotifications
} from "@eventfold/postgres"
import { Cause, Console, Context, Effect, Exit, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as Archiving from "./archive/Archiving.ts"
import * as Banner from "./Banner.ts"
import { DatabaseProbe, DatabaseWarning } from "./health/HealthChecks.ts"
import * as HostedServices from "./contexts/HostedServices.ts"
import * as EnvironmentSettings from "./EnvironmentSettings.ts"
import * as GatewayAccess from "./gateway/GatewayAccess.ts"
import * as NodeServer from "./http/NodeServer.ts"
import * as LastResort from "./LastResort.ts"
import * as Logging from "./Logging.ts"
import * as FormerTables from "./projections/FormerTables.ts"
import * as Service from "./Service.ts"
import { Settings, type SettingsShape } from "./Settings.ts"

const probe = Layer.effectContext(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { protection } = yield* DatabaseInfo
    return Context.make(DatabaseProbe, Effect.asVoid(sql`select 1`)).pipe(
      Context.add(DatabaseWarning, protection.protected ? undefined : protection.description)
    )
  })
)

const notifications = Layer.mergeAll(
  CommitNotifications.layerFromEnvironment,
  ConsumerNotifications.layerFromEnvironment,
  MessageNotifications.layerFromEnvironment
)

const ports = notifications.pipe(
  Layer.provideMerge(Layer.mergeAll(layerPostgres, FormerTables.layer, probe)),
  Layer.provideMerge(Database.layer)
)

/**
 * Settings come first: nothing is opened while they are wrong. Then the port, so that a port in use is known at once, and
 * requests that come too early are told so; then the database. Stopping goes the other way round.
 */
const service = (settings: SettingsShape) =>
  Banner.layer.pipe(
    Layer.provide(Service.layer),
    Layer.provide(GatewayAccess.layer),
    Layer.provide(Archiving.over(ports, settings)),
    Layer.provide(HostedServices.database(settings)),
    Layer.provide(NodeServer.layer),
    Layer.provideMerge(Logging.layer),
    Layer.provide(Layer.succeed(Settings, settings))
  )

/** The services of this process: one for each database, and nothing of one is another's. */
const services = Layer.unwrap(
  Effect.map(EnvironmentSettings.load, (settings) =>
    Layer.mergeAll(
      LastResort.layer(settings.shutdownTimeout),
      ...HostedServices.of(settings).map((one) => Layer.fresh(service(one)))
    )
  )
)

/** An error has a message for people; anything else is a mistake of the program and is shown as it is. */
const told = (cause: Cause.Cause<{ readonly message: string }>) =>
  Cause.hasInterruptsOnly(cause)
    ? Effect.void
    : Console.error(
        Cause.hasDies(cause)
          ? Cause.pretty(cause)
          : Cause.prettyErrors(cause)
              .map(({ message }) => message)
              .join("\n")
      )

Layer.launch(services).pipe(
  Effect.tapCause(told),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    teardown: (exit, done) => done(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)
  })
)
