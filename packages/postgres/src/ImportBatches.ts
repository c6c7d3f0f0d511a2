/** Puts the lines of a file together to batches: of the log, and of each kind of what stands beside it. */
import type { ExportedEvent } from "./ExportFormat.ts"
import type { ExportedAction, ExportedBeside } from "./ExportKinds.ts"
import { type Entry, isEvent, isOfLog } from "./ExportScan.ts"
import type { BesideBatch } from "./ImportBeside.ts"
import type { Batch } from "./ImportTarget.ts"

/** What is loaded in one transaction. */
export type ImportBatch = (Batch & { readonly kind: "log" }) | (BesideBatch & { readonly kind: "beside" })

/** A batch also ends at so many UTF-16 units of data: 8 Mi. */
const batchText = 8 * 1024 * 1024

/** Collects lines in order. */
export class Batches {
  readonly #size: number
  readonly #path: string
  readonly #ready: Array<ImportBatch> = []
  #events: Array<ExportedEvent> = []
  #actions: Array<ExportedAction> = []
  #beside: Array<ExportedBeside> = []
  #text = 0
  #lines = 0
  #firstLine = 0
  /** The position before the batch, and the last one in it. */
  #after: number
  #last: number

  constructor({ after, path, size }: { readonly path: string; readonly size: number; readonly after: number }) {
    this.#size = size
    this.#path = path
    this.#after = after
    this.#last = after
  }

  /** Takes the next line. */
  add(entry: Entry, line: number): void {
    if (this.#kind !== kindOf(entry)) this.#close()
    if (this.#lines === 0) this.#firstLine = line
    this.#lines += 1
    this.#text += sizeOf(entry)
    if (isEvent(entry)) {
      this.#events.push(entry)
      this.#last = entry.position
    } else if (entry.kind === "action") {
      this.#actions.push(entry)
      this.#last = entry.position
    } else this.#beside.push(entry)
    if (this.#lines >= this.#size || this.#text >= batchText) this.#close()
  }

  /** Those that are full. */
  complete(): ReadonlyArray<ImportBatch> {
    return this.#ready.splice(0)
  }

  /** What is left. */
  rest(): ReadonlyArray<ImportBatch> {
    this.#close()
    return this.complete()
  }

  get #kind(): string {
    return this.#beside[0]?.kind ?? "log"
  }

  #close(): void {
    if (this.#lines === 0) return
    const [events, actions, entries] = [this.#events, this.#actions, this.#beside]
    const name = `${this.#path}, lines ${this.#firstLine} to ${this.#firstLine + this.#lines - 1}`
    this.#ready.push(
      entries.length > 0
        ? { kind: "beside", entries, name }
        : { kind: "log", events, actions, after: this.#after, name }
    )
    this.#after = this.#last
    this.#events = []
    this.#actions = []
    this.#beside = []
    this.#text = 0
    this.#lines = 0
  }
}

const kindOf = (entry: Entry): string => (isOfLog(entry) ? "log" : entry.kind)

/** About how much text an entry holds; of most kinds it is little. */
const sizeOf = (entry: Entry): number => {
  if (isEvent(entry)) return entry.data.length
  switch (entry.kind) {
    case "repair":
      return entry.data.length
    case "archived":
      return entry.version * 32
    default:
      return 0
  }
}
