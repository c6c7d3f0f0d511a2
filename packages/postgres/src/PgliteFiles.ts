/**
 * Opens PGlite on a directory of ours, or in memory.
 *
 * Guarantees: the folder `postgres` exists only once a database in it is complete (it is built beside it and renamed), so
 * a first start that was cut short is simply done again; a folder without its `PG_VERSION`, over which PGlite would build
 * a new database, is refused; every failure is one typed error that says in PostgreSQL's words what is wrong.
 */
import { existsSync } from "node:fs"
import { mkdir, open as openFile, opendir, rename, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import { PGlite } from "@electric-sql/pglite"
import { Effect, Predicate, Schema } from "effect"

/** The embedded database cannot be opened. `reason` says why, in PostgreSQL's words where it spoke. */
export class EmbeddedDatabaseFailed extends Schema.TaggedError<EmbeddedDatabaseFailed>()("EmbeddedDatabaseFailed", {
  /** The directory, or `memory`. */
  directory: Schema.String,
  reason: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    const place = this.directory === inMemory ? "in memory" : `in ${this.directory}`
    return `The embedded database ${place} cannot be opened: ${this.reason}`
  }
}

/** An open database, and why it died if it did. */
export interface OpenPglite {
  readonly db: PGlite
  /** What PostgreSQL last reported as the reason of its end. */
  readonly lastWords: () => string | undefined
}

/** What errors name in place of a directory. */
export const inMemory = "memory"

const settings = [
  "max_wal_size = 64MB",
  "min_wal_size = 32MB",
  // 300 MB of memory for the process instead of 370, at the same speed.
  "shared_buffers = 64MB",
  // Deep recursion then ends as an error of PostgreSQL's before it exhausts the stack of the JavaScript engine (984 KB).
  "max_stack_depth = 200kB",
  "timezone = UTC",
  "default_text_search_config = 'pg_catalog.english'",
  "log_min_messages = fatal",
  "log_min_error_statement = panic"
]

/** Makes sure the directory is there. */
export const create = (directory: string): Effect.Effect<void, EmbeddedDatabaseFailed> =>
  Effect.tryPromise({ try: () => makeDirectory(directory), catch: failed(directory) })

/** Makes sure there is a whole database in the directory; a new one starts from `loadDataDir` if given. */
export const initialise = (
  directory: string,
  loadDataDir: Blob | undefined
): Effect.Effect<void, EmbeddedDatabaseFailed> =>
  Effect.tryPromise({
    try: async () => {
      const data = folder(directory)
      if (existsSync(data)) {
        if (!existsSync(join(data, "PG_VERSION"))) throw new Error(`it is damaged: ${data} has no PG_VERSION`)
        return
      }
      const incomplete = `${data}.incomplete`
      await rm(incomplete, { recursive: true, force: true })
      const { db } = await start(incomplete, loadDataDir)
      await db.close()
      await rename(incomplete, data)
      await sync(directory)
    },
    catch: failed(directory)
  })

/** Opens the database of an initialised directory, or a new one in memory. */
export const open = (
  directory: string | undefined,
  loadDataDir: Blob | undefined
): Effect.Effect<OpenPglite, EmbeddedDatabaseFailed> =>
  Effect.tryPromise({
    try: () => (directory === undefined ? start(undefined, loadDataDir) : start(folder(directory), undefined)),
    catch: failed(directory ?? inMemory)
  })

/**
 * Makes sure a directory is there, with its parents. By hand, because Node's recursive `mkdir` never returns where a
 * parent exists but takes no folders (`/proc`).
 */
export const makeDirectory = async (directory: string): Promise<void> => {
  if (existsSync(directory)) return (await opendir(directory)).close()
  await makeDirectory(dirname(directory))
  await mkdir(directory)
}

const folder = (directory: string): string => join(directory, "postgres")

const start = async (dataDir: string | undefined, loadDataDir: Blob | undefined): Promise<OpenPglite> => {
  const lines: Array<string> = []
  const lastWords = () => complaint(lines)
  const db = new PGlite({
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(loadDataDir === undefined ? {} : { loadDataDir }),
    postgresqlconf: settings,
    onStderr: (line) => {
      lines.push(line)
      if (lines.length > 20) lines.shift()
      return false
    }
  })
  try {
    await db.waitReady
    return { db, lastWords }
  } catch (cause) {
    abandon(db)
    const words = lastWords()
    throw words === undefined ? cause : new Error(words, { cause })
  }
}

/**
 * Lets go of an instance that has failed: its file handles, and its timers, which would keep the process from ending.
 * This ends the WebAssembly only. PostgreSQL's own shutdown must not run: it would write out memory that may be wrong.
 */
export const abandon = (db: PGlite): void => {
  try {
    db.Module._emscripten_force_exit(0)
  } catch {
    // It always throws: that is how it leaves, or there is nothing to leave yet.
  }
}

/** From the last fatal line of PostgreSQL's log, without its time and process number, and its detail. */
const complaint = (lines: ReadonlyArray<string>): string | undefined => {
  const text = (pattern: RegExp, from: number) => lines.slice(from).flatMap((line) => pattern.exec(line)?.[1] ?? [])
  const at = lines.findLastIndex((line) => fatal.test(line))
  return at < 0 ? undefined : [...text(fatal, at), ...text(detail, at)].join(". ")
}

const fatal = /(?:FATAL|PANIC): {2}(.*)$/u
const detail = /DETAIL: {2}(.*)$/u

/** A rename that a power cut undoes would cost the whole database. */
const sync = async (directory: string): Promise<void> => {
  const handle = await openFile(directory, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The typed error for a failure in the directory. */
export const failed =
  (directory: string) =>
  (cause: unknown): EmbeddedDatabaseFailed =>
    new EmbeddedDatabaseFailed({ directory, reason: reasonOf(cause), cause })

const reasonOf = (cause: unknown): string => {
  switch (Predicate.hasProperty(cause, "code") ? cause.code : undefined) {
    case "EEXIST":
    case "ENOTDIR":
      return "the path, or a part of it, is a file"
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "the process may not write there"
    case "ENOSPC":
      return "there is no space left"
    default:
      return cause instanceof Error ? cause.message : String(cause)
  }
}
