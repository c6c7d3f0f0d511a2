/**
 * What is done to a consumer group, on a copy of its value that is stored when all of it is done: hands it messages, delivers
 * them, and notes what has become of each. It asks nobody and stores nothing.
 */
import { mostCounted, type Receipt } from "@eventfold/messaging"
import type { GroupValue, Head, Line } from "./GroupValue.ts"
import type { Place } from "./TopicLog.ts"

/**
 * The most keys a group has under way, and the most messages that wait behind them. At that it is handed no more: its value
 * must fit into one message of NATS.
 */
export const bounds = { lines: 20_000, queued: 100_000 }

/** A group that is being changed. */
export class GroupState {
  options: GroupValue["options"]
  #reached: Place
  #kept: Array<Place>
  readonly #lines: Map<string, Line>
  /** The first of each line, by position. */
  readonly #heads: Map<number, Line>
  #queued: number
  #held: number
  /** Whether it must be stored. */
  changed = false

  constructor({ kept, lines, options, reached }: GroupValue) {
    this.options = options
    this.#reached = reached
    this.#kept = Array.from(kept)
    this.#lines = new Map(lines.map((line) => [line.key, line]))
    this.#heads = new Map(lines.map((line) => [line.head.position, line]))
    this.#queued = lines.reduce((sum, { queued }) => sum + queued.length, 0)
    this.#held = lines.filter(({ head }) => head.state === "held").length
  }

  /** What is to be stored. */
  get value(): GroupValue {
    return {
      options: this.options,
      reached: this.#reached,
      kept: this.#kept,
      lines: Array.from(this.#lines.values())
    }
  }

  /** Messages up to here were handed to it. */
  get position(): number {
    const [first] = this.#kept
    return first === undefined ? this.#reached.position : first.position - 1
  }

  /** Behind this place is the next message to hand to it, unless one is kept. */
  get reached(): Place {
    return this.#reached
  }

  /** The next of those that are kept. */
  get nextKept(): Place | undefined {
    return this.#kept[0]
  }

  /** Whether it still needs the message at a position that was handed to it, or was kept for it. */
  neededPlaces(): ReadonlySet<number> {
    const places = new Set(this.#kept.map(({ position }) => position))
    for (const { head, queued } of this.#lines.values()) {
      places.add(head.position)
      for (const { position } of queued) places.add(position)
    }
    return places
  }

  /** What is held for too long becomes ready or dead, and what was delayed for long enough ready. */
  look(now: number): void {
    for (const { head } of this.#lines.values()) {
      if (head.at > now || (head.state !== "delayed" && head.state !== "held")) continue
      if (head.state === "held" && head.attempts >= this.options.maxDeliveries) {
        head.late = true
        this.#turn(head, "dead", now)
      } else this.#turn(head, "ready", now)
    }
  }

  /** How many more may be held. */
  get room(): number {
    return this.options.maxInFlight - this.#held
  }

  /** Whether it can be handed more. */
  get hasSpace(): boolean {
    return this.#lines.size < bounds.lines && this.#queued < bounds.queued
  }

  /** Hands it the next message; answers whether that can be delivered. */
  hand(place: Place, key: string, now: number): boolean {
    this.changed = true
    if (this.#kept[0]?.position === place.position) this.#kept.shift()
    else this.#reached = place
    const line = this.#lines.get(key)
    if (line !== undefined) {
      line.queued.push(place)
      this.#queued += 1
      return false
    }
    const first: Line = { key, head: ready(place, now), queued: [] }
    this.#lines.set(key, first)
    this.#heads.set(place.position, first)
    return true
  }

  /** Those that can be delivered, in their order. */
  get ready(): ReadonlyArray<Head> {
    return Array.from(this.#lines.values(), ({ head }) => head)
      .filter(({ state }) => state === "ready")
      .toSorted((a, b) => a.position - b.position)
  }

  /** Delivers one. */
  take(head: Head, until: number, receipt: number): void {
    this.#turn(head, "held", until)
    head.attempts += 1
    head.receipt = receipt
  }

  /** The one that is held by a delivery. */
  heldBy({ position, receipt }: Receipt): Head | undefined {
    const head = this.#heads.get(position)?.head
    return head?.state === "held" && head.receipt === receipt ? head : undefined
  }

  /** Holds it until then. */
  prolong(head: Head, until: number): void {
    this.#turn(head, "held", until)
  }

  /** Puts it back. */
  putBack(head: Head, now: number, at: number): void {
    this.#turn(head, at > now ? "delayed" : "ready", at)
  }

  /** Gives it up. */
  kill(head: Head, now: number): void {
    head.late = false
    this.#turn(head, "dead", now)
  }

  /** Delivers a dead one again, as if for the first time. */
  revive(head: Head, now: number): void {
    head.attempts = 0
    this.#turn(head, "ready", now)
  }

  /** The dead ones behind a position, in order. */
  dead(after: number): ReadonlyArray<Head> {
    return Array.from(this.#lines.values(), ({ head }) => head)
      .filter(({ position, state }) => state === "dead" && position > after)
      .toSorted((a, b) => a.position - b.position)
  }

  /** Done with the first of a line: the next one can be delivered. */
  finish({ position, state }: Head, now: number): void {
    const line = this.#heads.get(position)
    if (line === undefined) return
    this.changed = true
    if (state === "held") this.#held -= 1
    this.#heads.delete(position)
    const next = line.queued.shift()
    if (next === undefined) {
      this.#lines.delete(line.key)
      return
    }
    this.#queued -= 1
    line.head = ready(next, now)
    this.#heads.set(next.position, line)
  }

  /** How many there are in which state, and the first that is not dead. */
  count() {
    const heads = Array.from(this.#lines.values(), ({ head }) => head)
    const dead = heads.filter(({ state }) => state === "dead").length
    const alive: Array<Place> = Array.from(this.#lines.values()).flatMap(({ head, queued }) => {
      const first = head.state === "dead" ? queued[0] : head
      return first === undefined ? [] : [first]
    })
    const oldest = alive.reduce<Place | undefined>(
      (first, one) => (first === undefined || one.position < first.position ? one : first),
      undefined
    )
    const waiting = heads.length - this.#held - dead + this.#queued
    return {
      inFlight: this.#held,
      dead: Math.min(mostCounted, dead),
      waiting: Math.min(mostCounted, waiting),
      oldest
    }
  }

  /** Every change of a state goes through here, so that what is counted stays true. */
  #turn(head: Head, state: Head["state"], at: number): void {
    this.changed = true
    if (head.state === "held") this.#held -= 1
    if (state === "held") this.#held += 1
    head.state = state
    head.at = at
  }
}

const ready = ({ position, sequence }: Place, now: number): Head => ({
  position,
  sequence,
  state: "ready",
  at: now,
  attempts: 0,
  receipt: 0,
  late: false
})
