/**
 * The port to dead letters: the events a consumer could not deal with, and those that queue behind them.
 *
 * A letter points to an event; the event stays in the log. A partition with a letter that is not discarded is *held*: its
 * later events become letters too, in order, until the first one is replayed or discarded. So nothing is skipped without a
 * letter that says so, and the order inside a partition is kept.
 *
 * Guarantees of every layer (`DeadLettersContract` in `@eventfold/testing` holds them to it): one letter per consumer and
 * event; lists are in the order of positions; all of it joins an open `Transaction`.
 *
 * Gotcha: what stands in `failure` must not quote personal values: letters are kept when a person is forgotten.
 */
import type { EventStoreFailure, StreamId, WritingService } from "@eventfold/event-store"
import { Context, type DateTime, type Effect, type Option } from "effect"

/** A partition of a tenant's events, as a consumer divides them. */
export interface HeldPartition {
  readonly tenant: string
  readonly partition: string
}

/** Why an event could not be dealt with. */
export interface LetterFailure {
  /** `permanent`: trying again cannot help before something is mended; `transient`: retries have run out. */
  readonly kind: "permanent" | "transient"
  /** The name of the error, such as its tag. */
  readonly name: string
  /** What it says; in its place a sentence that it is not kept, where it could quote personal values. */
  readonly message: string
  /** Where it came from, without the message; empty where that is not known. */
  readonly stack: string
}

/** Who discarded a letter, and why. */
export interface Discarding {
  readonly by: string
  readonly reason: string
  readonly at: DateTime.Utc
}

/** An event to note. */
export interface NewLetter extends HeldPartition {
  readonly consumer: string
  /** The position of the event in the log. */
  readonly position: number
  readonly stream: StreamId.StreamId
  readonly version: number
  readonly eventId: string
  readonly eventType: string
  /** Why it failed; undefined for one that waits behind another. */
  readonly failure: LetterFailure | undefined
}

/** A letter as it is kept. */
export interface DeadLetter extends NewLetter {
  /**
   * How often it has been given up, the first time included; 0 for one that has only waited. The retries of a failure
   * policy before each are not counted.
   */
  readonly attempts: number
  /** When it was noted, and when it was tried last, by the clock of the store. */
  readonly notedAt: DateTime.Utc
  readonly triedAt: DateTime.Utc | undefined
  readonly discarded: Discarding | undefined
}

/** Which letters to list; what is left out does not restrict. */
export interface LettersPage {
  readonly consumer?: string
  readonly tenant?: string
  readonly partition?: string
  /** `failed`: with a failure of their own; `waiting`: behind another; `discarded`. Default: failed and waiting ones. */
  readonly state?: "failed" | "waiting" | "discarded"
  /** Those behind this one: by position, then consumer. */
  readonly after?: { readonly position: number; readonly consumer: string }
  readonly limit: number
}

/** How many letters a consumer has. */
export interface LetterCount {
  readonly consumer: string
  readonly failed: number
  readonly waiting: number
  readonly discarded: number
}

/** The events consumers could not deal with. */
export class DeadLetters extends Context.Service<
  DeadLetters,
  {
    /**
     * Notes letters. One that is noted already for its consumer and position is replaced if it has failed again: its
     * attempts go up; else it stays as it is, and so does one that is discarded.
     */
    park(letters: ReadonlyArray<NewLetter>): Effect.Effect<void, EventStoreFailure>
    /** Whether a consumer has any letter that is not discarded: asked before every batch, so it is cheap. */
    any(consumer: string): Effect.Effect<boolean, EventStoreFailure>
    /** Which of these partitions are held, each once. */
    heldOf(
      consumer: string,
      partitions: ReadonlyArray<HeldPartition>
    ): Effect.Effect<ReadonlyArray<HeldPartition>, EventStoreFailure>
    /** The held partitions of a consumer, by the position of their first letter. */
    held(
      consumer: string,
      limit: number
    ): Effect.Effect<ReadonlyArray<HeldPartition & { readonly position: number }>, EventStoreFailure>
    /** The letters of a partition that are not discarded, in order, those above a position. */
    queue(
      consumer: string,
      partition: HeldPartition,
      page: { readonly after: number; readonly limit: number }
    ): Effect.Effect<ReadonlyArray<DeadLetter>, EventStoreFailure>
    /** Deletes letters: their events have been dealt with. */
    resolve(consumer: string, positions: ReadonlyArray<number>): Effect.Effect<void, EventStoreFailure>
    /** Marks a letter: its event is not to be dealt with. Answers whether there was one that was not discarded. */
    discard(
      consumer: string,
      position: number,
      by: { readonly by: string; readonly reason: string }
    ): Effect.Effect<boolean, EventStoreFailure>
    /** One letter, discarded or not. */
    find(consumer: string, position: number): Effect.Effect<Option.Option<DeadLetter>, EventStoreFailure>
    list(page: LettersPage): Effect.Effect<ReadonlyArray<DeadLetter>, EventStoreFailure>
    /** Per consumer that has letters, by its name. */
    counts: Effect.Effect<ReadonlyArray<LetterCount>, EventStoreFailure>
    /**
     * The first letter, not discarded, of one of these streams at or below a position: because of it a consumer has not
     * dealt with an event it is past.
     */
    blocking(
      consumer: string,
      streams: ReadonlyArray<StreamId.StreamId>,
      upTo: number
    ): Effect.Effect<Option.Option<DeadLetter>, EventStoreFailure>
    /** Deletes all letters of a consumer that is removed. */
    removeAll(consumer: string): Effect.Effect<void, EventStoreFailure>
  }
>()("@eventfold/subscriptions/DeadLetters") {
  declare readonly "a program can write with it": WritingService["a program can write with it"]
}
