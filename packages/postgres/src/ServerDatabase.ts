/**
 * A pool of connections to a PostgreSQL server, given by URL.
 *
 * Guarantees: the server answered when the layer is built; one that does not, for about ten seconds, is a typed error that
 * names it but not the password. A statement ends after 60 s, a wait for a lock after 30 s, and a transaction in which
 * nothing happens after 4 s, so that nothing holds a lock on the server for ever, and a process that is frozen in the middle of one
 * holds nobody up for longer. The `options` of the URL win over these.
 *
 * Gotchas: a query on a connection that went silent is waited for even when it is interrupted, also while closing; a
 * program that must end sets itself a limit. The limits above travel as start-up parameters. PgBouncer refuses those it
 * does not know: list them in its `ignore_startup_parameters` and set them on the database role.
 */
import type { Duplex } from "node:stream"
import { PgClient } from "@effect/sql-pg"
import { Clock, type Duration, Effect, Predicate, Redacted, Schedule, Schema, type Scope } from "effect"
import type { Reactivity } from "effect/reactivity"
import type { SqlClient, SqlError } from "effect/sql"
import * as ServiceRole from "./ServiceRole.ts"
import { maxBatchBytes } from "./WireMessages.ts"

/** How a server is reached. */
export interface ServerDatabaseOptions {
  /** `postgres://user:password@host:port/database`, with libpq's parameters. */
  readonly url: Redacted.Redacted
  /** How many connections there are at most. */
  readonly maxConnections: number
  /** The role the connections work as, where the login may assume or create it. Default: the login itself. */
  readonly role?: string | undefined
  /** For how long a server that does not answer is tried again at the start. Default: 10 seconds. */
  readonly connectWithin?: Duration.Input | undefined
  /** Opens a connection in place of the driver, encryption included. */
  readonly stream?: (() => Duplex) | undefined
}

/** No server answers, or it refuses. */
export class DatabaseUnreachable extends Schema.TaggedError<DatabaseUnreachable>()("DatabaseUnreachable", {
  host: Schema.String,
  port: Schema.Int,
  database: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    const { database, host, port, reason } = this
    return (
      `PostgreSQL at ${host}:${port}, database ${database}, cannot be used: ${reason}. ` +
      "Check DATABASE_URL and that the server runs; without DATABASE_URL the embedded database is used."
    )
  }
}

/** Where a URL points, with libpq's defaults. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
  readonly database: string
}

/** A connected server. */
export interface ServerDatabase {
  readonly sql: PgClient.PgClient
  readonly address: ServerAddress
  /** Such as `15.20`. */
  readonly version: string
  /** Whether the server answers a commit only once it is on disk. */
  readonly syncs: boolean
  /** Whether and how events are protected from these connections. */
  readonly protection: ServiceRole.Protection
}

/** Connects; the connections are closed with the scope. */
export const make = Effect.fnUntraced(
  function* (
    options: ServerDatabaseOptions
  ): Effect.fn.Return<ServerDatabase, DatabaseUnreachable | SqlError.SqlError, Scope.Scope | Reactivity.Reactivity> {
    const address = addressOf(options.url)
    const connect = (maxConnections: number, role?: string) =>
      PgClient.make({
        url: options.url,
        maxConnections,
        connectTimeout: "5 seconds",
        // A host that vanished says nothing: without this an idle connection to it is never found out.
        keepAlive: "30 seconds",
        applicationName: "eventfold",
        maxMessageSize: maxBatchBytes,
        startupParameters: { ...limitsBeside(options.url), ...(role === undefined ? {} : { role }) },
        ...(options.stream === undefined ? {} : { stream: options.stream, ssl: false })
      })
    // A connection of its own, as the login: which role others may start with has to be known before they do.
    const { facts, role } = yield* Effect.scoped(
      Effect.gen(function* () {
        const sql = yield* connect(1)
        const facts = yield* factsOf(sql).pipe(
          Effect.tapError((error) =>
            mayPass(error)
              ? Effect.logWarning(`PostgreSQL at ${address.host}:${address.port} does not answer`)
              : Effect.void
          ),
          Effect.retry({ schedule: patience(options.connectWithin ?? "10 seconds"), while: mayPass }),
          Effect.mapError((error) => new DatabaseUnreachable({ ...address, reason: reasonOf(error) }))
        )
        const assumed = options.role !== undefined && (yield* ServiceRole.prepare(sql, options.role))
        return { facts, role: assumed ? options.role : undefined }
      })
    )
    const sql = yield* connect(options.maxConnections, role)
    return { sql, address, ...facts, protection: yield* ServiceRole.protectionOf(sql, options.role) }
  },
  // The pool keeps the clock it is made with, and looks at it every minute: not by a test's clock that moves by years.
  Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())
)

const patience = (within: Duration.Input) =>
  Schedule.min([Schedule.exponential("200 millis"), Schedule.spaced("2 seconds")]).pipe(
    Schedule.upTo({ duration: within })
  )

const factsOf = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const [facts] = yield* sql<{ readonly version: string; readonly syncs: boolean }>`
    select split_part(current_setting('server_version'), ' ', 1) as version,
           current_setting('fsync') = 'on' and current_setting('synchronous_commit') <> 'off' as syncs`
  return facts ?? { version: "unknown", syncs: false }
})

const limits = { statement_timeout: "60s", lock_timeout: "30s", idle_in_transaction_session_timeout: "4s" }

const limitsBeside = (url: Redacted.Redacted): Record<string, string> => {
  const options = new URL(Redacted.value(url)).searchParams.get("options") ?? ""
  return Object.fromEntries(Object.entries(limits).filter(([name]) => !new RegExp(`\\b${name}\\b`, "u").test(options)))
}

/** Where a valid URL points. */
export const addressOf = (redacted: Redacted.Redacted): ServerAddress => {
  const url = new URL(Redacted.value(redacted))
  const { searchParams: parameters } = url
  const user = url.username === "" ? "postgres" : decodeURIComponent(url.username)
  const path = decodeURIComponent(url.pathname.slice(1))
  return {
    host: parameters.get("host") ?? (url.hostname === "" ? "localhost" : decodeURIComponent(url.hostname)),
    port: Number(parameters.get("port") ?? (url.port === "" ? 5432 : url.port)),
    database: parameters.get("dbname") ?? (path === "" ? user : path)
  }
}

const startingUp = "57P03"

/** A server that is not there yet, or is starting. A wrong password does not become right. */
const mayPass = (error: SqlError.SqlError): boolean =>
  error.reason._tag === "ConnectionError" || codeOf(error.reason.cause) === startingUp

const codeOf = (cause: unknown): unknown => (Predicate.hasProperty(cause, "code") ? cause.code : undefined)

const reasonOf = (error: SqlError.SqlError): string => {
  const { cause } = error.reason
  // Node joins the failures of several addresses of a host under an error without words.
  if (cause instanceof AggregateError) return cause.errors.map(String).join("; ")
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message
}
