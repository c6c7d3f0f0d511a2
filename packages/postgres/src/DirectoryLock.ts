/**
 * Exclusive ownership of a directory by one process.
 *
 * Guarantees: of any number of processes, however close together they start, exactly one gets the lock; the operating
 * system holds it, so it ends with its owner at once, whatever killed that, and never before: a stopped process keeps it.
 * No process number is compared, so it is right in containers, where every process may be number 1.
 *
 * How: a SQLite write transaction on the file `lock`, kept open. Node can lock files in no other way, and SQLite can on
 * every system. `BEGIN IMMEDIATE`, because the lock it takes is a single one: of two processes that both want SQLite's
 * exclusive lock at the same moment, neither may get it. The file `owner.json` beside it serves the error message only.
 *
 * Gotchas: the file system must support locks (local ones do; some network file systems do not). On Linux a process loses
 * its locks on a file when it opens and closes that file by other means: do not read `lock`, and do not copy the
 * directory from inside the owning process.
 */
import { readFile, rename, rm, writeFile } from "node:fs/promises"
import { hostname } from "node:os"
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { DateTime, Effect, Option, Predicate, Schema, type Scope } from "effect"

/** Who holds a directory, as it noted itself. */
export const DirectoryOwner = Schema.Struct({
  pid: Schema.Int,
  /** Name of the machine, or the id of the container. */
  host: Schema.String,
  /** ISO 8601. */
  startedAt: Schema.String
})
export type DirectoryOwner = typeof DirectoryOwner.Type

/** Another process holds the directory. `owner` is absent when that has not left its note (yet). */
export class DatabaseInUse extends Schema.TaggedError<DatabaseInUse>()("DatabaseInUse", {
  directory: Schema.String,
  owner: Schema.optionalKey(DirectoryOwner)
}) {
  override get message(): string {
    const { directory, owner } = this
    const who =
      owner === undefined
        ? "another process"
        : `process ${owner.pid} on host ${owner.host}, started at ${owner.startedAt}`
    return (
      `The data directory ${directory} is in use by ${who}. ` +
      "Stop that process, or choose another directory with DATA_DIR, " +
      "or set DATABASE_URL to share one PostgreSQL server between processes."
    )
  }
}

/** The lock file cannot be made or locked, for a reason that has nothing to do with other owners. */
export class DirectoryNotLockable extends Schema.TaggedError<DirectoryNotLockable>()("DirectoryNotLockable", {
  directory: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `its files lock and owner.json cannot be written (${String(this.cause)})`
  }
}

/** Takes an existing directory until the scope closes. Does not wait: it is refused when somebody holds it. */
export const acquire = Effect.fnUntraced(function* (
  directory: string
): Effect.fn.Return<void, DatabaseInUse | DirectoryNotLockable, Scope.Scope> {
  const note = join(directory, "owner.json")
  yield* Effect.acquireRelease(lock(directory), (database) => Effect.sync(() => database.close()))
  yield* Effect.acquireRelease(writeNote(directory, note), () => Effect.promise(() => rm(note, { force: true })))
})

const lock = Effect.fnUntraced(function* (
  directory: string
): Effect.fn.Return<DatabaseSync, DatabaseInUse | DirectoryNotLockable> {
  const cannot = (cause: unknown) => new DirectoryNotLockable({ directory, cause })
  // Loaded here, so that a runtime without it can still use a server.
  const { DatabaseSync } = yield* Effect.tryPromise({ try: () => import("node:sqlite"), catch: cannot })
  const opened = yield* Effect.try({
    try: () => new DatabaseSync(join(directory, "lock"), { timeout: 0 }),
    catch: cannot
  })
  yield* Effect.try({
    try: () => begin(opened),
    catch: (cause) => (isBusy(cause) ? new DatabaseInUse({ directory }) : cannot(cause))
  }).pipe(
    Effect.tapError(() => Effect.sync(() => opened.close())),
    Effect.catchTag("DatabaseInUse", () =>
      Effect.flatMap(readNote(directory), (note) => Effect.fail(new DatabaseInUse({ directory, ...note })))
    )
  )
  return opened
})

const begin = (database: DatabaseSync): void => {
  // Without a journal on disk there is none to recover after a crash, which would need a lock of its own.
  database.exec("pragma journal_mode = memory")
  database.exec("begin immediate")
}

const sqliteBusy = 5
const isBusy = (cause: unknown): boolean => Predicate.hasProperty(cause, "errcode") && cause.errcode === sqliteBusy

const Note = Schema.fromJsonString(DirectoryOwner)

const writeNote = Effect.fnUntraced(function* (directory: string, note: string) {
  const startedAt = DateTime.formatIso(yield* DateTime.now)
  const text = yield* Schema.encodeEffect(Note)({ pid: process.pid, host: hostname(), startedAt }).pipe(Effect.orDie)
  yield* Effect.tryPromise({
    try: async () => {
      // Never seen half written.
      await writeFile(`${note}.new`, text)
      await rename(`${note}.new`, note)
    },
    catch: (cause) => new DirectoryNotLockable({ directory, cause })
  })
})

const readNote = (directory: string): Effect.Effect<{ readonly owner?: DirectoryOwner }> =>
  Effect.tryPromise(() => readFile(join(directory, "owner.json"), "utf8")).pipe(
    Effect.flatMap(Schema.decodeEffect(Note)),
    Effect.option,
    Effect.map(Option.match({ onNone: () => ({}), onSome: (owner) => ({ owner }) }))
  )
