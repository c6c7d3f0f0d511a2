/**
 * Writes the lines of an export to the end of a file, with their checksum.
 *
 * Guarantees: what was written before a process died is there up to a line, or to a part of one; `end` returns when all
 * of it is on the disk. A compressed file is a sequence of members, each of which can be read without the next.
 */
import { createHash, type Hash } from "node:crypto"
import { type FileHandle, open } from "node:fs/promises"
import { promisify } from "node:util"
import { gzip } from "node:zlib"

/** Writes to one file. Every method rejects with the system's error. */
export class ExportWriter {
  readonly #file: FileHandle
  readonly #compressed: boolean
  readonly #hash: Hash
  #waiting: Array<string> = []
  #size = 0

  private constructor(file: FileHandle, compressed: boolean, hash: Hash) {
    this.#file = file
    this.#compressed = compressed
    this.#hash = hash
  }

  /** Opens a file, made when it is missing, to write at its end. `hash` has seen what is there. */
  static async open(
    path: string,
    options: { readonly compressed: boolean; readonly hash?: Hash | undefined }
  ): Promise<ExportWriter> {
    return new ExportWriter(await open(path, "a", 0o600), options.compressed, options.hash ?? createHash("sha256"))
  }

  /** Takes whole lines, and writes when there are many. */
  async write(text: string): Promise<void> {
    this.#waiting.push(text)
    this.#size += text.length
    if (this.#size >= pieceSize) await this.flush()
  }

  /** Writes what was taken. */
  async flush(): Promise<void> {
    if (this.#size === 0) return
    const bytes = Buffer.from(this.#waiting.join(""))
    this.#waiting = []
    this.#size = 0
    this.#hash.update(bytes)
    await this.#file.appendFile(this.#compressed ? await compress(bytes) : bytes)
  }

  /** The checksum of everything written so far, in hexadecimal digits. */
  async checksum(): Promise<string> {
    await this.flush()
    return this.#hash.copy().digest("hex")
  }

  /** Writes what was taken, and waits for the disk. */
  async end(): Promise<void> {
    await this.flush()
    await this.#file.sync()
  }

  /** Closes the file; what was taken and not written is lost. */
  async close(): Promise<void> {
    await this.#file.close()
  }
}

const compress = promisify(gzip)

/** In UTF-16 units: large enough to compress well. */
const pieceSize = 1024 * 1024
