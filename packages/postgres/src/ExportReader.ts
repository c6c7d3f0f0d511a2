/**
 * Reads a file line by line, at flat memory, decompressed when its name ends in `.gz`.
 *
 * Guarantees: lines come as they stand, with what a checksum is taken of; a last line without a line break is told as
 * such; a compressed file that ends too early gives what can be read of it.
 */
import { isUtf8 } from "node:buffer"
import { createReadStream } from "node:fs"
import { pipeline, type Readable } from "node:stream"
import { constants, createGunzip } from "node:zlib"
import { Stream } from "effect"
import { ExportFileFailure, InvalidExportFile } from "./ExportErrors.ts"
import { maxLineBytes } from "./ExportFormat.ts"

/** A line of a file. */
export interface Line {
  /** From 1. */
  readonly number: number
  readonly text: string
  /** Its bytes, line break included. */
  readonly bytes: Buffer
  /** Whether it ends in a line break; only the last one may not. */
  readonly whole: boolean
}

/** Whether a file is compressed, by its name: `.gz`, or `.gz.part` while it is being written. */
export const isCompressed = (path: string): boolean => /\.gz(?:\.part)?$/u.test(path)

/** The lines of a file, in groups: as many as one read brought. */
export const lines = (path: string): Stream.Stream<ReadonlyArray<Line>, ExportFileFailure | InvalidExportFile> =>
  Stream.suspend(() =>
    Stream.fromAsyncIterable(read(path), (cause) =>
      cause instanceof InvalidExportFile ? cause : fileFailure(path)(cause)
    )
  )

/** What the system said about a file, in words. */
export const fileFailure =
  (path: string) =>
  (cause: unknown): ExportFileFailure =>
    new ExportFileFailure({ path, reason: cause instanceof Error ? wordsOf(cause) : String(cause), cause })

const wordsOf = (error: Error): string => {
  switch ("code" in error ? error.code : undefined) {
    case "ENOENT":
      return "there is no such file"
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "may not be read or written by this user"
    case "EISDIR":
      return "is a directory"
    case "ENOSPC":
      return "there is no space left on the device"
    case "Z_DATA_ERROR":
    case "Z_BUF_ERROR":
      return `cannot be decompressed: ${error.message}`
    default:
      return error.message
  }
}

async function* read(path: string): AsyncGenerator<ReadonlyArray<Line>> {
  let number = 0
  let rest: Array<Buffer> = []
  let restBytes = 0
  const line = (bytes: Buffer, whole: boolean): Line => {
    number += 1
    if (bytes.length > maxLineBytes) throw tooLong(path, number)
    if (!isUtf8(bytes)) throw new InvalidExportFile({ path, line: number, field: "line", rule: "must be UTF-8" })
    return { number, text: bytes.toString("utf8", 0, bytes.length - (whole ? 1 : 0)), bytes, whole }
  }
  for await (const piece of open(path)) {
    const found: Array<Line> = []
    let from = 0
    for (let end = piece.indexOf(lineBreak); end >= 0; end = piece.indexOf(lineBreak, from)) {
      const tail = piece.subarray(from, end + 1)
      found.push(line(rest.length === 0 ? tail : Buffer.concat([...rest, tail]), true))
      rest = []
      restBytes = 0
      from = end + 1
    }
    if (from < piece.length) {
      rest.push(piece.subarray(from))
      restBytes += piece.length - from
      if (restBytes > maxLineBytes) throw tooLong(path, number + 1)
    }
    yield found
  }
  // A line cut short may end in the middle of a character, too.
  if (restBytes > 0) {
    const bytes = Buffer.concat(rest)
    yield [{ number: number + 1, text: bytes.toString("utf8"), bytes, whole: false }]
  }
}

const tooLong = (path: string, line: number) =>
  new InvalidExportFile({ path, line, field: "line", rule: `must have at most ${maxLineBytes} bytes` })

const open = (path: string): AsyncIterable<Buffer> => {
  const file = createReadStream(path, { highWaterMark: pieceBytes })
  if (!isCompressed(path)) return file as Readable & AsyncIterable<Buffer>
  // The flush makes what there is of an incomplete member readable in place of an error.
  const unzipped = createGunzip({ chunkSize: pieceBytes, finishFlush: constants.Z_SYNC_FLUSH })
  // An error of either ends both; whoever reads the last one gets it.
  return pipeline(file, unzipped, () => {}) as Readable & AsyncIterable<Buffer>
}

const pieceBytes = 512 * 1024
const lineBreak = 0x0a
