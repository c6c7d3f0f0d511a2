/**
 * Finds out how far an interrupted export has come, and makes its file end in a whole line.
 *
 * Guarantees: every line that stays is read and checked; a last line that was cut short is taken off; a file of which the
 * database does not have just these events is refused. Of a compressed file, which cannot be cut anywhere, the whole lines
 * are written anew beside it before they take its place.
 */
import type { Hash } from "node:crypto"
import { existsSync } from "node:fs"
import { rename, rm, truncate } from "node:fs/promises"
import type { EventStoreFailure } from "@eventfold/event-store"
import { Effect, Result, Stream } from "effect"
import type { SqlClient } from "effect/sql"
import { type ExportFileFailure, ExportRefused, type InvalidExportFile } from "./ExportErrors.ts"
import type { ExportedEvent, Footer, Header } from "./ExportFormat.ts"
import { fileFailure, isCompressed, lines } from "./ExportReader.ts"
import { ExportScan } from "./ExportScan.ts"
import * as ExportSource from "./ExportSource.ts"
import { ExportWriter } from "./ExportWriter.ts"

/** What is in the file of an interrupted export. */
export interface BegunExport {
  readonly header: Header
  /** There when only the name was missing. */
  readonly footer: Footer | undefined
  readonly events: number
  readonly last: ExportedEvent | undefined
  /** Of all lines but the footer. */
  readonly hash: Hash
}

/** What was begun in a file, which ends in a whole line after this; nothing when there is no file, or not one line. */
export const resume = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  part: string
): Effect.fn.Return<
  BegunExport | undefined,
  ExportFileFailure | InvalidExportFile | ExportRefused | EventStoreFailure
> {
  if (!existsSync(part)) return undefined
  const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: fileFailure(part) })
  const scan = new ExportScan(part)
  const copy = `${part}.copy`
  const rewritten = isCompressed(part)
  if (rewritten) yield* attempt(() => rm(copy, { force: true }))
  const opened: Effect.Effect<ExportWriter | void, ExportFileFailure> = rewritten
    ? attempt(() => ExportWriter.open(copy, { compressed: true }))
    : Effect.void
  yield* Effect.acquireUseRelease(
    opened,
    (writer) =>
      Effect.gen(function* () {
        yield* lines(part).pipe(
          Stream.runForEach((group) =>
            Effect.gen(function* () {
              const kept: Array<string> = []
              for (const line of group) {
                if (!line.whole) break
                yield* Result.match(scan.accept(line), { onFailure: Effect.fail, onSuccess: () => Effect.void })
                kept.push(`${line.text}\n`)
              }
              if (writer instanceof ExportWriter) yield* attempt(() => writer.write(kept.join("")))
            })
          )
        )
        if (writer instanceof ExportWriter) yield* attempt(() => writer.end())
      }),
    (writer) => (writer instanceof ExportWriter ? Effect.promise(() => writer.close()) : Effect.void)
  )
  const { events, footer, hash, header, last } = scan
  // The header goes out together with the first events: without it nothing was exported yet.
  if (header === undefined) {
    yield* attempt(() => Promise.all([truncate(part, 0), rm(copy, { force: true })]))
    return undefined
  }
  yield* sameStore(sql, part, scan)
  yield* attempt(() => (rewritten ? rename(copy, part) : truncate(part, scan.bytes)))
  return { header, footer, events, last, hash }
})

/** The database has as many events up to the last one, and the first and the last are the same. */
const sameStore = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, part: string, scan: ExportScan) {
  const { events, first, header, last } = scan
  const refused = new ExportRefused({
    reason: `${part} was exported from another store: delete it, or choose another file`
  })
  if ((yield* ExportSource.horizon(sql)) < (header?.upTo ?? 0)) return yield* refused
  if (first === undefined || last === undefined) return
  if ((yield* ExportSource.count(sql, last.position)) !== events) return yield* refused
  for (const { id, position } of [first, last]) {
    if ((yield* ExportSource.idAt(sql, position)) !== id) return yield* refused
  }
})
