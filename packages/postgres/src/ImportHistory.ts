/**
 * The rules that the events of a store keep among each other: no id twice, the versions of a stream 1, 2, 3, … without
 * holes, and appends whole.
 *
 * It remembers every id and every stream it has seen. To keep that within bounds, it can look at one part of them only, by
 * a hash: as many walks over a file as there are parts see everything, one after the other.
 */
import type { ExportedEvent } from "./ExportFormat.ts"
import type { Problem } from "./ExportLine.ts"

/** Which part is looked at: number `index` of `parts`, from 0. */
export interface Part {
  readonly index: number
  readonly parts: number
}

interface StreamSeen {
  version: number
  /** How many events of its last append are still to come. */
  missing: number
  line: number
}

/** Follows the events of one store, in order. */
export class ImportHistory {
  /** Where each event is, by its id. */
  readonly #ids = new Map<string, number>()
  readonly #streams = new Map<string, StreamSeen>()
  readonly #part: Part

  constructor(part: Part) {
    this.#part = part
  }

  /** Takes the next event; answers the rule it breaks. */
  accept(event: ExportedEvent, line: number): Problem | undefined {
    if (this.isMine(event.id)) {
      if (this.#ids.has(event.id)) return { field: "id", rule: `${event.id} is the id of an earlier event, too` }
      this.#ids.set(event.id, event.position)
    }
    const name = `${event.tenant}/${event.category}/${event.stream}`
    return this.isMine(name) ? this.#stream(name, event, line) : undefined
  }

  /** Where the event with an id of this part is. */
  positionOf(id: string): number | undefined {
    return this.#ids.get(id)
  }

  /** How many events a stream of this part has: `tenant/category/id`. */
  versionOf(name: string): number {
    return this.#streams.get(name)?.version ?? 0
  }

  /** The line after which an append is cut off, if there is one. */
  end(): { readonly line: number; readonly problem: Problem } | undefined {
    for (const [name, { line, missing }] of this.#streams) {
      const rule = `${missing} more events of this append to ${name} must follow`
      if (missing > 0) return { line, problem: { field: "appendSize", rule } }
    }
    return undefined
  }

  #stream(name: string, { appendSize, version }: ExportedEvent, line: number): Problem | undefined {
    const seen = this.#streams.get(name)
    const expected = (seen?.version ?? 0) + 1
    if (version !== expected) return { field: "version", rule: `must be ${expected}, the next one of ${name}` }
    const missing = seen?.missing ?? 0
    if ((missing === 0) !== appendSize > 0) {
      const rule = missing === 0 ? "must be from 1 on the first event of an append" : "must be 0 inside of an append"
      return { field: "appendSize", rule }
    }
    const left = missing === 0 ? appendSize - 1 : missing - 1
    if (seen === undefined) this.#streams.set(name, { version, missing: left, line })
    else Object.assign(seen, { version, missing: left, line })
    return undefined
  }

  /** Whether this part is to remember what goes by a name. */
  isMine(text: string): boolean {
    return this.#part.parts === 1 || hash(text) % this.#part.parts === this.#part.index
  }
}

/** FNV-1a over UTF-16 units: even enough to cut a set into parts of about the same size. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}
