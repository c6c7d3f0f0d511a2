/** What is said to a message broker and by it: groups, where they begin and how they stand, and messages on their way. */
import type { DateTime, Duration } from "effect"
import type { CloudEvent } from "./CloudEvent.ts"

/** A consumer group of a topic. Both names are 1 to 64 lower-case letters, digits, `.`, `_` and `-`. */
export interface Group {
  readonly topic: string
  readonly group: string
}

/** Where a group begins: at the oldest message there is, behind the newest, behind a position, or at a time of publishing. */
export type Start = "beginning" | "end" | { readonly after: number } | { readonly since: DateTime.Utc }

/** How a group is delivered to. */
export interface GroupOptions {
  /** Where it begins when it is new; a group that is there keeps its place. Default: `beginning`. */
  readonly from?: Start
  /** After so many deliveries a message becomes a dead letter: 1 to 1,000. Default: 5. */
  readonly maxDeliveries?: number
  /** The most messages that are held at the same time, by all who receive for it: 1 to 10,000. Default: 256. */
  readonly maxInFlight?: number
}

/** A message somebody has received and holds. */
export interface Delivery {
  /** Its place in the topic, from 1, without holes. */
  readonly position: number
  /** How often it was delivered, this time included, apart from those it was put back without counting. */
  readonly attempt: number
  /** What proves that it is held: no two deliveries have the same, also of groups that were made anew. */
  readonly receipt: number
  readonly publishedAt: DateTime.Utc
  readonly message: CloudEvent
}

/** A message that was given up. */
export interface DeadMessage {
  readonly position: number
  readonly attempts: number
  /** Why; nothing personal. */
  readonly reason: string
  readonly publishedAt: DateTime.Utc
  readonly deadAt: DateTime.Utc
  /** Undefined when it cannot be read: its reason says so. */
  readonly message: CloudEvent | undefined
}

/** A message a topic keeps. */
export interface KeptMessage {
  readonly position: number
  readonly publishedAt: DateTime.Utc
  /** Undefined when it cannot be read. */
  readonly message: CloudEvent | undefined
}

/** How a group stands. */
export interface GroupState {
  /** Messages up to here have been handed to the group. */
  readonly position: number
  /** The newest message of the topic; 0 when there is none. */
  readonly end: number
  /** Messages that are held. */
  readonly inFlight: number
  /** Messages that wait to be received, for their delay, or behind another of their key; counted up to 10,000. */
  readonly waiting: number
  /** Messages that were given up; counted up to 10,000. */
  readonly dead: number
  /** When the oldest message the group has not done with was published, dead letters aside; undefined when it is done. */
  readonly oldest: DateTime.Utc | undefined
}

/** What to receive. */
export interface Receiving {
  /** The most messages: 1 to 1,000. */
  readonly limit: number
  /** How long they are held: 1 ms to a day. */
  readonly hold: Duration.Input
}
