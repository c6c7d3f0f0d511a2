/**
 * What tests of the embedded database start from: a copy of an empty database, because making one takes seconds. It is
 * kept between runs, by the version of PGlite, on which alone it depends.
 */
import { existsSync, openAsBlob } from "node:fs"
import { mkdir, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Layer } from "effect"
import manifest from "../package.json" with { type: "json" }
import * as EmbeddedDatabase from "../src/EmbeddedDatabase.ts"

const cache = join(import.meta.dirname, "../../../node_modules/.cache/eventfold")
const file = join(cache, `pglite-${manifest.dependencies["@electric-sql/pglite"]}.tar`)

/** An empty database, for `loadDataDir`. */
export const template: Effect.Effect<Blob, EmbeddedDatabase.EmbeddedDatabaseError> = Effect.gen(function* () {
  if (!existsSync(file)) {
    const made = yield* EmbeddedDatabase.template()
    yield* Effect.promise(async () => {
      await mkdir(cache, { recursive: true })
      // Several workers may be at it: each writes a whole file of its own, and the last one stays.
      const own = `${file}.${process.pid}`
      await writeFile(own, made.stream())
      await rename(own, file)
    })
  }
  return yield* Effect.promise(() => openAsBlob(file))
})

/** An embedded database that starts from the template. */
export const layer = (options: EmbeddedDatabase.EmbeddedDatabaseOptions = {}) =>
  Layer.unwrap(Effect.map(template, (loadDataDir) => EmbeddedDatabase.layer({ loadDataDir, ...options })))
