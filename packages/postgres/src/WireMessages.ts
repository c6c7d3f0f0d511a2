/**
 * The little of PostgreSQL's wire protocol that sharing one backend between sessions needs: cutting a client's bytes into
 * messages, and writing the messages the bridge itself sends.
 *
 * Guarantees: reading costs time linear in the bytes however they were chunked, and a length that no message can have is
 * refused.
 */

/** The most one statement may send with its parameters, and the largest row it may be answered with: 64 MiB. */
export const maxBatchBytes = 64 * 1024 * 1024

/** PostgreSQL's own limit for a message: 1 GiB. */
const maxMessageBytes = 1024 * 1024 * 1024

/** Message types sent by a client, by their byte. */
export const Frontend = {
  parse: 0x50,
  bind: 0x42,
  describe: 0x44,
  execute: 0x45,
  close: 0x43,
  sync: 0x53,
  query: 0x51,
  terminate: 0x58
} as const

/** Message types sent by the backend, by their byte. */
export const Backend = { readyForQuery: 0x5a, notification: 0x41, keyData: 0x4b } as const

/** What a connection may open with instead of a message type: the code of its first packet. */
export const Opening = {
  version3: 196608,
  cancelRequest: 80877102,
  tlsRequest: 80877103,
  gssRequest: 80877104
} as const

/** Transaction status in a ReadyForQuery: outside a transaction. */
export const idle = 0x49

/** A client sent what is no message. The text is for people. */
export class ProtocolViolation extends Error {}

/** Collects bytes and hands out whole messages, as views of what came in. */
export class MessageReader {
  #chunks: Array<Buffer> = []
  #size = 0
  #needed = 0

  /** Whether the next message is an opening packet, which carries no type byte. */
  opening = true

  /** Takes more bytes. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
  }

  /** The next whole message, or nothing yet. Throws `ProtocolViolation`. */
  next(): Buffer | undefined {
    const lengthAt = this.opening ? 0 : 1
    if (this.#size < Math.max(this.#needed, lengthAt + 4)) return undefined
    const bytes =
      this.#chunks.length === 1 && this.#chunks[0] !== undefined ? this.#chunks[0] : Buffer.concat(this.#chunks)
    const length = bytes.readInt32BE(lengthAt)
    if (length < (this.opening ? 8 : 4)) throw new ProtocolViolation("The client sent a message of impossible length")
    if (length > maxMessageBytes) {
      throw new ProtocolViolation(`The client sent a message of ${length} bytes; the limit is ${maxMessageBytes}`)
    }
    const end = lengthAt + length
    const whole = bytes.length >= end
    // Until the whole message is there nothing is joined again, so a large one in small chunks is copied once.
    this.#needed = whole ? 0 : end
    const rest = whole ? bytes.subarray(end) : bytes
    this.#chunks = rest.length === 0 ? [] : [rest]
    this.#size = rest.length
    return whole ? bytes.subarray(0, end) : undefined
  }
}

/** A message of the given type. */
export const message = (type: number, body: Uint8Array): Buffer => {
  const bytes = Buffer.allocUnsafe(5 + body.length)
  bytes[0] = type
  bytes.writeInt32BE(4 + body.length, 1)
  bytes.set(body, 5)
  return bytes
}

/** A simple query. */
export const query = (sql: string): Buffer => message(Frontend.query, Buffer.from(`${sql}\0`))

/** In place of a batch that is too large: fails as a statement does, whatever state the transaction is in. */
export const refusal = (bytes: number): Buffer => {
  const text = `The statement and its parameters have ${bytes} bytes; the limit of the embedded database is ${maxBatchBytes}`
  return query(`do $$ begin raise exception '${text}' using errcode = 'program_limit_exceeded'; end $$`)
}

/** Closes a prepared statement; closing one that does not exist is no error. */
export const closeStatement = (name: string): Buffer => message(Frontend.close, Buffer.from(`S${name}\0`))

/** Ends a batch. */
export const sync: Buffer = message(Frontend.sync, Buffer.alloc(0))

/**
 * Says that a COPY has no data. Ignored when no COPY is under way; without it, `COPY … FROM STDIN` would read past the end
 * of the batch, which ends PGlite.
 */
export const copyFail: Buffer = message(
  0x66,
  Buffer.from("COPY FROM STDIN is not available on the embedded database\0")
)

/** An opening packet for the database's own user. */
export const opening: Buffer = (() => {
  const body = Buffer.from("user\0postgres\0database\0postgres\0\0")
  const header = Buffer.allocUnsafe(8)
  header.writeInt32BE(8 + body.length, 0)
  header.writeInt32BE(Opening.version3, 4)
  return Buffer.concat([header, body])
})()

/** Tells a client its session's number, which a cancel request names. */
export const keyData = (session: number): Buffer => {
  const body = Buffer.alloc(8)
  body.writeInt32BE(session, 0)
  return message(Backend.keyData, body)
}

/** Ends the answer to a batch. */
export const readyForQuery = (status: number): Buffer => message(Backend.readyForQuery, Buffer.from([status]))

/** An error; one of severity `FATAL` is the last message of a session. */
export const errorResponse = (severity: "ERROR" | "FATAL", code: string, text: string): Buffer =>
  message(0x45, Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${text.replaceAll("\0", " ")}\0\0`))

/** The zero-terminated text at an offset. */
export const textAt = (bytes: Buffer, offset: number): string => {
  const end = bytes.indexOf(0, offset)
  return bytes.toString("utf8", offset, end < 0 ? bytes.length : end)
}
