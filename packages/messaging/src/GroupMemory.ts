/**
 * A consumer group of the message broker in memory: the messages it has not done with, in lines by key. Of each line only
 * the first can be delivered. What is done to one message costs the same however many there are.
 */
import { mostCounted, type EncodedMessage, type Receipt, timeIsUp } from "./BrokerDriver.ts"
import { Heap } from "./Heap.ts"
import type { GroupOptions } from "./MessageBroker.ts"

/** A message of a topic. */
export interface StoredMessage extends EncodedMessage {
  readonly position: number
  readonly publishedAt: number
}

/** A message a group has not done with. */
export interface Entry {
  readonly message: StoredMessage
  state: "queued" | "ready" | "delayed" | "held" | "dead"
  /** Until when it is delayed or held, or since when it is dead. */
  at: number
  attempts: number
  receipt: number
  reason: string
}

/** The messages of a key, the first of them at `from`. */
interface Line {
  readonly entries: Array<Entry>
  from: number
}

/** What a group has not done with. */
export class GroupMemory {
  options: Required<GroupOptions>
  /** Messages up to here have been handed to it. */
  position: number
  readonly #lines = new Map<string, Line>()
  /** By position, in that order. */
  readonly #entries = new Map<number, Entry>()
  readonly #ready = new Heap<Entry>(({ message }) => message.position)
  /** Those that were given a time: some may have another one by now. */
  readonly #timed = new Heap<Timed>(({ at }) => at)
  readonly #dead = new Map<number, Entry>()
  #held = 0

  constructor(options: Required<GroupOptions>, position: number) {
    this.options = options
    this.position = position
  }

  /** Whether it still needs the message at a position. */
  needs = (position: number): boolean => this.#entries.has(position)

  /** What is held for too long becomes ready or dead, and what was delayed for long enough ready. */
  look(now: number): void {
    for (let due = this.#timed.first; due !== undefined && due.at <= now; due = this.#timed.first) {
      this.#timed.take()
      const { entry } = due
      if (!isTimed(due)) continue
      if (entry.state === "delayed") this.#turn(entry, "ready", now)
      else if (entry.attempts >= this.options.maxDeliveries) this.kill(entry, now, timeIsUp)
      else this.#turn(entry, "ready", now)
    }
  }

  /** How many more may be held. */
  get room(): number {
    return this.options.maxInFlight - this.#held
  }

  get hasReady(): boolean {
    return this.#ready.first !== undefined
  }

  /** Hands it the next message of the topic; answers whether that can be delivered. */
  hand(message: StoredMessage, now: number): boolean {
    const line = this.#lines.get(message.key)
    const entry: Entry = { message, state: "queued", at: now, attempts: 0, receipt: 0, reason: "" }
    this.position = message.position
    this.#entries.set(message.position, entry)
    if (line !== undefined) {
      line.entries.push(entry)
      return false
    }
    this.#lines.set(message.key, { entries: [entry], from: 0 })
    this.#turn(entry, "ready", now)
    return true
  }

  /** Takes the first that can be delivered. */
  take(until: number, receipt: number): Entry | undefined {
    const entry = this.#ready.take()
    if (entry === undefined) return undefined
    this.#turn(entry, "held", until)
    entry.attempts += 1
    entry.receipt = receipt
    return entry
  }

  /** The one that is held by a delivery. */
  heldBy({ position, receipt }: Receipt): Entry | undefined {
    const entry = this.#entries.get(position)
    return entry?.state === "held" && entry.receipt === receipt ? entry : undefined
  }

  /** Holds it until then. */
  prolong(entry: Entry, until: number): void {
    this.#turn(entry, "held", until)
  }

  /** Puts it back. */
  putBack(entry: Entry, now: number, at: number): void {
    this.#turn(entry, at > now ? "delayed" : "ready", at)
  }

  /** Gives it up. */
  kill(entry: Entry, now: number, reason: string): void {
    this.#turn(entry, "dead", now)
    entry.reason = reason
    this.#dead.set(entry.message.position, entry)
  }

  /** The dead ones behind a position, in order. */
  dead(after: number): ReadonlyArray<Entry> {
    return Array.from(this.#dead.values())
      .filter(({ message }) => message.position > after)
      .toSorted((a, b) => a.message.position - b.message.position)
  }

  deadAt = (position: number): Entry | undefined => this.#dead.get(position)

  /** Delivers a dead one again. */
  revive(entry: Entry, now: number): void {
    entry.attempts = 0
    this.#turn(entry, "ready", now)
  }

  /** Done with the first of a line: the next one can be delivered. */
  finish(entry: Entry, now: number): void {
    const { key, position } = entry.message
    this.#turn(entry, "queued", now)
    this.#entries.delete(position)
    const line = this.#lines.get(key)
    if (line === undefined) return
    line.from += 1
    const next = line.entries[line.from]
    if (next === undefined) this.#lines.delete(key)
    else this.#turn(next, "ready", now)
    // What is done is let go of now and then, not each time.
    if (line.from > 100 && line.from * 2 > line.entries.length) {
      line.entries.splice(0, line.from)
      line.from = 0
    }
  }

  /** How many there are in which state, and the oldest that is not dead. */
  count() {
    let oldest: Entry | undefined
    for (const entry of this.#entries.values()) {
      if (entry.state === "dead") continue
      oldest = entry
      break
    }
    const waiting = this.#entries.size - this.#held - this.#dead.size
    const [inFlight, dead] = [this.#held, Math.min(mostCounted, this.#dead.size)]
    return { inFlight, dead, waiting: Math.min(mostCounted, waiting), oldest: oldest?.message }
  }

  /** Every change of a state goes through here, so that what is counted stays true. */
  #turn(entry: Entry, state: Entry["state"], at: number): void {
    if (entry.state === "held") this.#held -= 1
    if (entry.state === "dead") this.#dead.delete(entry.message.position)
    entry.state = state
    entry.at = at
    if (state === "held") this.#held += 1
    if (state === "ready") this.#ready.add(entry)
    if (state !== "held" && state !== "delayed") return
    this.#timed.add({ entry, at })
    if (this.#timed.size > 1000 + 2 * this.#entries.size) this.#timed.keep(isTimed)
  }
}

interface Timed {
  readonly entry: Entry
  readonly at: number
}

/** Whether it still waits for this time. */
const isTimed = ({ at, entry }: Timed): boolean =>
  entry.at === at && (entry.state === "held" || entry.state === "delayed")
