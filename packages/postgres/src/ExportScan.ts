/**
 * What has been seen of an export while its lines go by, and the rules that they keep together: the header comes first,
 * positions rise and lie within what the header says, what stands beside the log follows it, the footer comes last with
 * the right number and checksum.
 */
import { createHash, type Hash } from "node:crypto"
import { Result } from "effect"
import { InvalidExportFile } from "./ExportErrors.ts"
import {
  type ExportedEvent,
  type Footer,
  type Header,
  isBeside,
  isFooter,
  readBeside,
  readFooter,
  readHeader
} from "./ExportFormat.ts"
import { isKind, readKind } from "./ExportKindLine.ts"
import type { ExportedAction, ExportedBeside } from "./ExportKinds.ts"
import { type Problem, readEvent } from "./ExportLine.ts"
import type { Line } from "./ExportReader.ts"
import { ExportSections } from "./ExportSections.ts"

/** What a line can hold: an event, or what says of which kind it is. */
export type Entry = ExportedEvent | ExportedAction | ExportedBeside

/** Whether an entry is an event. */
export const isEvent = (entry: Entry): entry is ExportedEvent => !("kind" in entry)

/** Whether an entry has its place in the log. */
export const isOfLog = (entry: Entry): entry is ExportedEvent | ExportedAction =>
  isEvent(entry) || entry.kind === "action"

/** Follows the lines of one file, in order. */
export class ExportScan {
  header: Header | undefined
  footer: Footer | undefined
  /** What stands beside the log, from the line on that announces it. */
  sections: ExportSections | undefined
  /** How many events and actions there were. */
  events = 0
  actions = 0
  /** The last position; 0 before the first. */
  position = 0
  /** How many bytes the header and the log had. */
  bytesOfLog = 0
  /** How many bytes the lines had. */
  bytes = 0
  first: ExportedEvent | undefined
  last: ExportedEvent | undefined
  /** Of all lines but the footer. */
  readonly hash = createHash("sha256")
  /** Of the header and the log. */
  hashOfLog: Hash | undefined
  readonly #path: string
  #lines = 0

  constructor(path: string) {
    this.#path = path
  }

  /** Takes the next line: what it holds, or nothing when it is the header, the footer or the one in between. */
  accept(line: Line): Result.Result<Entry | undefined, InvalidExportFile> {
    this.#lines = line.number
    if (!line.whole) return this.#fail("line", "the file ends in the middle of it")
    if (this.footer !== undefined) return this.#fail("line", "nothing may follow the last line of an export")
    this.bytes += line.bytes.length
    if (this.header === undefined) return this.#header(line)
    if (isFooter(line.text)) return this.#footer(line.text, this.header)
    if (this.sections === undefined) this.bytesOfLog += line.bytes.length
    const read = this.#entry(line.text, this.header)
    if (Result.isSuccess(read)) this.hash.update(line.bytes)
    return read
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
    if (Result.isFailure(header)) return this.#fail("header", `${ofExport}: ${oneLine(header.failure)}`)
    this.header = header.success
    this.bytesOfLog = bytes.length
    this.hash.update(bytes)
    return Result.succeed(undefined)
  }

  #footer(text: string, header: Header): Result.Result<undefined, InvalidExportFile> {
    const footer = readFooter(text)
    if (Result.isFailure(footer)) return this.#fail("footer", `${ofExport}: ${oneLine(footer.failure)}`)
    const { events, sha256 } = footer.success
    if (events !== this.events)
      return this.#fail("events", `must be ${this.events}, as many as there are events before it`)
    const problem = this.#problemOfLog(header)
    if (problem !== undefined) return this.#fail(problem.field, problem.rule)
    if (this.sections === undefined && header.version > 1) {
      return this.#fail("line", "must be that which tells what stands beside the log")
    }
    const missing = this.sections?.end()
    if (missing !== undefined) return this.#fail(missing.field, missing.rule)
    if (sha256 !== this.hash.copy().digest("hex")) {
      return this.#fail("sha256", "must be the checksum of the lines before it: the file was changed or damaged")
    }
    this.footer = footer.success
    return Result.succeed(undefined)
  }

  #entry(text: string, header: Header): Result.Result<Entry | undefined, InvalidExportFile> {
    if (!isKind(text)) return this.#event(text, header)
    if (header.version === 1) return this.#fail("kind", "must not be there: an export of version 1 holds events only")
    if (isBeside(text)) return this.#beside(text, header)
    const entry = readKind(text)
    if (Result.isFailure(entry)) return this.#fail(entry.failure.field, entry.failure.rule)
    const problem = entry.success.kind === "action" ? this.#action(entry.success, header) : this.#other(entry.success)
    return problem === undefined ? Result.succeed(entry.success) : this.#fail(problem.field, problem.rule)
  }

  #event(text: string, header: Header): Result.Result<ExportedEvent, InvalidExportFile> {
    const read = readEvent(text)
    if (Result.isFailure(read)) return this.#fail(read.failure.field, read.failure.rule)
    const event = read.success
    const problem = this.#place(event.position, header)
    if (problem !== undefined) return this.#fail(problem.field, problem.rule)
    if (this.events === header.events)
      return this.#fail("line", `must be the footer after ${header.events} events, as the header says`)
    this.events += 1
    this.first ??= event
    this.last = event
    return Result.succeed(event)
  }

  #action({ position }: ExportedAction, header: Header): Problem | undefined {
    const problem = this.#place(position, header)
    if (problem !== undefined) return problem
    this.actions += 1
    return this.actions <= header.actions
      ? undefined
      : { field: "kind", rule: `there must be ${header.actions} actions only, as the header says` }
  }

  #other(entry: ExportedBeside): Problem | undefined {
    return this.sections === undefined
      ? { field: "kind", rule: "must come after the line that tells what stands beside the log" }
      : this.sections.accept(entry)
  }

  #beside(text: string, header: Header): Result.Result<undefined, InvalidExportFile> {
    const read = readBeside(text)
    if (Result.isFailure(read)) return this.#fail("line", oneLine(read.failure))
    if (this.sections !== undefined) return this.#fail("kind", "must be there once")
    const problem = this.#problemOfLog(header)
    if (problem !== undefined) return this.#fail(problem.field, problem.rule)
    const archived = header.without.includes("archive") ? 0 : header.archived
    if (read.success.archived !== archived) return this.#fail("archived", `must be ${archived}, as the header says`)
    this.sections = new ExportSections(read.success, header.upTo)
    this.hashOfLog = this.hash.copy()
    this.bytesOfLog = this.bytes - Buffer.byteLength(text) - 1
    return Result.succeed(undefined)
  }

  #place(position: number, header: Header): Problem | undefined {
    if (this.sections !== undefined) return { field: "line", rule: "must not be part of the log after its end" }
    if (position <= this.position) {
      return { field: "position", rule: `must be greater than ${this.position}, that of the line before` }
    }
    this.position = position
    if (position <= header.upTo) return undefined
    return { field: "position", rule: `must be at most ${header.upTo}, as the header says` }
  }

  /** Whether the log is whole when it ends. */
  #problemOfLog(header: Header): Problem | undefined {
    for (const field of ["events", "actions"] as const) {
      if (this[field] !== header[field]) {
        return { field, rule: `must be ${header[field]}, as the header says, and there are ${this[field]}` }
      }
    }
    return undefined
  }

  #fail(field: string, rule: string): Result.Result<never, InvalidExportFile> {
    return Result.fail(this.problem(field, rule))
  }
}

const ofExport = "must be that of an eventfold export"

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/gu, " ")
