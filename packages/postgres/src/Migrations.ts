/**
 * Brings the schema `eventfold` of a database up to date. Several processes may start at once: one migrates, the others
 * wait for it. A migration runs whole or not at all, and one that has run is never changed: a new one is added.
 */
import { Effect, Layer } from "effect"
import { Migrator, SqlClient, type SqlError } from "effect/sql"
import { appendForeseen } from "./migrations/AppendForeseen.ts"
import { appendTold } from "./migrations/AppendTold.ts"
import { archive } from "./migrations/Archive.ts"
import { audit } from "./migrations/Audit.ts"
import { commandLog } from "./migrations/CommandLog.ts"
import { documents } from "./migrations/Documents.ts"
import { eventAppend } from "./migrations/EventAppend.ts"
import { eventAppendMany } from "./migrations/EventAppendMany.ts"
import { eventRepairs } from "./migrations/EventRepairs.ts"
import { eventLog } from "./migrations/EventLog.ts"
import { inbox } from "./migrations/Inbox.ts"
import { logReading } from "./migrations/LogReading.ts"
import { streamKeys } from "./migrations/StreamKeys.ts"
import { keys } from "./migrations/Keys.ts"
import { messageBroker } from "./migrations/MessageBroker.ts"
import { nodes } from "./migrations/Nodes.ts"
import { readSide } from "./migrations/ReadSide.ts"
import { roles } from "./migrations/Roles.ts"
import { snapshots } from "./migrations/Snapshots.ts"
import { timers } from "./migrations/Timers.ts"

const run = (statements: ReadonlyArray<string>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.forEach(statements, (statement) => sql.unsafe(statement), { discard: true })
  )

/** The migrations in order. */
export const migrations = {
  "0001_event_log": run(eventLog),
  "0002_command_log": run(commandLog),
  "0003_event_append": run([...streamKeys, ...logReading, ...eventAppend, ...eventAppendMany]),
  "0004_snapshots": run(snapshots),
  "0005_keys": run(keys),
  "0006_event_repairs": run(eventRepairs),
  "0007_archive": run(archive),
  "0008_audit": run(audit),
  "0009_roles": run(roles),
  "0010_read_side": run(readSide),
  "0011_append_told": run(appendTold),
  "0012_append_foreseen": run(appendForeseen),
  "0013_timers": run(timers),
  "0014_message_broker": run(messageBroker),
  "0015_inbox": run(inbox),
  "0016_documents": run(documents),
  "0017_nodes": run(nodes)
}

const table = "eventfold_migrations"

const runAll = Migrator.make({})({ table, loader: Migrator.fromRecord(migrations) })

const newest = Math.max(...Object.keys(migrations).map((name) => Number.parseInt(name, 10)))

/** Whether there is anything to do. A login that may not migrate gets by where there is not. */
const isUpToDate = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [known] = yield* sql<{ readonly here: boolean; readonly ungranted: boolean }>`
    select coalesce(has_table_privilege(to_regclass(${table}), 'select'), false) as here,
      exists (
        select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'eventfold' and c.relkind = 'r' and not has_table_privilege(c.oid, 'select')
      ) as ungranted`
  if (known === undefined || !known.here || known.ungranted) return false
  const [last] = yield* sql<{ readonly id: number | null }>`select max(migration_id) as id from ${sql(table)}`
  return (last?.id ?? 0) >= newest
})

/**
 * Runs the migrations that have not run yet; in the table `eventfold_migrations` it notes which have. On a connection that
 * works as another role than its login (see `ServiceRole.ts`) they run as the login, and that role is granted what it needs.
 */
export const migrate: Effect.Effect<void, Migrator.MigrationError | SqlError.SqlError, SqlClient.SqlClient> =
  Effect.gen(function* () {
    if (yield* isUpToDate) return
    const sql = yield* SqlClient.SqlClient
    const [session] = yield* sql<{ readonly role: string; readonly login: string }>`
      select current_user::text as role, session_user::text as login`
    if (session === undefined || session.role === session.login) return yield* Effect.asVoid(runAll)
    yield* sql.withTransaction(
      Effect.gen(function* () {
        // One at a time: two that grant at once get into each other's way. The key lies beside those of the log.
        yield* sql`select pg_advisory_xact_lock(17750, 1)`
        yield* sql`set local role none`
        yield* runAll
        yield* sql`select eventfold.grant_service(${session.role})`
        yield* sql`grant select on ${sql(table)} to ${sql(session.role)}`
      })
    )
  })

/** A layer that migrates when it is built. */
export const layer: Layer.Layer<never, Migrator.MigrationError | SqlError.SqlError, SqlClient.SqlClient> =
  Layer.effectDiscard(migrate)
