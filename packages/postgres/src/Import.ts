/**
 * Loads an exported file into an empty store.
 *
 * Guarantees: the whole file is checked before the first event is loaded; positions, versions, ids, instants and the text
 * of data are those of the file; while it runs nobody else appends, and readers of the log see nothing; only when all is
 * there does the log show it, and go on behind it. Events are loaded in batches, each in one transaction, and which
 * batches are in is told by the events themselves: whatever is killed at whatever moment, `resume` goes on after the last
 * batch, once it has seen that just the beginning of this file is there. Memory does not grow with the file.
 * Gotcha: until an import is complete, its streams can be read one by one; stop the service before.
 */
import type { EventStoreFailure } from "@eventfold/event-store"
import { Effect, Result, Stream } from "effect"
import { type Migrator, SqlClient } from "effect/sql"
import { type ExportFileFailure, ImportRefused, type InvalidExportFile } from "./ExportErrors.ts"
import type { ExportedEvent } from "./ExportFormat.ts"
import { type Line, lines } from "./ExportReader.ts"
import { ExportScan } from "./ExportScan.ts"
import { checkFile, type Progress } from "./ImportCheck.ts"
import * as ImportFence from "./ImportFence.ts"
import { EventLoader } from "./ImportLoader.ts"
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
  /** How many events a transaction loads at most. Default: 5,000. */
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
}

/** A batch also ends at so many UTF-16 units of data: 8 Mi. */
const batchText = 8 * 1024 * 1024

/** Why a file is not imported. */
export type ImportError =
  | ExportFileFailure
  | InvalidExportFile
  | ImportRefused
  | EventStoreFailure
  | Migrator.MigrationError

/** Imports a file into the database of the SQL client, whose tables are made when they are missing. */
export const importStore: (
  options: ImportOptions
) => Effect.Effect<Imported, ImportError, SqlClient.SqlClient | EventLoader> = Effect.fnUntraced(function* (
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
  const there = empty ? { events: 0, position: 0, id: undefined } : yield* ImportTarget.loaded(sql)
  const loader = yield* EventLoader
  return yield* loadAfter(options, there, (batch) =>
    Effect.andThen(fence.stands, ImportTarget.load(sql, loader, batch))
  ).pipe(Effect.tap(({ upTo }) => ImportTarget.goOnAfter(sql, upTo)))
}, Effect.scoped)

/** Walks the file once: past what is there already, then batch after batch. The next is read while one is loaded. */
const loadAfter = Effect.fnUntraced(function* <E>(
  options: ImportOptions,
  there: ImportTarget.Loaded,
  load: (batch: ImportTarget.Batch) => Effect.Effect<void, E>
): Effect.fn.Return<Imported, E | ExportFileFailure | InvalidExportFile | ImportRefused> {
  const { onProgress, path } = options
  const scan = new ExportScan(path)
  const batches = new Batches(options, there.position)

  const take = Effect.fnUntraced(function* (group: ReadonlyArray<Line>) {
    for (const line of group) {
      const read = scan.accept(line)
      if (Result.isFailure(read)) return yield* read.failure
      const event = read.success
      if (event === undefined) continue
      if (event.position <= there.position) {
        if (scan.events === there.events) yield* sameEvent(event, there, path)
      } else if (scan.events <= there.events) return yield* otherStore(path)
      else batches.add(event, line.number)
    }
    return batches.complete()
  })

  const end = Effect.suspend(
    (): Effect.Effect<ReadonlyArray<ImportTarget.Batch>, InvalidExportFile | ImportRefused> => {
      const problem = scan.end()
      if (problem !== undefined) return Effect.fail(problem)
      const isShort = scan.events < there.events || (scan.last?.position ?? 0) < there.position
      return isShort ? otherStore(path) : Effect.succeed(batches.rest())
    }
  )

  let done = there.events
  yield* lines(path).pipe(
    Stream.mapEffect(take),
    Stream.concat(Stream.fromEffect(end)),
    Stream.flattenIterable,
    Stream.buffer({ capacity: 1 }),
    Stream.runForEach((batch) =>
      Effect.andThen(load(batch), () => {
        done += batch.events.length
        return onProgress?.({ task: "loading", done, total: scan.header?.events ?? done }) ?? Effect.void
      })
    )
  )
  return { events: scan.events, upTo: scan.header?.upTo ?? 0, resumedAfter: there.events }
})

/** Puts events together to batches. */
class Batches {
  readonly #size: number
  readonly #path: string
  readonly #ready: Array<ImportTarget.Batch> = []
  #events: Array<ExportedEvent> = []
  #text = 0
  #firstLine = 0
  #after: number

  constructor({ batchSize = 5000, path }: ImportOptions, after: number) {
    this.#size = batchSize
    this.#path = path
    this.#after = after
  }

  add(event: ExportedEvent, line: number): void {
    if (this.#events.length === 0) this.#firstLine = line
    this.#events.push(event)
    this.#text += event.data.length
    if (this.#events.length >= this.#size || this.#text >= batchText) this.#close(event)
  }

  /** Those that are full. */
  complete(): ReadonlyArray<ImportTarget.Batch> {
    return this.#ready.splice(0)
  }

  /** What is left. */
  rest(): ReadonlyArray<ImportTarget.Batch> {
    const last = this.#events.at(-1)
    if (last !== undefined) this.#close(last)
    return this.complete()
  }

  #close(last: ExportedEvent): void {
    const events = this.#events
    const name = `${this.#path}, lines ${this.#firstLine} to ${this.#firstLine + events.length - 1}`
    this.#ready.push({ events, after: this.#after, name })
    this.#after = last.position
    this.#events = []
    this.#text = 0
  }
}

const sameEvent = (event: ExportedEvent, there: ImportTarget.Loaded, path: string) =>
  event.position === there.position && event.id === there.id ? Effect.void : otherStore(path)

const otherStore = (path: string) =>
  Effect.fail(
    new ImportRefused({ reason: `what is in the store is not the beginning of ${path}: import into a new database` })
  )
