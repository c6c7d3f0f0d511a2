/**
 * PostgreSQL inside the process: PGlite behind the same `PgClient` as a server, in a directory or in memory.
 *
 * Guarantees: a directory belongs to one process at a time and is locked before it is opened; the write-ahead log is
 * bounded; closing the scope ends the sessions, takes a checkpoint, closes the database and gives the directory back
 * last. A killed process loses nothing that was acknowledged.
 *
 * Gotchas: PGlite never syncs to disk, so a power cut may lose or damage data. Transactions run one after another, and a
 * running statement blocks the process. What else differs from a server is listed in `PgliteSessions.ts`. The directory
 * holds `postgres` (the database), `lock` and `owner.json`.
 */
import { resolve } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { Clock, type Duration, Effect, type Exit, Fiber, Layer, Option, Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, type SqlError } from "effect/sql"
import { DatabasePlace } from "./DatabasePlace.ts"
import * as DirectoryLock from "./DirectoryLock.ts"
import * as EmbeddedUpkeep from "./EmbeddedUpkeep.ts"
import * as PgliteBackend from "./PgliteBackend.ts"
import * as PgliteFiles from "./PgliteFiles.ts"
import * as PgliteNotifications from "./PgliteNotifications.ts"
import * as PgliteSessions from "./PgliteSessions.ts"
import { maxBatchBytes } from "./WireMessages.ts"

export { DatabaseInUse } from "./DirectoryLock.ts"
export { EmbeddedDatabaseFailed } from "./PgliteFiles.ts"

/** How an embedded database is opened. */
export interface EmbeddedDatabaseOptions {
  /** Where the data lives; made with its parents when missing. Without it the data is in memory and ends with the scope. */
  readonly directory?: string | undefined
  /** What a database that does not exist yet starts from, made by `template`: 0.3 s instead of 1.5 to 3 s. */
  readonly loadDataDir?: Blob | undefined
  /** How many sessions there are at most. Default: 10. More of them do not run more at once. */
  readonly maxConnections?: number | undefined
  /** How long a session may do nothing inside a transaction before it is ended. Default: 60 seconds. */
  readonly idleInTransaction?: Duration.Input | undefined
  /** How long closing waits for sessions in use before it ends them. Default: 10 seconds. */
  readonly closeWithin?: Duration.Input | undefined
}

/** Why an embedded database does not open. */
export type EmbeddedDatabaseError = PgliteFiles.EmbeddedDatabaseFailed | DirectoryLock.DatabaseInUse | SqlError.SqlError

/** An embedded database that is closed with the layer. */
export const layer = (
  options: EmbeddedDatabaseOptions = {}
): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, EmbeddedDatabaseError> =>
  Layer.merge(
    PgClient.layerFrom(Effect.map(make(options), ({ sql }) => sql)),
    Layer.succeed(DatabasePlace, {
      _tag: "Embedded",
      directory: options.directory === undefined ? undefined : resolve(options.directory)
    })
  )

/**
 * A copy of a new database, for `loadDataDir`: test databases, above all. `prepare` runs in it first, to migrate it for
 * instance. 40 MB, and what `prepare` adds.
 */
export const template = <E = never>(
  prepare: Effect.Effect<unknown, E, PgClient.PgClient | SqlClient.SqlClient> = Effect.void
): Effect.Effect<Blob, E | EmbeddedDatabaseError> =>
  Effect.gen(function* () {
    const { backend, sql } = yield* make({})
    yield* prepare.pipe(Effect.provideService(PgClient.PgClient, sql), Effect.provideService(SqlClient.SqlClient, sql))
    return yield* backend.dump
  }).pipe(Effect.scoped, Effect.provide(Reactivity.layer))

const make = Effect.fnUntraced(function* (options: EmbeddedDatabaseOptions) {
  const directory = options.directory === undefined ? undefined : resolve(options.directory)
  if (directory !== undefined) {
    yield* PgliteFiles.create(directory)
    yield* DirectoryLock.acquire(directory).pipe(
      Effect.catchTag("DirectoryNotLockable", (error) => Effect.fail(PgliteFiles.failed(directory)(error)))
    )
    yield* PgliteFiles.initialise(directory, options.loadDataDir)
  }
  const fork = Effect.runForkWith(yield* Effect.context())
  const notifications = PgliteNotifications.make()
  const backend = yield* PgliteBackend.make({
    open: PgliteFiles.open(directory, options.loadDataDir),
    recoverable: directory !== undefined,
    onNotification: notifications.deliver,
    onRecovered: () => void fork(Effect.ignore(notifications.resume(sql)))
  })
  const sessions = yield* PgliteSessions.make(backend, options)
  const sql: PgClient.PgClient = yield* client(sessions, options)
  yield* Effect.forkScoped(EmbeddedUpkeep.run(sql, sessions.batches))
  return { backend, sql: Object.assign(sql, notifications.methods(sql)) }
})

const client = Effect.fnUntraced(
  function* (sessions: PgliteSessions.PgliteSessions, options: EmbeddedDatabaseOptions) {
    const scope = yield* Scope.make()
    yield* Effect.addFinalizer((exit) => closeClient(scope, exit, sessions, options.closeWithin ?? "10 seconds"))
    return yield* PgClient.make({
      stream: sessions.connect,
      username: "postgres",
      database: "postgres",
      maxConnections: options.maxConnections ?? 10,
      maxMessageSize: maxBatchBytes
    }).pipe(Scope.provide(scope))
  },
  // The pool keeps the clock it is made with, and looks at it every minute: not by a test's clock that moves by years.
  Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())
)

/** The pool waits for its connections to be given back; whoever has one for longer than the limit loses it. */
const closeClient = Effect.fnUntraced(function* (
  scope: Scope.Closeable,
  exit: Exit.Exit<unknown, unknown>,
  sessions: PgliteSessions.PgliteSessions,
  limit: Duration.Input
) {
  const closing = yield* Effect.forkDetach(Scope.close(scope, exit), { startImmediately: true })
  const closed = yield* Fiber.await(closing).pipe(
    Effect.interruptible,
    Effect.timeoutOption(limit),
    Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())
  )
  if (Option.isSome(closed)) return
  yield* Effect.logWarning("The embedded database is closing under a session that is still in use")
  sessions.endAll("The embedded database is closing")
})
