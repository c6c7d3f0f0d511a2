/** Every database the examples run on in the tests; the server is the one the tests start. */
import { openAsBlob } from "node:fs"
import { EmbeddedDatabase, layerPostgres } from "@eventfold/postgres"
import { ConfigProvider, Effect, Layer } from "effect"
import { inject } from "vitest"
import { layers } from "../src/Databases.ts"

/** The environment of somebody who has a server. */
export const givenServer = ConfigProvider.layer(
  ConfigProvider.fromUnknown({
    DATABASE_URL: inject("postgresUrl"),
    EVENTFOLD_MASTER_KEY: Buffer.alloc(32, 7).toString("base64")
  })
)

/** The embedded database in memory, from a copy of an empty one: making it would take seconds each time. */
export const embedded = Layer.unwrap(
  Effect.map(
    Effect.promise(() => openAsBlob(inject("embeddedTemplate").archive)),
    (loadDataDir) => EmbeddedDatabase.layer({ loadDataDir })
  )
)

/** The layers by the names `--database` knows. */
export const databases = Object.entries({
  ...layers,
  embedded: layerPostgres.pipe(Layer.provide(embedded))
}).map(([name, layer]) => [name, Layer.provide(layer, givenServer)] as const)
