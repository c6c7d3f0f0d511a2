/** Every database the examples run on in the tests; the server is the one the tests start. */
import { ConfigProvider, Layer } from "effect"
import { inject } from "vitest"
import { layers } from "../src/Databases.ts"

/** The environment of somebody who has a server. */
export const givenServer = ConfigProvider.layer(
  ConfigProvider.fromUnknown({
    DATABASE_URL: inject("postgresUrl"),
    EVENTFOLD_MASTER_KEY: Buffer.alloc(32, 7).toString("base64")
  })
)

/** The layers by the names `--database` knows. */
export const databases = Object.entries(layers).map(
  ([name, layer]) => [name, Layer.provide(layer, givenServer)] as const
)
