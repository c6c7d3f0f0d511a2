/**
 * Runs the commands of one kind of aggregate: find the state, decide, append; on a version conflict decide again.
 *
 * One place for every aggregate. A refusal is a value in the error channel, typed by the decider. A decision without
 * events appends nothing: it is already so. The event ids are chosen once per decision, so a retried append is harmless.
 *
 * A command decides on the state at hand: the cached one, or that of a new aggregate when there is none. Events are
 * appended at just that version, so an outdated state costs a conflict and never a wrong event; a hot command is one
 * query. What appends nothing (a refusal, no events, an expected version that does not hold) is answered only from a
 * state read during the command.
 */
import { Decider, type DomainEvent } from "@eventfold/decider"
import { Clock, Effect, Result, Schedule, Schema } from "effect"

import * as AggregateStates from "./AggregateStates.ts"
import * as EventCodec from "./EventCodec.ts"
import * as EventId from "./EventId.ts"
import { EventStore } from "./EventStore.ts"
import {
  type EventIdConflict,
  type StreamArchived,
  type EventNotDecodable,
  type EventNotEncodable,
  type EventStoreFailure,
  type InvalidAppend,
  VersionConflict
} from "./EventStoreErrors.ts"
import * as ExpectedVersion from "./ExpectedVersion.ts"
import type { EventMetadata } from "./RecordedEvent.ts"
import type { StateNotStorable } from "./SnapshotCodec.ts"
import * as SnapshotPolicy from "./SnapshotPolicy.ts"
import type { KnownState, Slot } from "./StateCache.ts"
import * as StreamId from "./StreamId.ts"

/** Others kept changing the stream between reading and appending, more often than the handler tries. */
export class TooManyConflicts extends Schema.TaggedError<TooManyConflicts>()("TooManyConflicts", {
  stream: StreamId.StreamId,
  attempts: Schema.Int
}) {
  override get message() {
    return `${StreamId.format(this.stream)}: gave up after ${this.attempts} attempts, because others kept changing it`
  }
}

/** What can fail besides a refusal when a command is handled. */
export type CommandFailure =
  | TooManyConflicts
  | VersionConflict
  | EventIdConflict
  | StreamArchived
  | InvalidAppend
  | EventNotDecodable
  | EventNotEncodable
  | EventStoreFailure

export type { CommandServices, LoadError } from "./AggregateStates.ts"

type Services = AggregateStates.CommandServices

/** The state of an aggregate and the version of the last event in it, 0 when there is none. */
export interface Loaded<State> {
  readonly state: State
  readonly version: number
}

/** What a command led to. `position` is that of its last event, `undefined` when it recorded nothing. */
export interface Handled<State, Event> extends Loaded<State> {
  readonly events: ReadonlyArray<Event>
  readonly position: number | undefined
}

/** What accompanies a command. */
export interface HandleOptions {
  readonly metadata?: EventMetadata
  /** Decide only if the stream is at this version (0: does not exist); otherwise fail with `VersionConflict`. */
  readonly expectedVersion?: number
}

/** Loads and commands the aggregates of one decider. */
export interface CommandHandler<State, Command, Event, Refusal> {
  /** The state as of now, or as of an earlier `version`. It is read from the store: at least the newest events. */
  readonly load: (
    stream: StreamId.StreamId,
    version?: number
  ) => Effect.Effect<Loaded<State>, AggregateStates.LoadError, Services>
  readonly handle: (
    stream: StreamId.StreamId,
    command: Command,
    options?: HandleOptions
  ) => Effect.Effect<Handled<State, Event>, Refusal | CommandFailure, Services>
  /**
   * Stores a snapshot of the state as of now, whatever the policy, and answers its version. `undefined`: nothing was
   * stored, because there is no such stream, the policy is `never`, or states were invalidated at the same moment.
   */
  readonly snapshot: (
    stream: StreamId.StreamId
  ) => Effect.Effect<number | undefined, AggregateStates.LoadError | StateNotStorable, Services>
}

/** How often and how patiently a command is decided again after a version conflict. */
export interface ConflictPolicy {
  /** Decisions on a state just read, at the most. Default 10. */
  readonly attempts?: number
  /** The first wait in milliseconds; it doubles each time up to 500 ms, give or take a fifth. Default 5. */
  readonly backOffMillis?: number
}

/** How the aggregates of a decider are handled. */
export interface HandlerOptions {
  readonly conflicts?: ConflictPolicy
  /** Default `everyEvents(100)`: it costs nothing for shorter streams, and bounds what a load of a long one reads. */
  readonly snapshots?: SnapshotPolicy.SnapshotPolicy
  /**
   * Read an aggregate that is not in the cache before deciding. Default false: it is taken for a new one, which saves
   * the reading where an aggregate begins with a command of its own, and costs a conflict where any command can begin it.
   */
  readonly readFirst?: boolean
}

/** Builds the handler of a decider. */
export const make = <State, Command, Event extends DomainEvent.DomainEvent, Refusal>(
  decider: Decider.Decider<State, Command, Event, Refusal>,
  options: HandlerOptions = {}
): CommandHandler<State, Command, Event, Refusal> => {
  const { conflicts = {}, readFirst = false, snapshots = SnapshotPolicy.everyEvents() } = options
  const codec = EventCodec.make(decider.Event)
  const states = AggregateStates.make(decider, codec, snapshots)
  const attempts = conflicts.attempts ?? 10
  const backOff = Schedule.min([
    Schedule.exponential(conflicts.backOffMillis ?? 5),
    Schedule.spaced("500 millis")
  ]).pipe(Schedule.jittered, Schedule.upTo({ times: attempts - 1 }))

  /** Decides on a state. On one that may be outdated, an answer that appends nothing is `Outdated` instead. */
  const decide = Effect.fnUntraced(function* (
    stream: StreamId.StreamId,
    { known, read, slot }: AtHand<State>,
    command: Command,
    options: HandleOptions
  ) {
    const { state, version } = known
    const answerable = read
      ? states.remember(stream, slot, known)
      : Effect.fail(new Outdated({ slot, from: known, overtakenAt: undefined }))
    if (options.expectedVersion !== undefined && options.expectedVersion !== version) {
      yield* answerable
      const expected = ExpectedVersion.at(options.expectedVersion)
      return yield* new VersionConflict({ stream, expected, actual: version })
    }
    const decision = Decider.decide(decider, command, state)
    if (Result.isFailure(decision)) {
      yield* answerable
      return yield* Effect.fail(decision.failure)
    }
    const { events, state: next } = decision.success
    if (events.length === 0) {
      yield* answerable
      return { state, version, events, position: undefined }
    }
    const store = yield* EventStore
    const metadata = options.metadata ?? {}
    const encoded = yield* codec.encode(events, stream.tenant)
    const now = yield* Clock.currentTimeMillis
    const appended = yield* store
      .append(
        stream,
        ExpectedVersion.at(version),
        encoded.map((event) => ({ ...event, id: EventId.make(now), metadata }))
      )
      .pipe(
        Effect.catchTag("VersionConflict", (conflict) =>
          Effect.fail(
            // Who names a version wants no second decision.
            options.expectedVersion === undefined
              ? new Outdated({ slot, from: known, overtakenAt: conflict.actual })
              : conflict
          )
        )
      )
    const stored = yield* codec.asStored(events, encoded, stream)
    const after = {
      ...known,
      state: stored === events ? next : Decider.fold(decider, stored, state),
      version: appended.version
    }
    yield* states.remember(stream, slot, after, stored)
    return { state: after.state, version: appended.version, events: stored, position: appended.position }
  })

  /** A state to decide on that is not outdated as far as `outdated` knows. */
  const renew = Effect.fnUntraced(function* (stream: StreamId.StreamId, { from, overtakenAt, slot }: Outdated<State>) {
    if (overtakenAt === undefined) return { known: yield* states.refresh(stream, from), read: true, slot }
    // The store knows less than the cache: another transaction's view, or a store put back to an earlier day.
    if (overtakenAt < from.version) {
      yield* slot.forget
      return { known: yield* states.refresh(stream, states.unread), read: true, slot }
    }
    // Overtaken by another command in this process, whose state is at hand: it is as new as the conflict.
    const again = yield* states.slot(stream)
    const known = again.known
    return known !== undefined && known.version >= overtakenAt
      ? { known, read: true, slot: again }
      : { known: yield* states.refresh(stream, from), read: true, slot: again }
  })

  /** Decides on states just read, until none of them is overtaken. */
  const decideAgain = (stream: StreamId.StreamId, first: Outdated<State>, command: Command, options: HandleOptions) => {
    let outdated = first
    return Effect.suspend(() => renew(stream, outdated)).pipe(
      Effect.flatMap((atHand) => decide(stream, atHand, command, options)),
      Effect.tapError((error) =>
        Effect.sync(() => {
          if (error instanceof Outdated) outdated = error
        })
      ),
      Effect.retry({ schedule: backOff, while: (error) => error instanceof Outdated }),
      Effect.mapError((error) => (error instanceof Outdated ? new TooManyConflicts({ stream, attempts }) : error))
    )
  }

  const handle = Effect.fnUntraced(function* (
    stream: StreamId.StreamId,
    command: Command,
    options: HandleOptions = {}
  ) {
    const slot = yield* states.slot(stream)
    const from = slot.known ?? states.unread
    const again = (outdated: Outdated<State>) => decideAgain(stream, outdated, command, options)
    if (slot.known === undefined && readFirst) {
      return yield* again(new Outdated({ slot, from, overtakenAt: undefined }))
    }
    // That the state at hand was outdated is no sign of contention: the first time it is decided again at once.
    return yield* Effect.catchIf(
      decide(stream, { known: from, read: false, slot }, command, options),
      (error): error is Outdated<State> => error instanceof Outdated,
      again
    )
  })

  return {
    load: Effect.fnUntraced(function* (stream, version) {
      const slot = yield* states.slot(stream)
      const past = version !== undefined
      const known = yield* past
        ? states.at(stream, version, slot.known)
        : states.refresh(stream, slot.known ?? states.unread)
      if (!past) yield* states.remember(stream, slot, known)
      return { state: known.state, version: known.version }
    }),
    handle,
    snapshot: Effect.fnUntraced(function* (stream) {
      const slot = yield* states.slot(stream)
      return yield* states.store(stream, slot, yield* states.refresh(stream, slot.known ?? states.unread))
    })
  }
}

/** A state to decide on; `read` when it was read during the command. */
interface AtHand<State> {
  readonly known: KnownState<State>
  readonly read: boolean
  readonly slot: Slot<State>
}

/** A state that is not good enough to answer from; `overtakenAt` is the version the store named, if it was asked. */
class Outdated<State> {
  readonly slot: Slot<State>
  readonly from: KnownState<State>
  readonly overtakenAt: number | undefined
  constructor({ from, overtakenAt, slot }: Pick<Outdated<State>, "slot" | "from" | "overtakenAt">) {
    this.slot = slot
    this.from = from
    this.overtakenAt = overtakenAt
  }
}
