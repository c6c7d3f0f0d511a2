/** What tests of the embedded database start from: a copy of an empty database, because making one takes seconds. */
import { cpSync, existsSync, openAsBlob } from "node:fs"
import { join } from "node:path"
import { afterAll, inject } from "@effect/vitest"
import { Effect, Exit, Layer, Scope } from "effect"
import * as EmbeddedDatabase from "../src/EmbeddedDatabase.ts"

/** Puts an empty database that was closed in order into a directory that has none. */
export const copyInto = (directory: string): Effect.Effect<void> =>
  Effect.sync(() => {
    const folder = join(directory, "postgres")
    // The synchronous copy is ten times as fast as the other.
    if (!existsSync(folder)) cpSync(inject("embeddedTemplate").folder, folder, { recursive: true })
  })

/** An empty database for `loadDataDir`. */
export const archive = Effect.promise(() => openAsBlob(inject("embeddedTemplate").archive))

/** An embedded database that starts from the template: in its directory, unless there is one, or in memory. */
export const layer = (options: EmbeddedDatabase.EmbeddedDatabaseOptions = {}) =>
  Layer.unwrap(
    options.directory === undefined
      ? Effect.map(archive, (loadDataDir) => EmbeddedDatabase.layer({ loadDataDir, ...options }))
      : Effect.as(copyInto(options.directory), EmbeddedDatabase.layer(options))
  )

/**
 * One embedded database in memory for all tests of the file that calls this; closed after the last one. For tests that
 * need not find it empty.
 */
export const shared = () => {
  const scope = Scope.makeUnsafe()
  const opened = Effect.runSync(Effect.cached(Layer.buildWithScope(layer(), scope)))
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  return Layer.effectContext(opened)
}
