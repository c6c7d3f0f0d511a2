/**
 * What a consumer does with events, as its workers, the replay of its dead letters and its status need to know it.
 *
 * Projections and event handlers are both made into this, so that places, leases, retries and letters exist once.
 */
import type { Projection } from "@eventfold/decider"
import type { EventStoreFailure, LogFilter, RecordedEvent } from "@eventfold/event-store"
import type { Effect, Schedule } from "effect"
import type { HeldPartition, LetterFailure } from "./DeadLetters.ts"
import type { FailurePolicy } from "./FailurePolicy.ts"
import type { BatchOutcome } from "./ManagedProjection.ts"
import type { Pace } from "./Pace.ts"

/** What folding can fail with: the store, or a counter that would not be exact any more. */
export type FoldFailure = EventStoreFailure | Projection.CountTooLarge

/** What work can fail with. */
export type WorkFailure = FoldFailure | HandlerFailed

/** A handler failed at an event, in the transaction of a batch. */
export class HandlerFailed {
  readonly kind: LetterFailure["kind"]
  readonly error: unknown
  constructor(kind: LetterFailure["kind"], error: unknown) {
    this.kind = kind
    this.error = error
  }
}

/**
 * What a handler hands its work to cannot be reached, or refuses whatever it is given. That is waited for, like a store that
 * does not answer: it is never the fault of an event.
 */
export class OutsideFailure {
  readonly error: unknown
  constructor(error: unknown) {
    this.error = error
  }
}

/** Says which of these partitions are held now, before the transaction: for work that cannot be taken back. */
export type HeldAmong = (
  partitions: ReadonlyArray<HeldPartition>
) => Effect.Effect<ReadonlyArray<HeldPartition>, EventStoreFailure>

/** Events that are ready to be worked on. */
export interface PreparedWork<E = WorkFailure> {
  /** The partitions they are in: those of them that are held must be told to {@link run}. */
  readonly partitions: ReadonlyArray<HeldPartition>
  /**
   * What others see, done before the transaction and once everything before these events is committed; so the events may be
   * prepared ahead. It fails when it cannot be done now, which is never the fault of an event.
   */
  readonly deliver?: (heldAmong: HeldAmong) => Effect.Effect<void, EventStoreFailure | OutsideFailure>
  /** Stores what follows from the events in the transaction that is open, and answers which were left over. */
  run(held: ReadonlyArray<HeldPartition>): Effect.Effect<BatchOutcome, E>
}

/** Says whether a partition is in the slice that is worked for. */
export type InSlice = (partition: HeldPartition) => boolean

/** What is to be known to prepare events. */
export interface Preparation {
  /** All partitions are, where it is left out. */
  readonly inSlice?: InSlice | undefined
  readonly heldAmong: HeldAmong
}

/** What a consumer does with events. */
export interface ConsumerWork<E = WorkFailure> {
  /** Its name among consumers. */
  readonly consumer: string
  /** What it belongs to, for people: the name of a projection or a handler. */
  readonly title: string
  readonly filter: LogFilter
  readonly pace: WorkPace
  /**
   * Where appends do the work: keeps them waiting until the open transaction ends. It comes first in every transaction that
   * does the work in their stead.
   */
  readonly fence?: Effect.Effect<void, EventStoreFailure> | undefined
  /**
   * Does what can be done before the transaction, for the events of a slice. It fails when what it needs cannot be had,
   * which is never the fault of an event.
   */
  prepare(
    events: ReadonlyArray<RecordedEvent>,
    preparation: Preparation
  ): Effect.Effect<PreparedWork<E>, EventStoreFailure>
  /**
   * Whether the events of one transaction can be prepared while the one before it still runs. Not where preparing does
   * something that others see, nor where it opens personal values: somebody may be forgotten meanwhile.
   */
  readonly ahead?: boolean
  /** The partition of an event; that of its stream where it cannot be told. */
  partitionOf(event: RecordedEvent): Effect.Effect<HeldPartition, EventStoreFailure>
  /** The data of an event for people, not to be stored. */
  show(event: RecordedEvent): Effect.Effect<RecordedEvent["data"], EventStoreFailure>
  /** Whether what an error says of such an event can be kept: no version of it has room for personal values. */
  quotable(eventType: string): boolean
}

/** In which steps a consumer works, and what it does when it fails. */
export interface WorkPace {
  /** The most events in one transaction, at the end of the log and while there is much to catch up with. */
  readonly batchSize: number
  readonly catchUpBatchSize: number
  readonly pollEvery: Partial<Pace> | undefined
  readonly slices: number
  readonly failure: FailurePolicy
  /** How long it rests after each step while it catches up, as a multiple of what the step took. Default: 0. */
  readonly rest?: number
  /** When to catch up, resting in between; always, when undefined. */
  readonly schedule: Schedule.Schedule<unknown> | undefined
}

/** Which partitions are in a slice: each is in just one of `slices`, for as long as their number stays the same. */
export const inSlice =
  (slice: number, slices: number): InSlice =>
  ({ partition, tenant }) =>
    slices === 1 || hash(JSON.stringify([tenant, partition])) % slices === slice

/** FNV-1a, 32 bits. It decides which slice has dealt with what: a storage format. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}
