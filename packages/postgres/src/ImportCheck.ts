/**
 * Checks a whole file before anything of it is loaded, and without a database: the format, the checksum, every field of
 * every line, the order of positions, the versions of streams, the ids, and that what stands beside the log fits it and
 * itself.
 *
 * Memory is bounded: ids and streams of two million events are remembered at a time (about 400 MB at worst), and a file
 * with more events is read several times.
 */
import { Effect, Result, Stream } from "effect"
import { type ExportFileFailure, InvalidExportFile } from "./ExportErrors.ts"
import type { Beside, Header } from "./ExportFormat.ts"
import { lines } from "./ExportReader.ts"
import { type Entry, ExportScan, isEvent } from "./ExportScan.ts"
import { ImportBesideHistory } from "./ImportBesideHistory.ts"
import { ImportHistory, type Part } from "./ImportHistory.ts"

/** How far a long task has come. */
export interface Progress {
  readonly task: "exporting" | "checking" | "loading"
  /** How many are done, and how many there are. */
  readonly done: number
  readonly total: number
  /** What is counted: events, or what stands beside the log. Default: events. */
  readonly of?: "events" | "others"
}

/** What a whole and valid file holds. */
export interface CheckedFile {
  readonly header: Header
  readonly events: number
  /** What stands beside the log; nothing in a file of version 1. */
  readonly beside: Beside | undefined
  /** By which master keys how many keys are wrapped, by their names. */
  readonly masterKeys: ReadonlyMap<string, number>
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
  let parts = 1
  let histories: Histories | undefined
  yield* lines(path).pipe(
    Stream.runForEach((group) => {
      for (const line of group) {
        const entry = scan.accept(line)
        if (Result.isFailure(entry)) return Effect.fail(entry.failure)
        if (scan.header !== undefined && histories === undefined) {
          parts = Math.max(Math.ceil((scan.header.events + scan.header.archived) / remembered), 1)
          histories = new Histories({ index, parts })
        }
        const problem = entry.success === undefined ? undefined : histories?.accept(entry.success, line.number)
        if (problem !== undefined) return Effect.fail(scan.problem(problem.field, problem.rule))
      }
      return onProgress?.({ task: "checking", ...progressOf(scan, index, parts) }) ?? Effect.void
    })
  )
  const problem = scan.end()
  if (problem !== undefined || scan.header === undefined || scan.footer === undefined) {
    return yield* problem ?? scan.problem("line", "the file is empty")
  }
  const late = histories?.end()
  if (late !== undefined) return yield* new InvalidExportFile({ path, line: late.line, ...late.problem })
  const { bytes, events, footer, header, sections } = scan
  const beside = sections?.announced
  const masterKeys = sections?.masterKeys ?? new Map<string, number>()
  return { parts, checked: { header, events, beside, masterKeys, bytes, sha256: footer.sha256 } }
})

/** What the events of a file and what stands beside them are held to. */
class Histories {
  readonly #log: ImportHistory
  readonly #beside: ImportBesideHistory

  constructor(part: Part) {
    this.#log = new ImportHistory(part)
    this.#beside = new ImportBesideHistory(this.#log)
  }

  accept(entry: Entry, line: number) {
    if (isEvent(entry)) return this.#log.accept(entry, line)
    return entry.kind === "action" ? undefined : this.#beside.accept(entry, line)
  }

  end() {
    return this.#log.end() ?? this.#beside.end()
  }
}

/** Of all walks together; what stands beside the log is counted for itself, each time it goes by. */
const progressOf = ({ events, header, sections }: ExportScan, index: number, parts: number) => {
  if (sections !== undefined && sections.lines > 0) {
    return { of: "others", done: sections.lines, total: sections.total } as const
  }
  const all = header?.events ?? 0
  return { of: "events", done: index * all + events, total: all * parts } as const
}
