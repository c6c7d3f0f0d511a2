/** The ports of the service on an embedded database in memory: the same SQL as in production. */
import { cpSync, openAsBlob } from "node:fs"
import { join } from "node:path"
import { EmbeddedDatabase, layerPostgres } from "@eventfold/postgres"
import { Effect, Layer } from "effect"
import { inject } from "vitest"
import * as FormerTables from "../src/projections/FormerTables.ts"

/** A new database each time the layer is built, with its SQL client. */
export const layer = Layer.suspend(() =>
  Layer.merge(layerPostgres, FormerTables.layer).pipe(
    Layer.provideMerge(
      Layer.unwrap(
        Effect.map(
          Effect.promise(() => openAsBlob(inject("embeddedTemplate").archive)),
          (loadDataDir) => EmbeddedDatabase.layer({ loadDataDir })
        )
      )
    )
  )
)

/** Puts an empty database into a data directory: the service then starts in a third of the time. */
export const prepare = (directory: string): Effect.Effect<void> =>
  Effect.sync(() => cpSync(inject("embeddedTemplate").folder, join(directory, "postgres"), { recursive: true }))
