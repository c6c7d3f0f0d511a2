/**
 * Checks a whole file before anything of it is loaded, and without a database: the format, the checksum, every field of
 * every event, the order of positions, the versions of streams, the ids.
 *
 * Memory is bounded: ids and streams of two million events are remembered at a time (about 400 MB at worst), and a file
 * with more events is read several times.
 */
import { Effect, Result, Stream } from "effect"
import { type ExportFileFailure, InvalidExportFile } from "./ExportErrors.ts"
import type { Header } from "./ExportFormat.ts"
import { lines } from "./ExportReader.ts"
import { ExportScan } from "./ExportScan.ts"
import { ImportHistory } from "./ImportHistory.ts"

/** How far a long task has come. */
export interface Progress {
  readonly task: "exporting" | "checking" | "loading"
  /** Events done, and how many there are. */
  readonly done: number
  readonly total: number
}

/** What a whole and valid file holds. */
export interface CheckedFile {
  readonly header: Header
  readonly events: number
  /** Uncompressed. */
  readonly bytes: number
  /** Of everything but the last line. */
  readonly sha256: string
}

/** How a file is checked. */
export interface CheckOptions {
  readonly path: string
  /** Ids and streams of so many events are remembered at a time. Default: 2,000,000. */
  readonly remembered?: number | undefined
  readonly onProgress?: ((progress: Progress) => Effect.Effect<void>) | undefined
}

/** Checks a file. Fails with the first line that breaks a rule. */
export const checkFile = Effect.fnUntraced(function* (
  options: CheckOptions
): Effect.fn.Return<CheckedFile, ExportFileFailure | InvalidExportFile> {
  const remembered = options.remembered ?? 2_000_000
  const first = yield* walk(options, 0, remembered)
  for (let index = 1; index < first.parts; index++) yield* walk(options, index, remembered)
  return first.checked
})

const walk = Effect.fnUntraced(function* ({ onProgress, path }: CheckOptions, index: number, remembered: number) {
  const scan = new ExportScan(path)
  let [parts, total] = [1, 0]
  let history: ImportHistory | undefined
  yield* lines(path).pipe(
    Stream.runForEach((group) => {
      for (const line of group) {
        const event = scan.accept(line)
        if (Result.isFailure(event)) return Effect.fail(event.failure)
        if (scan.header !== undefined && history === undefined) {
          parts = Math.max(Math.ceil(scan.header.events / remembered), 1)
          total = scan.header.events * parts
          history = new ImportHistory({ index, parts })
        }
        const problem = event.success === undefined ? undefined : history?.accept(event.success, line.number)
        if (problem !== undefined) return Effect.fail(scan.problem(problem.field, problem.rule))
      }
      const done = index * (scan.header?.events ?? 0) + scan.events
      return onProgress?.({ task: "checking", done, total }) ?? Effect.void
    })
  )
  const problem = scan.end()
  if (problem !== undefined || scan.header === undefined || scan.footer === undefined) {
    return yield* problem ?? scan.problem("line", "the file is empty")
  }
  const cut = history?.end()
  if (cut !== undefined) return yield* new InvalidExportFile({ path, line: cut.line, ...cut.problem })
  const { bytes, events, footer, header } = scan
  return { parts, checked: { header, events, bytes, sha256: footer.sha256 } }
})
