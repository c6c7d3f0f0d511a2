/**
 * The appends that wait for a call: a bounded queue, and in front of it those who found it full. Everybody is served in the
 * order in which they came; whoever leaves is passed over.
 *
 * Lists and not sets: a set that grows and shrinks all the time leaves a chain of old tables behind, which keeps what was
 * in them from being collected early and makes every collection long.
 */
import type { PreparedAppend } from "@eventfold/event-store"

/** One that waits. */
export interface Waiting {
  readonly append: PreparedAppend
  /** Characters of its event data, about. */
  readonly size: number
}

/** How much is taken at once, unless the first alone is more. */
export interface Share {
  readonly maxEvents: number
  readonly maxSize: number
}

/** The queue. Not for several threads. */
export interface AppendQueue<A extends Waiting> {
  /** Events that wait in the queue, not counting those in front of it. */
  readonly events: () => number
  /** The one that is taken next. */
  readonly first: () => A | undefined
  /** Appends that wait in the queue. */
  readonly length: () => number
  /** Puts one at the end. */
  readonly add: (one: A) => void
  /** Takes one back that has not been taken; otherwise nothing happens. */
  readonly remove: (one: A) => void
  /** Takes the first ones out; others move up. */
  readonly take: (share: Share) => ReadonlyArray<A>
  /** Takes everybody out, those in front of the queue as well. */
  readonly takeAll: () => ReadonlyArray<A>
}

/** The size of an append. */
export const sizeOf = ({ events }: PreparedAppend): number => {
  let size = 0
  for (const { data, metadata } of events) size += data.length + metadata.length
  return size
}

/** A queue for `capacity` appends. */
export const make = <A extends Waiting>(capacity: number): AppendQueue<A> => {
  const [inside, outside] = [line<A>(), line<A>()]
  let events = 0
  const enter = (one: A) => {
    inside.add(one)
    events += one.append.events.length
  }
  const refill = () => {
    while (inside.length() < capacity) {
      const next = outside.shift()
      if (next === undefined) return
      enter(next)
    }
  }
  return {
    events: () => events,
    first: inside.peek,
    length: inside.length,
    add: (one) => {
      if (outside.length() > 0 || inside.length() >= capacity) outside.add(one)
      else enter(one)
    },
    remove: (one) => {
      if (inside.remove(one)) {
        events -= one.append.events.length
        refill()
      } else outside.remove(one)
    },
    take: ({ maxEvents, maxSize }) => {
      const taken: Array<A> = []
      let [takenEvents, takenSize] = [0, 0]
      for (let one = inside.peek(); one !== undefined; one = inside.peek()) {
        takenEvents += one.append.events.length
        takenSize += one.size
        if (taken.length > 0 && (takenEvents > maxEvents || takenSize > maxSize)) break
        inside.shift()
        events -= one.append.events.length
        taken.push(one)
      }
      refill()
      return taken
    },
    takeAll: () => {
      const all: Array<A> = []
      for (const of of [inside, outside]) for (let one = of.shift(); one !== undefined; one = of.shift()) all.push(one)
      events = 0
      return all
    }
  }
}

/** First in, first out. Places of those who have left or been taken are empty until the line has moved on. */
const line = <A>() => {
  let items: Array<A | undefined> = []
  let [first, length] = [0, 0]
  const peek = (): A | undefined => {
    while (first < items.length && items[first] === undefined) first += 1
    if (first === items.length) {
      first = 0
      items.length = 0
    }
    return items[first]
  }
  return {
    length: () => length,
    peek,
    add: (one: A) => {
      // More empty places than taken ones: the line is made anew, which costs no more than what has left it did.
      if (items.length > 64 && items.length > 2 * length) {
        items = items.filter((item) => item !== undefined)
        first = 0
      }
      items.push(one)
      length += 1
    },
    shift: (): A | undefined => {
      const one = peek()
      if (one === undefined) return undefined
      items[first] = undefined
      length -= 1
      return one
    },
    remove: (one: A): boolean => {
      const place = items.indexOf(one, first)
      if (place < 0) return false
      items[place] = undefined
      length -= 1
      return true
    }
  }
}
