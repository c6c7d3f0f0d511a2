/** The store that the environment names, for commands that want one that is there already. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { Database, ImportDatabase } from "@eventfold/postgres"
import { Effect, Layer, Schema } from "effect"

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
export const layer: Layer.Layer<ImportDatabase.Database, NoStore | Database.DatabaseError> = Layer.unwrap(
  Effect.gen(function* () {
    const settings = yield* kept
    if (settings._tag === "Embedded" && !existsSync(join(settings.directory ?? "", "postgres"))) {
      const reason = `there is no database in ${settings.directory}: set DATABASE_URL or DATA_DIR to the store you mean`
      return yield* new NoStore({ reason })
    }
    return ImportDatabase.layer
  })
)
