/**
 * Finds out how far an interrupted export has come in the log, and makes its file end in a whole line.
 *
 * Guarantees: every line that stays is read and checked; a last line that was cut short is taken off, and so is what
 * stands beside the log, which belongs to one moment and is written anew, unless the file is whole; a file of which the
 * database does not have just these events is refused. Of a compressed file, which cannot be cut anywhere, the lines that
 * stay are written anew beside it before they take its place.
 */
import type { Hash } from "node:crypto"
import { existsSync } from "node:fs"
import { rename, rm, truncate } from "node:fs/promises"
import type { EventStoreFailure } from "@eventfold/event-store"
import { Effect, Result, Stream } from "effect"
import type { SqlClient } from "effect/sql"
import { type ExportFileFailure, ExportRefused, type InvalidExportFile } from "./ExportErrors.ts"
import { type Beside, formatVersion, type Header, type Part } from "./ExportFormat.ts"
import { fileFailure, isCompressed, lines } from "./ExportReader.ts"
import { ExportScan } from "./ExportScan.ts"
import type { ExportSections } from "./ExportSections.ts"
import * as ExportSource from "./ExportSource.ts"
import { ExportWriter } from "./ExportWriter.ts"

/** What is in the file of an interrupted export. */
export interface BegunExport {
  readonly header: Header
  /** There when only the name was missing. */
  readonly footer: (Beside & Pick<ExportSections, "masterKeys"> & { readonly sha256: string }) | undefined
  readonly events: number
  /** The last position. */
  readonly position: number
  /** Of all lines that stay, but the footer. */
  readonly hash: Hash
}

/** What was begun in a file, which ends in a whole line after this; nothing when there is no file, or not one line. */
export const resume = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  part: string,
  without: ReadonlyArray<Part>
): Effect.fn.Return<
  BegunExport | undefined,
  ExportFileFailure | InvalidExportFile | ExportRefused | EventStoreFailure
> {
  if (!existsSync(part)) return undefined
  const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: fileFailure(part) })
  const scan = new ExportScan(part)
  const copy = `${part}.copy`
  const compressed = isCompressed(part)
  yield* scanned(part, scan, () => Effect.void)
  const { events, footer, header, position, sections } = scan
  // The header goes out together with the first events: without it nothing was exported yet.
  if (header === undefined) {
    yield* attempt(() => Promise.all([truncate(part, 0), rm(copy, { force: true })]))
    return undefined
  }
  yield* sameExport(part, header, without)
  yield* sameStore(sql, part, scan)
  if (footer !== undefined && sections !== undefined) {
    const { announced, masterKeys } = sections
    return { header, footer: { ...announced, masterKeys, sha256: footer.sha256 }, events, position, hash: scan.hash }
  }
  yield* compressed ? rewritten(part, copy) : attempt(() => truncate(part, scan.bytesOfLog))
  return { header, footer: undefined, events, position, hash: scan.hashOfLog ?? scan.hash }
})

/** Nothing may have moved between the log and the archive since an export began. */
export const movedStreams = (part: string): ExportRefused =>
  new ExportRefused({
    reason: `streams were moved to the archive or back since the export began: delete ${part} and begin again`
  })

/** Takes the whole lines of a file, and gives those of the log to `keep`. */
const scanned = <E>(part: string, scan: ExportScan, keep: (text: string) => Effect.Effect<void, E>) =>
  lines(part).pipe(
    Stream.runForEach((group) =>
      Effect.gen(function* () {
        const kept: Array<string> = []
        for (const line of group) {
          if (!line.whole) break
          yield* Result.match(scan.accept(line), { onFailure: Effect.fail, onSuccess: () => Effect.void })
          if (scan.sections === undefined) kept.push(`${line.text}\n`)
        }
        yield* keep(kept.join(""))
      })
    )
  )

/** Writes the header and the log of a compressed file anew, up to the last whole line. */
const rewritten = Effect.fnUntraced(function* (part: string, copy: string) {
  const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: fileFailure(part) })
  yield* attempt(() => rm(copy, { force: true }))
  yield* Effect.acquireUseRelease(
    attempt(() => ExportWriter.open(copy, { compressed: true })),
    (writer) =>
      Effect.andThen(
        scanned(part, new ExportScan(part), (text) => attempt(() => writer.write(text))),
        attempt(() => writer.end())
      ),
    (writer) => Effect.promise(() => writer.close())
  )
  yield* attempt(() => rename(copy, part))
})

const sameExport = Effect.fnUntraced(function* (part: string, header: Header, without: ReadonlyArray<Part>) {
  if (header.version !== formatVersion) {
    const reason = `${part} was begun in version ${header.version} of the format: delete it and begin again`
    return yield* new ExportRefused({ reason })
  }
  const [begun, asked] = [header.without, without].map((parts) => parts.toSorted().join(", ") || "nothing")
  if (begun !== asked) {
    const reason = `${part} was begun without ${begun}, and now it is to be without ${asked}: delete it and begin again`
    return yield* new ExportRefused({ reason })
  }
})

/** The database has as many events and actions up to the last one, and the first and the last event are the same. */
const sameStore = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, part: string, scan: ExportScan) {
  const { first, header, last } = scan
  const refused = new ExportRefused({
    reason: `${part} was exported from another store: delete it, or choose another file`
  })
  if ((yield* ExportSource.horizon(sql)) < (header?.upTo ?? 0)) return yield* refused
  const archive = yield* ExportSource.archiveState(sql)
  if (archive.archived < (header?.archived ?? 0) || archive.restored < (header?.restored ?? 0)) return yield* refused
  if (archive.archived > (header?.archived ?? 0) || archive.restored > (header?.restored ?? 0)) {
    return yield* movedStreams(part)
  }
  if (first === undefined || last === undefined) return
  const { actions, events } = yield* ExportSource.count(sql, scan.position)
  if (events !== scan.events) return yield* refused
  if (actions !== scan.actions && header?.without.includes("actions") !== true) return yield* refused
  for (const { id, position } of [first, last]) {
    if ((yield* ExportSource.idAt(sql, position)) !== id) return yield* refused
  }
})
