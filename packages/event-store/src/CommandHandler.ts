/**
 * Runs the commands of one kind of aggregate: load the state, decide, append; on a version conflict decide again.
 *
 * One place for every aggregate. A refusal is a value in the error channel, typed by the decider. A decision without
 * events appends nothing: it is already so. The event ids are chosen once per decision, so a retried append is harmless.
 */
import { Decider, type DomainEvent } from "@eventfold/decider"
import { Effect, Result, Schedule, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import * as EventCodec from "./EventCodec.ts"
import { EventStore, pageSize } from "./EventStore.ts"
import {
  type EventIdConflict,
  type EventNotDecodable,
  type EventNotEncodable,
  type EventStoreFailure,
  type InvalidAppend,
  VersionConflict
} from "./EventStoreErrors.ts"
import * as ExpectedVersion from "./ExpectedVersion.ts"
import type { EventMetadata } from "./RecordedEvent.ts"
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
  | InvalidAppend
  | EventNotDecodable
  | EventNotEncodable
  | EventStoreFailure

/** What can fail when the state of an aggregate is loaded. */
export type LoadError = EventNotDecodable | EventStoreFailure

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
  /** The state as of now, or as of an earlier `version`. */
  readonly load: (stream: StreamId.StreamId, version?: number) => Effect.Effect<Loaded<State>, LoadError, EventStore>
  readonly handle: (
    stream: StreamId.StreamId,
    command: Command,
    options?: HandleOptions
  ) => Effect.Effect<Handled<State, Event>, Refusal | CommandFailure, EventStore>
}

/** How often and how patiently a command is decided again after a version conflict. */
export interface ConflictPolicy {
  /** Decisions at the most, the first included. Default 10. */
  readonly attempts?: number
  /** The first wait in milliseconds; it doubles each time up to 500 ms, give or take a fifth. Default 5. */
  readonly backOffMillis?: number
}

/** Builds the handler of a decider. */
export const make = <State, Command, Event extends DomainEvent.DomainEvent, Refusal>(
  decider: Decider.Decider<State, Command, Event, Refusal>,
  policy: ConflictPolicy = {}
): CommandHandler<State, Command, Event, Refusal> => {
  const codec = EventCodec.make(decider.Event)
  const attempts = policy.attempts ?? 10
  const backOff = Schedule.min([Schedule.exponential(policy.backOffMillis ?? 5), Schedule.spaced("500 millis")]).pipe(
    Schedule.jittered,
    Schedule.upTo({ times: attempts - 1 })
  )

  const load = Effect.fnUntraced(function* (stream: StreamId.StreamId, version = Number.MAX_SAFE_INTEGER) {
    const store = yield* EventStore
    let loaded: Loaded<State> = { state: decider.initial, version: 0 }
    while (true) {
      const limit = Math.min(pageSize, version - loaded.version)
      const recorded = yield* store.readPage(stream, { direction: "forwards", from: loaded.version + 1, limit })
      const state = Decider.fold(decider, yield* codec.decode(recorded), loaded.state)
      loaded = { state, version: recorded.at(-1)?.version ?? loaded.version }
      if (recorded.length < pageSize) return loaded
    }
  })

  const attempt = Effect.fnUntraced(function* (stream: StreamId.StreamId, command: Command, options: HandleOptions) {
    const store = yield* EventStore
    const { state, version } = yield* load(stream)
    if (options.expectedVersion !== undefined && options.expectedVersion !== version) {
      const expected = ExpectedVersion.at(options.expectedVersion)
      return yield* new VersionConflict({ stream, expected, actual: version })
    }
    const decision = Decider.decide(decider, command, state)
    if (Result.isFailure(decision)) return yield* Effect.fail(decision.failure)
    const { events, state: next } = decision.success
    if (events.length === 0) return { state, version, events, position: undefined }
    const metadata = options.metadata ?? {}
    const encoded = yield* codec.encode(events)
    const appended = yield* store
      .append(
        stream,
        ExpectedVersion.at(version),
        encoded.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata }))
      )
      .pipe(Effect.catchTag("VersionConflict", (conflict) => Effect.fail(new Overtaken(conflict))))
    return { state: next, version: appended.version, events, position: appended.position }
  })

  const handle = Effect.fnUntraced(function* (
    stream: StreamId.StreamId,
    command: Command,
    options: HandleOptions = {}
  ) {
    return yield* attempt(stream, command, options).pipe(
      Effect.retry({
        schedule: backOff,
        while: (error) => error instanceof Overtaken && options.expectedVersion === undefined
      }),
      Effect.mapError((error) => {
        if (!(error instanceof Overtaken)) return error
        return options.expectedVersion === undefined ? new TooManyConflicts({ stream, attempts }) : error.conflict
      })
    )
  })

  return { load, handle }
}

/** A conflict at the append, kept apart from the one a caller asked for with `expectedVersion`. */
class Overtaken {
  readonly conflict: VersionConflict
  constructor(conflict: VersionConflict) {
    this.conflict = conflict
  }
}
