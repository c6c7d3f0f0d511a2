/** What a layer of the message broker implements: messages as text, times in milliseconds since 1970, nothing to check. */
import type { Effect } from "effect"
import type { BrokerFailure, UnknownGroup } from "./BrokerErrors.ts"
import type { Group, GroupOptions, GroupState, Start } from "./MessageBroker.ts"

/** A message to store, as `MessageBroker.encode` makes it. */
export interface EncodedMessage {
  readonly source: string
  readonly id: string
  readonly key: string
  /** The whole message as JSON. */
  readonly text: string
}

/** What proves that a message is held. */
export interface Receipt {
  readonly position: number
  readonly receipt: number
}

/** A message on its way to who has received it. */
export interface StoredDelivery extends Receipt {
  readonly attempt: number
  readonly publishedAt: number
  readonly text: string
}

/** A message that is kept. */
export interface StoredKeptMessage {
  readonly position: number
  readonly publishedAt: number
  readonly text: string
}

/** What was received. */
export interface Received {
  readonly deliveries: ReadonlyArray<StoredDelivery>
  /** Nothing was found so far, but there is more to look at than one call does: ask again. */
  readonly more: boolean
}

/** A message that was given up. */
export interface StoredDeadMessage {
  readonly position: number
  readonly attempts: number
  readonly reason: string
  readonly publishedAt: number
  readonly deadAt: number
  readonly text: string
}

/** The service of `MessageBroker` says what each part does. */
export interface BrokerDriver {
  /** What was published after `since` is not published again. */
  publish(
    topic: string,
    messages: ReadonlyArray<EncodedMessage>,
    time: { readonly now: number; readonly since: number }
  ): Effect.Effect<number, BrokerFailure>
  subscribe(group: Group, options: Required<GroupOptions>): Effect.Effect<void, BrokerFailure>
  unsubscribe(group: Group): Effect.Effect<boolean, BrokerFailure>
  receive(
    group: Group,
    what: { readonly limit: number; readonly now: number; readonly until: number }
  ): Effect.Effect<Received, UnknownGroup | BrokerFailure>
  acknowledge(group: Group, receipts: ReadonlyArray<Receipt>, now: number): Effect.Effect<number, BrokerFailure>
  /** Held until then, those that are held by these. Answers how many. */
  prolong(group: Group, receipts: ReadonlyArray<Receipt>, until: number): Effect.Effect<number, BrokerFailure>
  /**
   * To be delivered again from `at` on; a dead letter when that is undefined. When it does not count, it is as if it had not
   * been delivered this time.
   */
  giveBack(
    group: Group,
    receipt: Receipt,
    how: { readonly now: number; readonly at: number | undefined; readonly reason: string; readonly counts: boolean }
  ): Effect.Effect<"again" | "dead" | "lost", BrokerFailure>
  deadLetters(
    group: Group,
    page: { readonly after: number; readonly limit: number }
  ): Effect.Effect<ReadonlyArray<StoredDeadMessage>, BrokerFailure>
  replay(group: Group, position: number | undefined, now: number): Effect.Effect<number, BrokerFailure>
  discard(group: Group, position: number, now: number): Effect.Effect<boolean, BrokerFailure>
  rewind(group: Group, from: Start): Effect.Effect<void, UnknownGroup | BrokerFailure>
  /** The names of the groups of a topic, sorted. */
  groups(topic: string): Effect.Effect<ReadonlyArray<string>, BrokerFailure>
  /** Messages that are kept, in order, from a place on. */
  browse(topic: string, from: Start, limit: number): Effect.Effect<ReadonlyArray<StoredKeptMessage>, BrokerFailure>
  /** Removes what was published before; looks at {@link mostTrimmed} messages, and goes on from there the next time. */
  trim(topic: string, before: number): Effect.Effect<number, BrokerFailure>
  state(
    group: Group
  ): Effect.Effect<Omit<GroupState, "oldest"> & { readonly oldest: number | undefined }, UnknownGroup | BrokerFailure>
}

/** How many messages one call looks at, and removes, at the most: nobody publishes meanwhile. */
export const mostTrimmed = 1000

/** Up to what the messages of a group are counted. */
export const mostCounted = 10_000

/** How many messages one call hands to a group at the most, so that it does not take long. */
export const mostHandedOn = 10_000

/** Why a message is a dead letter that was delivered often enough and never acknowledged. */
export const timeIsUp = "it was not acknowledged in time"
