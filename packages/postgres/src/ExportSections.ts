/**
 * What has been seen of what stands beside the log, and the rules its lines keep together: kind after kind, in order, as
 * many as were announced. What they say of each other and of the log is looked at in `ImportBesideHistory.ts`.
 */
import type { Beside } from "./ExportFormat.ts"
import type { ExportedArchive, ExportedBeside, ExportedKey, ExportedRepair } from "./ExportKinds.ts"
import type { Problem } from "./ExportLine.ts"

/** The kinds in the order of a file, with their places in the line that announces them. */
const kinds = ["repair", "archived", "forgotten", "key"] as const
const countOf = { repair: "repairs", archived: "archived", forgotten: "forgotten", key: "keys" } as const

/** Follows the lines beside the log. */
export class ExportSections {
  readonly announced: Beside
  /** How many lines there were. */
  lines = 0
  /** How many keys each master key wraps, by its name. */
  readonly masterKeys = new Map<string, number>()
  readonly #seen = { repair: 0, archived: 0, forgotten: 0, key: 0 }
  readonly #upTo: number
  #kind = 0
  #number = 0
  #key: ExportedKey | undefined

  constructor(announced: Beside, upTo: number) {
    this.announced = announced
    this.#upTo = upTo
  }

  /** How many lines there are to be. */
  get total(): number {
    return kinds.reduce((sum, kind) => sum + this.announced[countOf[kind]], 0)
  }

  /** Takes the next line; answers the rule it breaks. */
  accept(entry: ExportedBeside): Problem | undefined {
    const place = kinds.indexOf(entry.kind)
    if (place < this.#kind) return { field: "kind", rule: `must not come after ${kinds[this.#kind]}` }
    if (place > this.#kind) this.#number = 0
    this.#kind = place
    this.#seen[entry.kind] += 1
    this.lines += 1
    const announced = this.announced[countOf[entry.kind]]
    if (this.#seen[entry.kind] > announced) return { field: "kind", rule: `there must be ${announced} of them only` }
    switch (entry.kind) {
      case "repair":
        return this.#numbered(entry, entry.position)
      case "archived":
        return this.#numbered(entry, entry.positions.at(-1) ?? 0)
      case "key":
        return this.#ofKey(entry)
      case "forgotten":
        return undefined
    }
  }

  /** What is missing when no more lines follow. */
  end(): Problem | undefined {
    const short = kinds.find((kind) => this.#seen[kind] !== this.announced[countOf[kind]])
    if (short === undefined) return undefined
    const rule = `must be ${this.#seen[short]}, as many as there are, and is ${this.announced[countOf[short]]}`
    return { field: countOf[short], rule }
  }

  #numbered({ number }: ExportedRepair | ExportedArchive, position: number): Problem | undefined {
    if (number <= this.#number) {
      return { field: "number", rule: `must be greater than ${this.#number}, that of the one before` }
    }
    this.#number = number
    if (position <= this.#upTo) return undefined
    return { field: "position", rule: `must be at most ${this.#upTo}, as the header says` }
  }

  #ofKey(key: ExportedKey): Problem | undefined {
    const before = this.#key
    this.#key = key
    if (key.masterKey !== null) this.masterKeys.set(key.masterKey, (this.masterKeys.get(key.masterKey) ?? 0) + 1)
    const order = before === undefined ? 1 : compare(key, before)
    if (order < 0) return { field: "subject", rule: "must come after that of the line before, byte by byte" }
    const expected = order === 0 ? (before?.version ?? 0) + 1 : 1
    if (key.version !== expected) {
      return { field: "version", rule: `must be ${expected}, the next one of ${key.tenant}/${key.subject}` }
    }
    return order === 0 && before?.wrapped === null
      ? { field: "wrapped", rule: "must not be there: the subject is forgotten, and has no key" }
      : undefined
  }
}

/** In the order of PostgreSQL's collation "C": that of the bytes. */
const compare = (one: ExportedKey, other: ExportedKey): number =>
  compareText(one.tenant, other.tenant) || compareText(one.subject, other.subject)

const compareText = (one: string, other: string): number =>
  one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other))
