/**
 * Loads an exported file into an empty store.
 *
 * Guarantees: the whole file is checked before the first line is loaded; positions, versions, ids, instants and the text
 * of data are those of the file; while it runs nobody else appends, and readers of the log see nothing; only when all is
 * there does the log show it, and go on behind it. The log is loaded in batches, each in one transaction, and which
 * batches are in is told by the log itself: whatever is killed at whatever moment, `resume` goes on after the last
 * batch, once it has seen that just the beginning of this file is there. What stands beside the log comes last, and again
 * when an import goes on. Nobody whom a ledger of the target names gets a key. Memory does not grow with the file.
 * Gotcha: until an import is complete, its streams can be read one by one; stop the service before.
 */
import type { EventStoreFailure, MasterKeyInvalid } from "@eventfold/event-store"
import { type Config, Effect, Result, Stream } from "effect"
import { type Migrator, SqlClient } from "effect/sql"
import { type ExportFileFailure, ImportRefused, type InvalidExportFile } from "./ExportErrors.ts"
import type { ExportedEvent, Part } from "./ExportFormat.ts"
import type { ExportedAction } from "./ExportKinds.ts"
import { type Line, lines } from "./ExportReader.ts"
import { ExportScan, isEvent, isOfLog } from "./ExportScan.ts"
import { Batches, type ImportBatch } from "./ImportBatches.ts"
import * as ImportBeside from "./ImportBeside.ts"
import { checkFile, type Progress } from "./ImportCheck.ts"
import * as ImportFence from "./ImportFence.ts"
import { RowLoader } from "./ImportLoader.ts"
import * as ImportMasterKeys from "./ImportMasterKeys.ts"
import * as ImportReadSide from "./ImportReadSide.ts"
import * as ImportTarget from "./ImportTarget.ts"
import { migrate } from "./Migrations.ts"
import { failure } from "./StoreFailure.ts"

/** What is imported how. */
export interface ImportOptions {
  readonly path: string
  /** Goes on with an import of this file that was interrupted; into an empty store it begins. */
  readonly resume?: boolean | undefined
  /** Does not check the file first: it was. What the database sees by itself is still refused. */
  readonly checked?: boolean | undefined
  /** How many lines a transaction loads at most. Default: 5,000. */
  readonly batchSize?: number | undefined
  readonly onProgress?: ((progress: Progress) => Effect.Effect<void>) | undefined
}

/** What was imported. */
export interface Imported {
  readonly events: number
  /** The log goes on behind this position. */
  readonly upTo: number
  /** How many of the events were there already. */
  readonly resumedAfter: number
  /** How many lines of each other kind the file has. */
  readonly actions: number
  readonly repairs: number
  readonly archived: number
  readonly forgotten: number
  readonly keys: number
  /** How many of the keys were not taken over, because the target knows their subjects to be forgotten. */
  readonly keysLeftOut: number
  /** Master keys that wrap keys of the file, and that the environment does not have. */
  readonly missingMasterKeys: ReadonlyArray<ImportMasterKeys.MissingMasterKey>
  /** What the file was exported without. */
  readonly without: ReadonlyArray<Part>
}

/** Why a file is not imported. */
export type ImportError =
  | ExportFileFailure
  | InvalidExportFile
  | ImportRefused
  | EventStoreFailure
  | Config.ConfigError
  | MasterKeyInvalid
  | Migrator.MigrationError

/** Imports a file into the database of the SQL client, whose tables are made when they are missing. */
export const importStore: (
  options: ImportOptions
) => Effect.Effect<Imported, ImportError, SqlClient.SqlClient | RowLoader> = Effect.fnUntraced(function* (
  options: ImportOptions
) {
  const sql = yield* SqlClient.SqlClient
  if (options.checked !== true) yield* checkFile({ path: options.path, onProgress: options.onProgress })
  yield* Effect.catchTag(migrate, "SqlError", (error) => Effect.fail(failure("Import")(error)))
  const fence = yield* ImportFence.make(sql)
  const empty = yield* ImportTarget.isEmpty(sql)
  if (!empty && options.resume !== true) {
    return yield* new ImportRefused({
      reason: "the store is not empty: import into a new database, or go on with an interrupted import with --resume"
    })
  }
  const there = empty ? ImportTarget.nothing : yield* ImportTarget.loaded(sql)
  const loader = yield* RowLoader
  const beside = yield* ImportBeside.make(sql, loader)
  // Not before the file is known to be of this store.
  const cleared = yield* Effect.cached(ImportReadSide.clear(sql))
  const { keysLeftOut, scan } = yield* loadAfter(options, there, (batch) =>
    Effect.andThen(
      Effect.andThen(fence.stands, cleared),
      batch.kind === "log" ? Effect.as(ImportTarget.load(sql, loader, batch), 0) : beside.load(batch)
    )
  )
  yield* beside.settle
  yield* ImportReadSide.timers(sql)
  const { actions, events, header, sections } = scan
  yield* ImportTarget.goOnAfter(sql, header?.upTo ?? 0)
  const { announced = nothingBeside, masterKeys = new Map<string, number>() } = sections ?? {}
  const { archived, forgotten, keys, repairs } = announced
  const missingMasterKeys = yield* ImportMasterKeys.missing(masterKeys)
  const others = { actions, repairs, archived, forgotten, keys, keysLeftOut, missingMasterKeys }
  return {
    events,
    upTo: header?.upTo ?? 0,
    resumedAfter: there.events,
    ...others,
    without: header?.without ?? []
  }
}, Effect.scoped)

const nothingBeside = { repairs: 0, archived: 0, forgotten: 0, keys: 0 }

/** Walks the file once: past what is there already, then batch after batch. The next is read while one is loaded. */
const loadAfter = Effect.fnUntraced(function* <E>(
  options: ImportOptions,
  there: ImportTarget.Loaded,
  load: (batch: ImportBatch) => Effect.Effect<number, E>
): Effect.fn.Return<
  { readonly scan: ExportScan; readonly keysLeftOut: number },
  E | ExportFileFailure | InvalidExportFile | ImportRefused
> {
  const { onProgress, path } = options
  const scan = new ExportScan(path)
  const batches = new Batches({ path, size: options.batchSize ?? 5000, after: there.position })

  /** Whether what is there is what the file has up to there. */
  let matched = there.position === 0
  const isOther = (entry: ExportedEvent | ExportedAction): boolean => {
    if (entry.position > there.position) return !matched
    if (isEvent(entry) && entry.position === there.event?.position && entry.id !== there.event.id) return true
    if (entry.position < there.position) return false
    matched = scan.events === there.events && scan.actions === there.actions
    return !matched
  }

  const take = Effect.fnUntraced(function* (group: ReadonlyArray<Line>) {
    for (const line of group) {
      const read = scan.accept(line)
      if (Result.isFailure(read)) return yield* read.failure
      const entry = read.success
      if (entry === undefined) continue
      const ofLog = isOfLog(entry)
      if (ofLog ? isOther(entry) : !matched) return yield* otherStore(path)
      if (!ofLog || entry.position > there.position) batches.add(entry, line.number)
    }
    return batches.complete()
  })

  const end = Effect.suspend((): Effect.Effect<ReadonlyArray<ImportBatch>, InvalidExportFile | ImportRefused> => {
    const problem = scan.end()
    if (problem !== undefined) return Effect.fail(problem)
    return matched ? Effect.succeed(batches.rest()) : otherStore(path)
  })

  let [done, others, keysLeftOut] = [there.events, 0, 0]
  yield* lines(path).pipe(
    Stream.mapEffect(take),
    Stream.concat(Stream.fromEffect(end)),
    Stream.flattenIterable,
    Stream.buffer({ capacity: 1 }),
    Stream.runForEach((batch) =>
      Effect.flatMap(load(batch), (leftOut) => {
        keysLeftOut += leftOut
        if (batch.kind === "log") done += batch.events.length
        else others += batch.entries.length
        const progress: Progress =
          batch.kind === "log"
            ? { task: "loading", done, total: scan.header?.events ?? done }
            : { task: "loading", done: others, total: scan.sections?.total ?? others, of: "others" }
        return onProgress?.(progress) ?? Effect.void
      })
    )
  )
  return { scan, keysLeftOut }
})

const otherStore = (path: string) =>
  Effect.fail(
    new ImportRefused({ reason: `what is in the store is not the beginning of ${path}: import into a new database` })
  )
