/**
 * Brings the schema `eventfold` of a database up to date. Several processes may start at once: one migrates, the others
 * wait for it. A migration runs whole or not at all, and one that has run is never changed: a new one is added.
 */
import { Effect, Layer } from "effect"
import { Migrator, SqlClient, type SqlError } from "effect/sql"
import { commandLog } from "./migrations/CommandLog.ts"
import { eventLog } from "./migrations/EventLog.ts"

const run = (statements: ReadonlyArray<string>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.forEach(statements, (statement) => sql.unsafe(statement), { discard: true })
  )

/** The migrations in order. */
export const migrations = {
  "0001_event_log": run(eventLog),
  "0002_command_log": run(commandLog)
}

/** Runs the migrations that have not run yet; in the table `eventfold_migrations` it notes which have. */
export const migrate: Effect.Effect<void, Migrator.MigrationError | SqlError.SqlError, SqlClient.SqlClient> =
  Migrator.make({})({ table: "eventfold_migrations", loader: Migrator.fromRecord(migrations) }).pipe(Effect.asVoid)

/** A layer that migrates when it is built. */
export const layer: Layer.Layer<never, Migrator.MigrationError | SqlError.SqlError, SqlClient.SqlClient> =
  Layer.effectDiscard(migrate)
