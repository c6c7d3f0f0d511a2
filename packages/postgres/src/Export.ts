/**
 * Writes a whole store into one file, in the format of `ExportFormat.ts`.
 *
 * Guarantees: the file holds every event and audited action up to one position, which is fixed at the start, and no other,
 * whatever is appended meanwhile; what stands beside the log is that of one later moment; the file has its name only once
 * it is whole and on the disk, and `.part` behind it until then; an interrupted export goes on where it stopped in the
 * log; memory does not grow with the store. Keys leave the store wrapped, and those of the forgotten not at all.
 * Gotchas: archived streams go along as entries of the catalogue, and their files stay where they are; no stream may move
 * to the archive or back while an export runs, or it ends; a file keeps the keys of persons who are forgotten later.
 */
import { existsSync } from "node:fs"
import { open, rename } from "node:fs/promises"
import { dirname } from "node:path"
import type { EventStoreFailure } from "@eventfold/event-store"
import { type Config, DateTime, Effect } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import * as ExportBesideSource from "./ExportBesideSource.ts"
import { type ExportFileFailure, ExportRefused, type InvalidExportFile } from "./ExportErrors.ts"
import {
  besideLine,
  footerLine,
  formatName,
  formatVersion,
  type Header,
  headerLine,
  type Part
} from "./ExportFormat.ts"
import { kindLine } from "./ExportKinds.ts"
import * as ExportLedger from "./ExportLedger.ts"
import { ExportLog } from "./ExportLog.ts"
import { fileFailure, isCompressed } from "./ExportReader.ts"
import * as ExportResume from "./ExportResume.ts"
import * as ExportSource from "./ExportSource.ts"
import { ExportWriter } from "./ExportWriter.ts"
import type { Progress } from "./ImportCheck.ts"
import { failure } from "./StoreFailure.ts"

/** What is exported where. */
export interface ExportOptions {
  /** The file; compressed when its name ends in `.gz`. There must be none of that name. */
  readonly path: string
  /** Where the events come from, for people. */
  readonly source: string
  /** Goes on with an export that was interrupted; without one it begins. */
  readonly resume?: boolean | undefined
  /** What is left out. Default: nothing. */
  readonly without?: ReadonlyArray<Part> | undefined
  /** How many events one query reads. Default: 1,000. */
  readonly pageSize?: number | undefined
  readonly onProgress?: ((progress: Progress) => Effect.Effect<void>) | undefined
}

/** What was exported. */
export interface Exported {
  readonly events: number
  readonly upTo: number
  readonly sha256: string
  /** How many of the events were in the file already. */
  readonly resumedAfter: number
  /** How many lines of each other kind there are. */
  readonly actions: number
  readonly repairs: number
  readonly archived: number
  readonly forgotten: number
  readonly keys: number
  /** By which master keys how many of the keys are wrapped, by their names. */
  readonly masterKeys: ReadonlyMap<string, number>
  /** Repairs that name no event there is, and so repair nothing: they were left out. */
  readonly strayRepairs: number
}

/** Why a store is not exported. */
export type ExportError = ExportFileFailure | InvalidExportFile | ExportRefused | EventStoreFailure | Config.ConfigError

/** Exports the store in the database of the SQL client, and the ledger of the forgotten that the environment names. */
export const exportStore = Effect.fnUntraced(function* (
  options: ExportOptions
): Effect.fn.Return<Exported, ExportError, SqlClient.SqlClient> {
  const sql = yield* SqlClient.SqlClient
  const { pageSize = 1000, path, without = [] } = options
  const part = `${path}.part`
  if (existsSync(path)) return yield* new ExportRefused({ reason: `${path} exists already; it is not overwritten` })
  if (existsSync(part) && options.resume !== true) {
    return yield* new ExportRefused({
      reason: `${part} is there from an interrupted export: go on with --resume, or delete it`
    })
  }
  yield* ExportSource.check(sql)
  const begun = yield* ExportResume.resume(sql, part, without)
  const header = begun?.header ?? (yield* newHeader(sql, options.source, without))
  const ledger = yield* ExportLedger.read
  const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: fileFailure(path) })
  const report = (progress: Omit<Progress, "task">) =>
    options.onProgress?.({ task: "exporting", ...progress }) ?? Effect.void

  const writeLog = Effect.fnUntraced(function* (writer: ExportWriter) {
    const log = new ExportLog(sql, {
      upTo: header.upTo,
      limit: pageSize,
      actions: !header.without.includes("actions")
    })
    let [done, after] = [begun?.events ?? 0, begun?.position ?? 0]
    yield* report({ done, total: header.events })
    while (after < header.upTo) {
      const page = yield* log.after(after)
      if (page === undefined) break
      yield* attempt(() => writer.write(page.text))
      done += page.events
      after = page.position
      yield* report({ done, total: header.events })
    }
  })

  /** In one transaction that sees one moment: the keys and the ledger of it belong together. */
  const writeBeside = Effect.fnUntraced(function* (writer: ExportWriter) {
    const beside = { header, ledger, limit: pageSize }
    yield* sameArchive(sql, header, part)
    const counted = yield* ExportBesideSource.count(sql, beside)
    const { archived, forgotten, keys, kind, repairs } = counted
    yield* attempt(() => writer.write(besideLine({ kind, repairs, archived, forgotten, keys })))
    const total = repairs + archived + forgotten + keys
    const masterKeys = new Map<string, number>()
    let done = 0
    yield* ExportBesideSource.forEachPage(sql, beside, (page) =>
      Effect.suspend(() => {
        done += page.length
        for (const entry of page) {
          if (entry.kind !== "key" || entry.masterKey === null) continue
          masterKeys.set(entry.masterKey, (masterKeys.get(entry.masterKey) ?? 0) + 1)
        }
        const text = page.map(kindLine).join("")
        return Effect.andThen(
          attempt(() => writer.write(text)),
          report({ done, total, of: "others" })
        )
      })
    )
    return { ...counted, masterKeys }
  })

  const counted = yield* Effect.acquireUseRelease(
    attempt(() => ExportWriter.open(part, { compressed: isCompressed(path), hash: begun?.hash })),
    Effect.fnUntraced(function* (writer) {
      if (begun?.footer !== undefined) return { ...begun.footer, strayRepairs: 0 }
      if (begun === undefined) yield* attempt(() => writer.write(headerLine(header)))
      yield* writeLog(writer)
      const beside = yield* writeBeside(writer).pipe(
        sql.withTransaction,
        Effect.provideService(SqlClient.BeginTransaction, "begin isolation level repeatable read"),
        Effect.mapError((error) => (SqlError.isSqlError(error) ? failure("Export")(error) : error))
      )
      const sha256 = yield* attempt(() => writer.checksum())
      yield* attempt(() => writer.write(footerLine({ end: header.format, events: header.events, sha256 })))
      yield* attempt(() => writer.end())
      return { ...beside, sha256 }
    }),
    (writer) => Effect.promise(() => writer.close())
  )
  yield* attempt(() => giveName(part, path))
  const { archived, forgotten, keys, masterKeys, repairs, sha256, strayRepairs } = counted
  const { actions, events, upTo } = header
  const others = { actions, repairs, archived, forgotten, keys, masterKeys, strayRepairs }
  return { events, upTo, sha256, resumedAfter: begun?.events ?? 0, ...others }
})

const newHeader = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  source: string,
  without: ReadonlyArray<Part>
): Effect.fn.Return<Header, ExportRefused | EventStoreFailure> {
  const archive = yield* ExportSource.archiveState(sql)
  const upTo = yield* ExportSource.horizon(sql)
  // An event can be archived while a transaction that is older than it still holds the log back.
  if (archive.position > upTo) {
    return yield* new ExportRefused({
      reason: `the log is settled up to ${upTo} only, and the archive reaches up to ${archive.position}: try again`
    })
  }
  const { actions, events } = yield* ExportSource.count(sql, upTo)
  const createdAt = yield* DateTime.now
  const { archived, restored } = archive
  const counts = { events, actions: without.includes("actions") ? 0 : actions, archived, restored }
  return { format: formatName, version: formatVersion, createdAt, source, ...counts, without, upTo }
})

/** Nothing came from the archive or went to it since the export began, so every event is in just one of the two. */
const sameArchive = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, header: Header, part: string) {
  const { archived, restored } = yield* ExportSource.archiveState(sql)
  if (archived !== header.archived || restored !== header.restored) return yield* ExportResume.movedStreams(part)
})

/** After a power cut a file must not be there by a name without its bytes, nor its name be forgotten. */
const giveName = async (part: string, path: string): Promise<void> => {
  await rename(part, path)
  if (process.platform === "win32") return
  const directory = await open(dirname(path), "r")
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
