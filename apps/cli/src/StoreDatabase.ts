/** The store that the environment names, for commands that want one that is there already. */
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { WholeHistory } from "@eventfold/event-store"
import { ArchiveDirectory, Database, DatabaseInfo, ImportDatabase, layerPostgres } from "@eventfold/postgres"
import { Config, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"

/** The environment names no store that could be kept or read. */
export class NoStore extends Schema.TaggedError<NoStore>()("NoStore", { reason: Schema.String }) {
  override get message(): string {
    return this.reason
  }
}

/** Refuses a database in memory, which ends with the command. */
export const kept: Effect.Effect<Database.DatabaseSettings, NoStore | Effect.Error<typeof Database.settings>> =
  Effect.filterOrFail(
    Database.settings,
    (settings) => settings._tag === "Server" || settings.directory !== undefined,
    () => new NoStore({ reason: "DATA_DIR is memory: such a store ends with its process, and no command reaches it" })
  )

/** The database; an embedded one is not made when there is none. */
const there = <A>(database: Layer.Layer<A, Database.DatabaseError>): Layer.Layer<A, NoStore | Database.DatabaseError> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const settings = yield* kept
      if (settings._tag === "Embedded" && !existsSync(join(settings.directory ?? "", "postgres"))) {
        const reason = `there is no database in ${settings.directory}: set DATABASE_URL or DATA_DIR to the store you mean`
        return yield* new NoStore({ reason })
      }
      return database
    })
  )

/** The database for whoever moves the whole store: on a server, as the login. */
export const layer: Layer.Layer<ImportDatabase.Database, NoStore | Database.DatabaseError> = there(ImportDatabase.layer)

/** A database without a store is refused, since to prepare it would make one nobody asked for. */
const holdsStore = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [found] = yield* sql<{ readonly there: boolean }>`
      select to_regclass('eventfold.events') is not null as there`
    if (found?.there === true) return
    const { description } = yield* DatabaseInfo
    return yield* new NoStore({ reason: `there is no event store in ${description}` })
  })
)

const live = layerPostgres.pipe(Layer.provideMerge(Layer.provideMerge(holdsStore, there(Database.layer))))

/**
 * All ports of the store as the service has them: on a server, as the role of the service, and with the archive of
 * `ARCHIVE_DIR` behind the log, where there is one.
 */
export const ports = Layer.unwrap(
  Effect.map(Config.option(Config.String("ARCHIVE_DIR")), (given) => {
    const directory = Option.getOrElse(given, () => "")
    if (directory === "") return live
    return WholeHistory.layer.pipe(Layer.provide(ArchiveDirectory.layer(resolve(directory))), Layer.provideMerge(live))
  })
)
