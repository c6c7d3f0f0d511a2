/**
 * The database the environment asks for (see `Database.ts`), for a program that moves a whole store: on a server one
 * connection, which works as the login and not as the role of the service, and can COPY; on the embedded database
 * inserts.
 */
import { Context, Effect, Layer } from "effect"
import { Reactivity } from "effect/reactivity"
import * as CopyDatabase from "./CopyDatabase.ts"
import * as EnvironmentDatabase from "./Database.ts"
import { byCopy, RowLoader, layerInsert } from "./ImportLoader.ts"

/** The SQL client, what it speaks to, and how rows are loaded. */
export type Database = EnvironmentDatabase.Database | RowLoader

/** The database, and how rows are loaded into it. */
export const layer: Layer.Layer<Database, EnvironmentDatabase.DatabaseError> = Layer.unwrap(
  Effect.map(EnvironmentDatabase.settings, (chosen): Layer.Layer<Database, EnvironmentDatabase.DatabaseError> =>
    chosen._tag === "Server"
      ? Layer.effectContext(
          Effect.map(CopyDatabase.make(chosen.url), (server) =>
            Context.add(EnvironmentDatabase.contextOf(server), RowLoader, RowLoader.of(byCopy(server)))
          )
        ).pipe(Layer.provide(Reactivity.layer))
      : Layer.provideMerge(layerInsert, EnvironmentDatabase.layer)
  )
)
