/** A binary heap: takes what comes first, among many, in logarithmic time. */

/** Keeps things in the order of a number. */
export class Heap<A> {
  #items: Array<A> = []
  readonly #rank: (item: A) => number

  constructor(rank: (item: A) => number) {
    this.#rank = rank
  }

  /** The first of them; undefined when there is none. */
  get first(): A | undefined {
    return this.#items[0]
  }

  add(item: A): void {
    const items = this.#items
    const rank = this.#rank(item)
    let at = items.push(item) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = items[above]
      if (parent === undefined || this.#rank(parent) <= rank) break
      items[at] = parent
      at = above
    }
    items[at] = item
  }

  /** Takes the first of them out. */
  take(): A | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (last === undefined || items.length === 0) return first
    const rank = this.#rank(last)
    let at = 0
    for (;;) {
      const below = this.#lesser(2 * at + 1)
      const child = items[below]
      if (child === undefined || this.#rank(child) >= rank) break
      items[at] = child
      at = below
    }
    items[at] = last
    return first
  }

  get size(): number {
    return this.#items.length
  }

  /** Drops all that are not so. */
  keep(isSo: (item: A) => boolean): void {
    const kept = this.#items.filter(isSo)
    this.#items = []
    for (const item of kept) this.add(item)
  }

  /** Of two neighbours the one that comes first. */
  #lesser(left: number): number {
    const [one, other] = [this.#items[left], this.#items[left + 1]]
    return one !== undefined && other !== undefined && this.#rank(other) < this.#rank(one) ? left + 1 : left
  }
}
