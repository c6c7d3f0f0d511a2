/**
 * Writes a whole store into one file, in the format of `ExportFormat.ts`.
 *
 * Guarantees: the file holds every event up to one position, which is fixed at the start, and no other, whatever is
 * appended meanwhile; it has its name only once it is whole and on the disk, and `.part` behind it until then; an
 * interrupted export goes on where it stopped; memory does not grow with the store.
 * Gotcha: streams in the archive are not in the log any more: with any there, an export is refused.
 */
import { existsSync } from "node:fs"
import { open, rename } from "node:fs/promises"
import { dirname } from "node:path"
import type { EventStoreFailure } from "@eventfold/event-store"
import { DateTime, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type ExportFileFailure, ExportRefused, type InvalidExportFile } from "./ExportErrors.ts"
import { eventLine, footerLine, type Header, headerLine } from "./ExportFormat.ts"
import { fileFailure, isCompressed } from "./ExportReader.ts"
import * as ExportResume from "./ExportResume.ts"
import * as ExportSource from "./ExportSource.ts"
import { ExportWriter } from "./ExportWriter.ts"
import type { Progress } from "./ImportCheck.ts"

/** What is exported where. */
export interface ExportOptions {
  /** The file; compressed when its name ends in `.gz`. There must be none of that name. */
  readonly path: string
  /** Where the events come from, for people. */
  readonly source: string
  /** Goes on with an export that was interrupted; without one it begins. */
  readonly resume?: boolean | undefined
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
}

/** Exports the store in the database of the SQL client. */
export const exportStore = Effect.fnUntraced(function* (
  options: ExportOptions
): Effect.fn.Return<
  Exported,
  ExportFileFailure | InvalidExportFile | ExportRefused | EventStoreFailure,
  SqlClient.SqlClient
> {
  const sql = yield* SqlClient.SqlClient
  const { pageSize = 1000, path } = options
  const part = `${path}.part`
  if (existsSync(path)) return yield* new ExportRefused({ reason: `${path} exists already; it is not overwritten` })
  if (existsSync(part) && options.resume !== true) {
    return yield* new ExportRefused({
      reason: `${part} is there from an interrupted export: go on with --resume, or delete it`
    })
  }
  yield* ExportSource.check(sql)
  const begun = yield* ExportResume.resume(sql, part)
  const header = begun?.header ?? (yield* newHeader(sql, options.source))
  const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: fileFailure(path) })
  const report = (done: number) =>
    options.onProgress?.({ task: "exporting", done, total: header.events }) ?? Effect.void

  const sha256 = yield* Effect.acquireUseRelease(
    attempt(() => ExportWriter.open(part, { compressed: isCompressed(path), hash: begun?.hash })),
    Effect.fnUntraced(function* (writer) {
      if (begun?.footer !== undefined) return begun.footer.sha256
      if (begun === undefined) yield* attempt(() => writer.write(headerLine(header)))
      let done = begun?.events ?? 0
      let after = begun?.last?.position ?? 0
      yield* report(done)
      while (after < header.upTo) {
        const page = yield* ExportSource.page(sql, { after, upTo: header.upTo, limit: pageSize })
        const last = page.at(-1)
        if (last === undefined) break
        yield* attempt(() => writer.write(page.map(eventLine).join("")))
        done += page.length
        after = last.position
        yield* report(done)
      }
      if (done !== header.events) {
        return yield* new ExportRefused({
          reason: `the log had ${header.events} events when the export began, and ${done} were found: have some been archived meanwhile? Delete ${part} and begin again`
        })
      }
      const checksum = yield* attempt(() => writer.checksum())
      yield* attempt(() => writer.write(footerLine({ end: header.format, events: done, sha256: checksum })))
      yield* attempt(() => writer.end())
      return checksum
    }),
    (writer) => Effect.promise(() => writer.close())
  )
  yield* attempt(() => giveName(part, path))
  return { events: header.events, upTo: header.upTo, sha256, resumedAfter: begun?.events ?? 0 }
})

const newHeader = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, source: string) {
  const upTo = yield* ExportSource.horizon(sql)
  const events = yield* ExportSource.count(sql, upTo)
  const createdAt = yield* DateTime.now
  return { format: "eventfold-export", version: 1, createdAt, source, events, upTo } satisfies Header
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
