/**
 * `COPY … FROM STDIN` over a driver that does not know it.
 *
 * The driver is given this stream in place of a socket. It passes everything on, both ways, until the server says that it
 * is ready to receive a COPY: that message the driver never sees; the stream answers it itself, with the rows that were
 * put ready. What the server says in the end (so many rows, or an error) is for the driver again. So a COPY is one more
 * statement of the driver's: it takes part in its transaction and fails as any other statement does.
 *
 * Gotcha: the driver has sent its Sync together with the statement, and the server has skipped it while it was copying;
 * that is why another one follows the rows.
 */
import { Duplex } from "node:stream"
import * as Wire from "./WireMessages.ts"

/** The rows of the next COPY, shared by the streams of one client. */
export class CopyRows {
  /** In PostgreSQL's text format; without them a COPY is refused. */
  next: Buffer | undefined
}

/** Opens the connection below; calls back once. */
export type OpenConnection = (opened: (result: Duplex | Error) => void) => void

/** A connection of the driver's. */
export class CopyStream extends Duplex {
  readonly #rows: CopyRows
  readonly #reader = new Wire.MessageReader()
  #connection: Duplex | undefined
  #waiting: { readonly chunk: Buffer; readonly done: (error?: Error | null) => void } | undefined

  constructor(open: OpenConnection, rows: CopyRows) {
    super()
    this.#rows = rows
    this.#reader.opening = false
    open((result) => {
      if (result instanceof Error) return void this.destroy(result)
      if (this.destroyed) return void result.destroy()
      this.#connection = result
      result.on("data", (chunk: Buffer) => this.#receive(chunk))
      result.on("end", () => this.push(null))
      result.on("error", (error) => this.destroy(error))
      result.on("close", () => this.destroy())
      const waiting = this.#waiting
      this.#waiting = undefined
      if (waiting !== undefined) result.write(waiting.chunk, waiting.done)
    })
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#connection === undefined) this.#waiting = { chunk, done }
    else this.#connection.write(chunk, done)
  }

  override _read(): void {
    this.#connection?.resume()
  }

  override _final(done: () => void): void {
    this.#connection?.end()
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#connection?.destroy()
    done(error)
  }

  #receive(chunk: Buffer): void {
    try {
      this.#reader.push(chunk)
      for (let message = this.#reader.next(); message !== undefined; message = this.#reader.next()) {
        if (message[0] === copyInResponse) this.#answer()
        else if (!this.push(message)) this.#connection?.pause()
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #answer(): void {
    const rows = this.#rows.next
    this.#rows.next = undefined
    if (rows === undefined) this.#connection?.write(noRows)
    else {
      for (let from = 0; from < rows.length; from += chunkBytes) {
        this.#connection?.write(Wire.message(copyData, rows.subarray(from, from + chunkBytes)))
      }
      this.#connection?.write(copyDone)
    }
    this.#connection?.write(Wire.sync)
  }
}

const chunkBytes = 128 * 1024
const copyInResponse = 0x47
const copyData = 0x64
const copyDone = Wire.message(0x63, Buffer.alloc(0))
const noRows = Wire.message(0x66, Buffer.from("no rows were put ready for this COPY\0"))
