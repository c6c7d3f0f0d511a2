/**
 * The ledger of the forgotten as a file of its own: one line of JSON per entry, only ever added to, synced to the disk
 * before an entry counts. It lies outside of what is backed up and restored with the database, and outlives that.
 *
 * Several processes of one machine may share the file; each sees what the others have added. A line that cannot be read
 * is a failure that names it, also when the layer is built: better no service than one that brings somebody back.
 */
import { open, stat } from "node:fs/promises"
import { EventStoreFailure, ForgottenLedger, ForgottenSubject } from "@eventfold/event-store"
import { Effect, Layer, Schema, Semaphore, Stream } from "effect"
import * as DurableFile from "./DurableFile.ts"

/** The ledger in the file at this path, which is made when it is missing. */
export const layer = (path: string): Layer.Layer<ForgottenLedger, EventStoreFailure> =>
  Layer.effect(
    ForgottenLedger,
    Effect.gen(function* () {
      const attempt = (operation: string) => (run: () => Promise<void>) =>
        Effect.tryPromise({
          try: run,
          catch: (cause) =>
            new EventStoreFailure({ operation, retryable: false, detail: `${path}: ${messageOf(cause)}`, cause })
        }).pipe(one.withPermits(1))
      const one = yield* Semaphore.make(1)
      const file = new LedgerFile(path)
      yield* attempt("ForgottenLedger.open")(() => file.open())
      return {
        add: (entry) => attempt("ForgottenLedger.add")(() => file.add(entry)),
        entries: Stream.unwrap(
          Effect.map(
            attempt("ForgottenLedger.entries")(() => file.read()),
            () => Stream.fromIterable(Array.from(file.known.values()))
          )
        )
      }
    })
  )

class LedgerFile {
  /** The first entry of each subject, as far as the file has been read. */
  readonly known = new Map<string, ForgottenSubject>()
  readonly #path: string
  /** So many bytes and lines have been read. */
  #read = 0
  #lines = 0
  /** A line was begun and not ended: the process that wrote it died, or is still at it. */
  #open = false

  constructor(path: string) {
    this.#path = path
  }

  async open(): Promise<void> {
    await DurableFile.create(this.#path, "")
    await this.read()
  }

  async add(entry: ForgottenSubject): Promise<void> {
    await this.read()
    if (this.known.has(keyOf(entry))) return
    // One write: other processes may be adding, too.
    await DurableFile.append(this.#path, `${this.#open ? "\n" : ""}${encode(entry)}\n`)
  }

  /** Reads the lines that were added since the last time. */
  async read(): Promise<void> {
    const { size } = await stat(this.#path)
    if (size < this.#read) throw new Error("it has become shorter, and nothing may be taken out of it")
    const text = await readFrom(this.#path, this.#read, size)
    const end = text.lastIndexOf("\n") + 1
    this.#open = end < text.length
    const lines = text.subarray(0, end).toString("utf8").split("\n").slice(0, -1)
    for (const [index, line] of lines.entries()) {
      const entry = this.#entryOf(line, this.#lines + index + 1)
      if (!this.known.has(keyOf(entry))) this.known.set(keyOf(entry), entry)
    }
    this.#read += end
    this.#lines += lines.length
  }

  #entryOf(line: string, number: number): ForgottenSubject {
    try {
      return decode(line)
    } catch (cause) {
      throw new Error(`line ${number} cannot be read. If it is the half of a line, from a crash, take it out`, {
        cause
      })
    }
  }
}

const readFrom = async (path: string, from: number, to: number): Promise<Buffer> => {
  const file = await open(path, "r")
  try {
    const bytes = Buffer.alloc(to - from)
    let length = 0
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, from + length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return bytes.subarray(0, length)
  } finally {
    await file.close()
  }
}

const Line = Schema.fromJsonString(Schema.toCodecJson(ForgottenSubject))
const encode = Schema.encodeSync(Line)
const decode = Schema.decodeSync(Line)

const keyOf = ({ subject, tenant }: ForgottenSubject): string => `${tenant}/${subject}`

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
