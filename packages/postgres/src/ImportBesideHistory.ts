/**
 * The rules that what stands beside the log keeps with the log and among itself: a repair refers to an event there is; a
 * stream is in the archive or in the log, not in both and not in neither; nobody is in the ledger of the forgotten twice;
 * and who is in it has no key.
 *
 * It remembers archived streams and forgotten persons of the part that is looked at (see `ImportHistory.ts`), and the
 * repairs of which the event has not been seen.
 */
import type { ExportedArchive, ExportedBeside, ExportedForgotten, ExportedKey, ExportedRepair } from "./ExportKinds.ts"
import type { Problem } from "./ExportLine.ts"
import type { ImportHistory } from "./ImportHistory.ts"

/** A problem that shows only at the end, and the line it is about. */
export interface LateProblem {
  readonly line: number
  readonly problem: Problem
}

interface ArchiveSeen {
  readonly version: number
  readonly restored: boolean
  readonly line: number
}

/** Follows what stands beside the log, in order, once the log has gone by. */
export class ImportBesideHistory {
  readonly #log: ImportHistory
  readonly #archive = new Map<string, ArchiveSeen>()
  readonly #forgotten = new Set<string>()
  /** By position: the line of a repair of which the event must be in the archive. */
  readonly #repairs = new Map<number, number>()

  constructor(log: ImportHistory) {
    this.#log = log
  }

  /** Takes the next line; answers the rule it breaks. */
  accept(entry: ExportedBeside, line: number): Problem | undefined {
    switch (entry.kind) {
      case "repair":
        return this.#repair(entry, line)
      case "archived":
        return this.#archived(entry, line)
      case "forgotten":
        return this.#forget(entry)
      case "key":
        return this.#key(entry)
    }
  }

  /** What is still wrong when nothing follows. */
  end(): LateProblem | undefined {
    for (const [position, line] of this.#repairs) {
      const rule = `there is no event with this id at position ${position}`
      return { line, problem: { field: "eventId", rule } }
    }
    for (const [name, { line, restored, version }] of this.#archive) {
      const there = this.#log.versionOf(name)
      const rule = `${name} must have at least ${version} events in the log, to which it was brought back, and has ${there}`
      if (restored && there < version) return { line, problem: { field: "restoredAt", rule } }
    }
    return undefined
  }

  #repair({ eventId, position }: ExportedRepair, line: number): undefined {
    if (this.#log.isMine(eventId) && this.#log.positionOf(eventId) !== position) this.#repairs.set(position, line)
    return undefined
  }

  #archived(entry: ExportedArchive, line: number): Problem | undefined {
    if (this.#repairs.size > 0) for (const position of entry.positions) this.#repairs.delete(position)
    const { restoredAt, version } = entry
    const name = `${entry.tenant}/${entry.category}/${entry.stream}`
    if (!this.#log.isMine(name)) return undefined
    const before = this.#archive.get(name)
    if (before?.restored === false) {
      return { field: "stream", rule: `${name} is in the archive already, and must have been brought back before` }
    }
    if (version < (before?.version ?? 0)) {
      return { field: "version", rule: `must be at least ${before?.version}, that of the entry before of ${name}` }
    }
    const restored = restoredAt !== null
    this.#archive.set(name, { version, restored, line })
    const there = this.#log.versionOf(name)
    return restored || there === 0
      ? undefined
      : {
          field: "stream",
          rule: `${name} must not be in the log while it is in the archive, and has ${there} events there`
        }
  }

  #forget(entry: ExportedForgotten): Problem | undefined {
    const name = `${entry.tenant}/${entry.subject}`
    if (!this.#log.isMine(name)) return undefined
    if (this.#forgotten.has(name)) return { field: "subject", rule: `${name} is in the ledger already` }
    this.#forgotten.add(name)
    return undefined
  }

  #key({ subject, tenant, wrapped }: ExportedKey): Problem | undefined {
    return wrapped !== null && this.#forgotten.has(`${tenant}/${subject}`)
      ? { field: "wrapped", rule: `must not be there: ${tenant}/${subject} is in the ledger of the forgotten` }
      : undefined
  }
}
