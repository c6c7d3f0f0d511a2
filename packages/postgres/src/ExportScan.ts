/**
 * What has been seen of an export while its lines go by, and the rules that they keep together: the header comes first,
 * positions rise and lie within what the header says, the footer comes last with the right number and checksum.
 */
import { createHash } from "node:crypto"
import { Result } from "effect"
import { InvalidExportFile } from "./ExportErrors.ts"
import { type ExportedEvent, type Footer, type Header, isFooter, readFooter, readHeader } from "./ExportFormat.ts"
import { readEvent } from "./ExportLine.ts"
import type { Line } from "./ExportReader.ts"

/** Follows the lines of one file, in order. */
export class ExportScan {
  header: Header | undefined
  footer: Footer | undefined
  /** How many events there were. */
  events = 0
  /** How many bytes the lines had. */
  bytes = 0
  first: ExportedEvent | undefined
  last: ExportedEvent | undefined
  /** Of all lines but the footer. */
  readonly hash = createHash("sha256")
  readonly #path: string
  #lines = 0

  constructor(path: string) {
    this.#path = path
  }

  /** Takes the next line: an event, or nothing when it is the header or the footer. */
  accept(line: Line): Result.Result<ExportedEvent | undefined, InvalidExportFile> {
    this.#lines = line.number
    if (!line.whole) return this.#fail("line", "the file ends in the middle of it")
    if (this.footer !== undefined) return this.#fail("line", "nothing may follow the last line of an export")
    this.bytes += line.bytes.length
    if (this.header === undefined) return this.#header(line)
    return isFooter(line.text) ? this.#footer(line.text) : this.#event(line, this.header)
  }

  /** Why the file is not whole, once all lines were taken. */
  end(): InvalidExportFile | undefined {
    if (this.footer !== undefined) return undefined
    const rule =
      this.#lines === 0 ? "the file is empty" : "the file ends without its last line: its export was interrupted"
    return this.problem("line", rule)
  }

  /** An error about the line that was taken last. */
  problem(field: string, rule: string): InvalidExportFile {
    return new InvalidExportFile({ path: this.#path, line: Math.max(this.#lines, 1), field, rule })
  }

  #header({ bytes, text }: Line): Result.Result<undefined, InvalidExportFile> {
    const header = readHeader(text)
    if (Result.isFailure(header))
      return this.#fail("header", `must be that of an eventfold export: ${oneLine(header.failure)}`)
    this.header = header.success
    this.hash.update(bytes)
    return Result.succeed(undefined)
  }

  #footer(text: string): Result.Result<undefined, InvalidExportFile> {
    const footer = readFooter(text)
    if (Result.isFailure(footer))
      return this.#fail("footer", `must be that of an eventfold export: ${oneLine(footer.failure)}`)
    const { events, sha256 } = footer.success
    if (events !== this.events)
      return this.#fail("events", `must be ${this.events}, as many as there are events before it`)
    if (events !== this.header?.events)
      return this.#fail("events", `must be ${this.header?.events}, as the header says`)
    if (sha256 !== this.hash.copy().digest("hex")) {
      return this.#fail("sha256", "must be the checksum of the lines before it: the file was changed or damaged")
    }
    this.footer = footer.success
    return Result.succeed(undefined)
  }

  #event({ bytes, text }: Line, header: Header): Result.Result<ExportedEvent, InvalidExportFile> {
    const event = readEvent(text)
    if (Result.isFailure(event)) return this.#fail(event.failure.field, event.failure.rule)
    const { position } = event.success
    if (position <= (this.last?.position ?? 0)) {
      return this.#fail("position", `must be greater than ${this.last?.position}, that of the event before`)
    }
    if (position > header.upTo) return this.#fail("position", `must be at most ${header.upTo}, as the header says`)
    if (this.events === header.events)
      return this.#fail("line", `must be the footer after ${header.events} events, as the header says`)
    this.events += 1
    this.first ??= event.success
    this.last = event.success
    this.hash.update(bytes)
    return Result.succeed(event.success)
  }

  #fail(field: string, rule: string): Result.Result<never, InvalidExportFile> {
    return Result.fail(this.problem(field, rule))
  }
}

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/gu, " ")
