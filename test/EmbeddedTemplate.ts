/**
 * What tests of the embedded database start from, because making one takes four seconds: an empty database as a folder,
 * to be copied into a data directory, and as a tar archive, for `loadDataDir`. Tests find it with
 * `inject("embeddedTemplate")`. It is kept between runs, by the version of PGlite, on which alone it depends.
 *
 * What is tested of a first start must not use it.
 */
import { existsSync } from "node:fs"
import { mkdir, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { TestProject } from "vitest/node"
import manifest from "../package.json" with { type: "json" }

declare module "vitest" {
  export interface ProvidedContext {
    /** An empty embedded database. */
    embeddedTemplate: EmbeddedTemplate
  }
}

/** An empty embedded database. */
export interface EmbeddedTemplate {
  /** Its folder: copied as `postgres` into a data directory, it is a database that was closed in order. */
  readonly folder: string
  /** A tar archive of it. */
  readonly archive: string
}

const kept = join(import.meta.dirname, "../node_modules/.cache/eventfold")

/** Makes the template, if it is not there yet, known to the tests. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide("embeddedTemplate", await template())
}

const template = async (): Promise<EmbeddedTemplate> => {
  const made = join(kept, `pglite-${manifest.dependencies["@electric-sql/pglite"]}`)
  if (!existsSync(made)) await make(made)
  return { folder: join(made, "data", "postgres"), archive: join(made, "postgres.tar") }
}

const make = async (place: string): Promise<void> => {
  // Several runs may be at it: each makes a whole one of its own, and the first one stays.
  const own = `${place}.${process.pid}`
  // Loading them takes a second for each project, and is in vain nearly always.
  const [{ EmbeddedDatabase }, { Effect }] = await Promise.all([import("@eventfold/postgres"), import("effect")])
  await mkdir(own, { recursive: true })
  const loadDataDir = await Effect.runPromise(EmbeddedDatabase.template())
  await writeFile(join(own, "postgres.tar"), loadDataDir.stream())
  const opened = EmbeddedDatabase.layer({ directory: join(own, "data"), loadDataDir })
  await Effect.runPromise(Effect.provide(Effect.void, opened))
  try {
    await rename(own, place)
  } catch (cause) {
    await rm(own, { recursive: true, force: true })
    if (!existsSync(place)) throw cause
  }
}
