/**
 * Between the states of one decider and their snapshots.
 *
 * The fingerprint tells one fold from another: a digest of the JSON schemas of the state and of all events, with their
 * versions, and of the declared version of the decider. A snapshot of another fingerprint is not even looked at. What
 * a schema cannot show, an `evolve` that computes otherwise, is what `Decider.version` is for.
 *
 * Personal values in a state are sealed in its snapshot, and are redacted in what is read of it once they are forgotten.
 */
import { type Decider, DomainEvent } from "@eventfold/decider"
import { DateTime, Effect, Equal, Option, Result, Schema } from "effect"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import { fingerprint } from "./Fingerprint.ts"
import { asStoreFailure, Sealer } from "./PersonalData.ts"
import * as PersonalPlaces from "./PersonalPlaces.ts"
import type { Snapshot } from "./SnapshotStore.ts"
import * as StreamId from "./StreamId.ts"

/** A state that is not the same when it comes back from its JSON form, so that it must not be stored as a snapshot. */
export class StateNotStorable extends Schema.TaggedError<StateNotStorable>()("StateNotStorable", {
  stream: StreamId.StreamId,
  reason: Schema.String
}) {
  override get message() {
    return `the state of ${StreamId.format(this.stream)} cannot be stored: ${this.reason}`
  }
}

/** Between states and snapshots. */
export interface SnapshotCodec<State> {
  /** Computed when it is first asked for. */
  readonly fingerprint: Effect.Effect<string>
  /** Takes a snapshot. It is read back before it is handed out: one that lost something would change later answers. */
  readonly take: (
    stream: StreamId.StreamId,
    state: State,
    version: number
  ) => Effect.Effect<Snapshot, StateNotStorable | EventStoreFailure>
  /** The state in a snapshot; `none`, and a warning in the log, when it cannot be opened or does not fit the schema. */
  readonly read: (snapshot: Snapshot) => Effect.Effect<Option.Option<State>>
}

/** The parts of a decider that tell what its snapshots mean. */
export interface Described<State, Event extends DomainEvent.DomainEvent> {
  readonly State: Schema.Codec<State, unknown>
  readonly Event: Decider.EventUnion<Event>
  readonly version?: number
}

/**
 * Builds the codec of a decider.
 *
 * @throws Error when a personal value in its states could not be sealed: see `PersonalPlaces.of`.
 */
export const make = <State, Event extends DomainEvent.DomainEvent>(
  decider: Described<State, Event>
): SnapshotCodec<State> => {
  const codec = Schema.toCodecJson(decider.State)
  const [encode, decode] = [Schema.encodeResult(codec), Schema.decodeUnknownResult(codec)]
  const places = PersonalPlaces.of(decider.State)
  const digest = once(Effect.suspend(() => fingerprint(described(decider))))

  return {
    fingerprint: digest,
    take: Effect.fnUntraced(function* (stream, state, version) {
      const notStorable = (reason: string) => new StateNotStorable({ stream, reason })
      const json = encode(state)
      if (Result.isFailure(json)) return yield* notStorable(json.failure.message)
      const back = Result.flatMap(parse(JSON.stringify(json.success)), decode)
      if (Result.isFailure(back)) return yield* notStorable(back.failure.message)
      if (!Equal.equals(back.success, state)) {
        return yield* notStorable("read back by its schema it is not equal to what it was")
      }
      const [sealed = null] = places.none
        ? [json.success]
        : yield* (yield* Sealer.Current)
            .seal([{ tenant: stream.tenant, places, json: json.success }])
            .pipe(Effect.mapError(asStoreFailure("the sealing of a snapshot")))
      return { stream, fingerprint: yield* digest, version, state: sealed, takenAt: yield* DateTime.now }
    }),
    read: (snapshot) => {
      const what = `the snapshot of ${StreamId.format(snapshot.stream)} at version ${snapshot.version}`
      const ignored = (why: string) => Effect.as(Effect.logWarning(`${what} ${why} and is ignored`), Option.none())
      const read = (json: Schema.Json) => {
        const state = decode(json)
        return Result.isSuccess(state) ? Effect.succeedSome(state.success) : ignored("does not fit its schema")
      }
      if (places.none) return read(snapshot.state)
      return Effect.flatMap(Sealer.Current, (sealer) =>
        sealer.open([{ tenant: snapshot.stream.tenant, json: snapshot.state }])
      ).pipe(
        Effect.matchEffect({
          onSuccess: ([json = null]) => read(json),
          onFailure: ({ message }) => ignored(`cannot be opened (${message})`)
        })
      )
    }
  }
}

const parse = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Json))

/** All that decides what a snapshot means, as far as it can be seen from outside `evolve`. */
const described = <State, Event extends DomainEvent.DomainEvent>(decider: Described<State, Event>): Schema.Json => ({
  version: decider.version ?? 1,
  state: jsonSchemaOf(decider.State),
  events: Object.fromEntries(
    decider.Event.members.map((event) => [
      DomainEvent.nameOf(event),
      { version: DomainEvent.versionOf(event), schema: jsonSchemaOf(event) }
    ])
  )
})

const jsonSchemaOf = (schema: Schema.Top): Schema.Json =>
  Result.getOrThrow(parse(JSON.stringify(Schema.toJsonSchemaDocument(Schema.toCodecJson(schema)))))

/** Runs an effect that cannot fail the first time it is asked for, and remembers what it answered. */
const once = <A>(effect: Effect.Effect<A>): Effect.Effect<A> => {
  let known: Option.Option<A> = Option.none()
  return Effect.suspend(() =>
    Option.isSome(known)
      ? Effect.succeed(known.value)
      : Effect.tap(effect, (found) =>
          Effect.sync(() => {
            known = Option.some(found)
          })
        )
  )
}
