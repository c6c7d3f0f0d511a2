/**
 * One session on a shared PGlite backend, as a stream that speaks PostgreSQL's wire protocol. What sessions guarantee to
 * each other is described in `PgliteSessions.ts`.
 */
import { Duplex } from "node:stream"
import type { BackendTurns, TurnTaker } from "./BackendTurns.ts"
import { BackendCrashed, type PgliteBackend } from "./PgliteBackend.ts"
import * as Wire from "./WireMessages.ts"

/** What the sessions of one backend share. */
export interface SessionHost {
  readonly backend: PgliteBackend
  readonly turns: BackendTurns<PgliteSession>
  /** Sessions that have not ended, by number. */
  readonly sessions: Map<number, PgliteSession>
}

/** A session; it registers itself with its host and leaves when either side ends it. */
export class PgliteSession extends Duplex implements TurnTaker {
  readonly #host: SessionHost
  readonly #id: number
  readonly #reader = new Wire.MessageReader()
  /** Messages of a batch that has not ended yet. */
  #batch: Array<Buffer> = []
  /** Batches that wait for a turn, and what to call when the last has run. */
  #ready: Array<Buffer> = []
  #written: (() => void) | undefined
  #status: number = Wire.idle
  readonly #statements = new Set<string>()
  #ended = false

  constructor(host: SessionHost, id: number) {
    super({ read() {} })
    this.#host = host
    this.#id = id
    host.sessions.set(id, this)
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#ended) return done()
    try {
      this.#reader.push(chunk)
      for (let next = this.#reader.next(); next !== undefined && !this.#ended; next = this.#reader.next()) {
        if (this.#reader.opening) this.#open(next)
        else this.#accept(next)
      }
    } catch (error) {
      this.fail("08P01", error instanceof Error ? error.message : String(error))
    }
    if (this.#ended || this.#ready.length === 0) return done()
    this.#written = done
    this.#host.turns.request(this)
  }

  override _final(done: () => void): void {
    done()
    this.destroy()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#end()
    done(error)
  }

  #open(packet: Buffer): void {
    switch (packet.readInt32BE(4)) {
      case Wire.Opening.tlsRequest:
      case Wire.Opening.gssRequest:
        this.push("N")
        return
      case Wire.Opening.cancelRequest:
        if (packet.length >= 12) this.#host.sessions.get(packet.readInt32BE(8))?.cancel()
        this.destroy()
        return
      case Wire.Opening.version3:
        this.#reader.opening = false
        this.push(Buffer.concat([this.#host.backend.greeting, Wire.keyData(this.#id), Wire.readyForQuery(Wire.idle)]))
        return
      default:
        throw new Wire.ProtocolViolation("Only version 3.0 of the protocol is spoken here")
    }
  }

  #accept(message: Buffer): void {
    switch (message[0]) {
      case Wire.Frontend.terminate:
        this.destroy()
        return
      case Wire.Frontend.sync:
        return this.#completeBatch(Wire.copyFail, message)
      case Wire.Frontend.query:
        return this.#completeBatch(message, Wire.copyFail)
      case Wire.Frontend.parse: {
        const name = Wire.textAt(message, 5)
        if (name !== "") this.#statements.add(name)
        break
      }
      case Wire.Frontend.close:
        if (message[5] === statementTarget) this.#statements.delete(Wire.textAt(message, 6))
        break
      case Wire.Frontend.bind:
      case Wire.Frontend.describe:
      case Wire.Frontend.execute:
        break
      default:
        throw new Wire.ProtocolViolation(`Messages of type ${message[0]} are not available on the embedded database`)
    }
    this.#batch.push(message)
  }

  #completeBatch(...last: ReadonlyArray<Buffer>): void {
    const batch = [...this.#batch, ...last]
    const size = batch.reduce((bytes, message) => bytes + message.length, 0)
    this.#batch = []
    this.#ready.push(size > Wire.maxBatchBytes ? Wire.refusal(size) : Buffer.concat(batch))
  }

  /** A batch is ready; or the session has ended and left something behind. */
  get hasWork(): boolean {
    return this.#ended ? this.#status !== Wire.idle || this.#statements.size > 0 : this.#ready.length > 0
  }

  /** Runs one batch, or tidies up after the session has ended. Keeps the backend while a transaction is open. */
  async takeTurn(): Promise<boolean> {
    const batch = this.#ended ? this.#tidy() : this.#ready.shift()
    if (batch === undefined) return false
    try {
      const answer = await this.#host.backend.run(batch)
      this.#status = answer.status
      if (!this.#ended) this.push(answer.bytes)
    } catch (error) {
      this.#crashed(error instanceof BackendCrashed ? error : new BackendCrashed(false, String(error), error))
    }
    if (this.#ready.length === 0) this.#done()
    return this.#status !== Wire.idle
  }

  #tidy(): Buffer {
    const rollback = this.#status === Wire.idle ? [] : [Wire.query("rollback")]
    const closes = Array.from(this.#statements, Wire.closeStatement)
    this.#statements.clear()
    return Buffer.concat([...rollback, ...closes, Wire.sync])
  }

  /**
   * The statement fails like any other; so does every one after it, when the database could not be opened again. A
   * transaction that was open is lost though, and the session with it, or its next statement would run outside of one.
   * Other sessions notice nothing: no other can have been in a transaction.
   */
  #crashed(error: BackendCrashed): void {
    for (const session of this.#host.sessions.values()) session.#statements.clear()
    this.#statements.clear()
    const lost = error.recovered && this.#status !== Wire.idle
    this.#status = Wire.idle
    if (this.#ended) return
    const code = error.cause instanceof RangeError ? statementTooComplex : crashShutdown
    const answer = Wire.errorResponse("ERROR", error.recovered ? code : connectionFailure, error.message)
    this.push(Buffer.concat([answer, Wire.readyForQuery(Wire.idle)]))
    if (lost) this.#hangUp()
  }

  /** Takes back a batch that waits for its turn; one that runs, or has run, is left alone. */
  cancel(): void {
    if (this.#ready.length === 0 || !this.#host.turns.withdraw(this)) return
    this.#ready.shift()
    const text = "canceling statement due to user request"
    this.push(Buffer.concat([Wire.errorResponse("ERROR", queryCanceled, text), Wire.readyForQuery(Wire.idle)]))
    if (this.#ready.length > 0) this.#host.turns.request(this)
    else this.#done()
  }

  /** Ends the session by a FATAL error with the given SQLSTATE. */
  fail(code: string, text: string): void {
    if (this.#ended) return
    const error = Wire.errorResponse("FATAL", code, text)
    // A client that awaits an answer reads the error only when it is told that the answer is complete.
    this.push(this.#written === undefined ? error : Buffer.concat([error, Wire.readyForQuery(Wire.idle)]))
    this.#hangUp()
  }

  #hangUp(): void {
    // Not at once: the client is to read what was pushed.
    this.once("end", () => this.destroy())
    this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#host.sessions.delete(this.#id)
    this.#host.turns.withdraw(this)
    this.#ready = []
    this.#batch = []
    this.push(null)
    this.#done()
    if (this.hasWork) this.#host.turns.request(this)
  }

  #done(): void {
    const done = this.#written
    this.#written = undefined
    done?.()
  }
}

const statementTarget = 0x53
const connectionFailure = "08006"
const queryCanceled = "57014"
const statementTooComplex = "54001"
const crashShutdown = "57P02"
