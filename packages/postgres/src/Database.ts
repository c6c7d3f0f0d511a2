/**
 * The database, chosen by the environment:
 *
 * - `DATABASE_URL` set: a PostgreSQL server, with at most `DATABASE_POOL_MAX` connections (1 to 200; 10), which work as
 *   the role `DATABASE_ROLE` (`eventfold_service`; `none` is the login itself);
 * - otherwise the embedded database in `DATA_DIR` (`.eventfold/data`), or in memory when that is the word `memory`.
 *
 * Guarantees: settings are checked before anything is opened, and an error names the variable and never shows the URL;
 * the database has answered when the layer is built. An empty variable counts as unset.
 */
import { resolve } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { Config, Context, Effect, Layer, Option, type Redacted, Schema } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, type SqlError } from "effect/sql"
import { DatabaseInfo } from "./DatabaseInfo.ts"
import * as EmbeddedDatabase from "./EmbeddedDatabase.ts"
import * as ServerDatabase from "./ServerDatabase.ts"
import * as ServiceRole from "./ServiceRole.ts"

/** What the environment asks for. */
export type DatabaseSettings =
  | {
      readonly _tag: "Server"
      readonly url: Redacted.Redacted
      readonly maxConnections: number
      readonly role: string | undefined
    }
  | { readonly _tag: "Embedded"; readonly directory: string | undefined }

/** Why the database does not open. */
export type DatabaseError =
  | Config.ConfigError
  | EmbeddedDatabase.EmbeddedDatabaseError
  | ServerDatabase.DatabaseUnreachable
  | SqlError.SqlError

/** Reads the settings from the environment. Fails with a `ConfigError` that names the variable. */
export const settings: Effect.Effect<DatabaseSettings, Config.ConfigError> = Effect.gen(function* () {
  const url = yield* unlessEmpty("DATABASE_URL", Config.schema(DatabaseUrl, "DATABASE_URL"))
  const maxConnections = yield* unlessEmpty("DATABASE_POOL_MAX", Config.schema(PoolMax, "DATABASE_POOL_MAX"))
  const role = (yield* unlessEmpty("DATABASE_ROLE", Config.schema(Role, "DATABASE_ROLE"))) ?? ServiceRole.defaultRole
  const directory = yield* unlessEmpty("DATA_DIR", Config.String("DATA_DIR"))
  if (url !== undefined) {
    return { _tag: "Server", url, maxConnections: maxConnections ?? 10, role: role === "none" ? undefined : role }
  }
  const place = directory ?? ".eventfold/data"
  return { _tag: "Embedded", directory: place === "memory" ? undefined : resolve(place) }
})

/** The SQL client, and what it speaks to. */
export type Database = PgClient.PgClient | SqlClient.SqlClient | DatabaseInfo

/** The database the environment asks for. */
export const layer: Layer.Layer<Database, DatabaseError> = Layer.unwrap(
  Effect.map(settings, (chosen): Layer.Layer<Database, DatabaseError> =>
    chosen._tag === "Server" ? served(chosen) : embedded(chosen.directory)
  )
)

const unlessEmpty = Effect.fnUntraced(function* <A>(name: string, config: Config.Config<A>) {
  const text = yield* Config.option(Config.String(name))
  return Option.getOrElse(text, () => "") === "" ? undefined : yield* config
})

const isDatabaseUrl = (text: string): boolean =>
  URL.canParse(text) && /^postgres(?:ql)?:$/u.test(new URL(text).protocol)

const DatabaseUrl = Schema.Redacted(
  Schema.String.check(
    Schema.makeFilter((text) => isDatabaseUrl(text) || "must look like postgres://user:password@host:5432/database")
  )
)

const PoolMax = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 }))

const Role = Schema.String.check(
  Schema.makeFilter((text) => ServiceRole.isRoleName(text) || "must be the name of a role in lower case, or none")
)

/** The process owns the files: no role could keep it from anything. */
const guarded: ServiceRole.Protection = {
  protected: true,
  description: "A trigger refuses to change or delete events."
}

const embedded = (directory: string | undefined) =>
  Layer.effect(
    DatabaseInfo,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [facts] = yield* sql<{ readonly version: string }>`select current_setting('server_version') as version`
      const product = `PGlite (PostgreSQL ${facts?.version})`
      return DatabaseInfo.of(
        directory === undefined
          ? {
              kind: "embedded-memory",
              description: `${product} in memory`,
              durability: "Nothing is kept: the data ends with the process.",
              protection: guarded
            }
          : {
              kind: "embedded",
              description: `${product} in ${directory}`,
              durability: "A killed process loses nothing; a power cut may, because PGlite never syncs to disk.",
              protection: guarded
            }
      )
    })
  ).pipe(Layer.provideMerge(EmbeddedDatabase.layer({ directory })))

const served = (chosen: Extract<DatabaseSettings, { readonly _tag: "Server" }>) =>
  Layer.effectContext(Effect.map(ServerDatabase.make(chosen), contextOf)).pipe(Layer.provide(Reactivity.layer))

/** What programs take from a connected server. */
export const contextOf = ({
  address,
  protection,
  sql,
  syncs,
  version
}: ServerDatabase.ServerDatabase): Context.Context<Database> =>
  Context.make(PgClient.PgClient, sql).pipe(
    Context.add(SqlClient.SqlClient, sql),
    Context.add(DatabaseInfo, {
      kind: "server",
      description: `PostgreSQL ${version} at ${address.host}:${address.port}, database ${address.database}`,
      durability: syncs
        ? "An acknowledged write is on the server's disk: neither a killed process nor a power cut loses it."
        : "The server does not sync every commit to disk (fsync or synchronous_commit is off): a power cut may lose the last ones.",
      protection
    })
  )
