/**
 * Carries the rings of `AppendSignal` from process to process over `LISTEN` and `NOTIFY`, so that a reader in one need
 * not wait for its next look to see what another has stored.
 *
 * Guarantees: nothing depends on it. It says that the log may have grown and nothing else; a notification that is lost
 * costs a reader the wait until its next look. `NOTIFY` takes a lock that all databases of a server share, at commit, so
 * it is never sent from a transaction that appends, but afterwards from one of its own that does not wait for the disk, at
 * most once in 20 ms. What comes from another process is not sent on. A connection that is lost is made anew.
 *
 * Gotchas: it holds one connection besides those of the pool. A pooler that hands out connections per transaction
 * (PgBouncer in its `transaction` mode) breaks `LISTEN`: leave it out there. The embedded database has one process, and
 * needs none.
 */
import { PgClient } from "@effect/sql-pg"
import { AppendSignal } from "@eventfold/event-store"
import { Config, Effect, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import type { SqlClient } from "effect/sql"
import { DatabaseInfo } from "./DatabaseInfo.ts"
import * as ListeningConnection from "./ListeningConnection.ts"

/** The channel on which processes tell each other that the log has grown. */
export const channel = "eventfold_log"

/** Between two notifications of one process, however often it appends. */
const spacing = "20 millis"

/** The name of the listening connection, as the server shows it. */
export const applicationName = "eventfold notifications"

/** Whether the environment lets processes tell each other something: on a server, unless `LOG_NOTIFY` is `off`. */
export const isOn: Effect.Effect<boolean, Config.ConfigError, DatabaseInfo> = Effect.gen(function* () {
  const { kind } = yield* DatabaseInfo
  const setting = Option.getOrElse(yield* Config.option(Config.String("LOG_NOTIFY")), () => "")
  return kind === "server" && setting.toLowerCase() !== "off"
})

/** Tells other processes of the appends of this one, and this one of theirs. Listens once it is built, if it can. */
export const layer: Layer.Layer<never, never, PgClient.PgClient | AppendSignal> = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const signal = yield* AppendSignal
    const self = SecureRandom.uuidV4Unsafe()
    yield* Effect.forkScoped(tell(sql, signal, self, yield* signal.listenOwn))
    yield* ListeningConnection.make(sql, {
      channel,
      applicationName,
      what: "what other processes store",
      // For what was stored while nobody listened.
      begun: signal.relay,
      heard: (contents) => (contents.some((by) => by !== self) ? signal.relay : Effect.void)
    })
  })
)

/** The same when the database is a server and `LOG_NOTIFY` is not `off`; else nothing. */
export const layerFromEnvironment: Layer.Layer<
  never,
  Config.ConfigError,
  PgClient.PgClient | AppendSignal | DatabaseInfo
> = Layer.unwrap(Effect.map(isOn, (on) => (on ? layer : Layer.empty)))

const tell = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  signal: AppendSignal["Service"],
  self: string,
  first: Effect.Effect<void>
) {
  let ring = first
  // Nothing is lost with it but time, so its commit need not wait for the disk.
  const notify = sql`select set_config('synchronous_commit', 'off', true), pg_notify(${channel}, ${self})`
  return yield* Effect.forever(
    Effect.gen(function* () {
      yield* ring
      ring = yield* signal.listenOwn
      yield* Effect.ignore(notify)
      yield* Effect.sleep(spacing)
    })
  )
})
