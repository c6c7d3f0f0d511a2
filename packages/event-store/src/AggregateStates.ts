/**
 * Where the state of an aggregate comes from: the cache, the newest valid snapshot, the events after it.
 *
 * Guarantees: what `refresh` and `at` answer is what folding the whole stream answers. What is at hand in the cache may
 * be behind the store. A stream that fits into one look is read without asking for a snapshot, so short streams cost
 * one query. A snapshot that cannot be loaded or read is logged, counted and done without.
 *
 * A state with personal values in it is in clear, so it is at hand for {@link personalLifetime} only: then it is read
 * anew, and whoever was forgotten by another process meanwhile is redacted in it.
 */
import { Decider, type DomainEvent, Personal } from "@eventfold/decider"
import { Clock, Effect, Metric, Option } from "effect"
import type { EventCodec } from "./EventCodec.ts"
import { EventStore, pageSize } from "./EventStore.ts"
import type { EventNotDecodable, EventStoreFailure } from "./EventStoreErrors.ts"
import { Sealer } from "./PersonalData.ts"
import * as SnapshotCodec from "./SnapshotCodec.ts"
import * as SnapshotPolicy from "./SnapshotPolicy.ts"
import { failed, SnapshotStore } from "./SnapshotStore.ts"
import { type KnownState, type Slot, StateCache } from "./StateCache.ts"
import * as StreamId from "./StreamId.ts"
import { Transaction } from "./Transaction.ts"

/** What can fail when the state of an aggregate is loaded. */
export type LoadError = EventNotDecodable | EventStoreFailure

/** What handling and loading need: the store, and what keeps states at hand. */
export type CommandServices = EventStore | StateCache | SnapshotStore

/** Finds and keeps the states of the aggregates of one decider. */
export interface AggregateStates<State> {
  /** The place of an aggregate in the cache, with the state at hand. */
  readonly slot: (stream: StreamId.StreamId) => Effect.Effect<Slot<State>, never, StateCache>
  /** The state of a stream nobody has looked at. */
  readonly unread: KnownState<State>
  /** The state as of now: `from` and the events after it. */
  readonly refresh: (
    stream: StreamId.StreamId,
    from: KnownState<State>
  ) => Effect.Effect<KnownState<State>, LoadError, CommandServices>
  /** The state as of an earlier version. */
  readonly at: (
    stream: StreamId.StreamId,
    version: number,
    cached: KnownState<State> | undefined
  ) => Effect.Effect<KnownState<State>, LoadError, CommandServices>
  /**
   * Keeps a state for the next command and has a snapshot taken if one is due, both once the open transaction has
   * committed. `added`: the events by which it is ahead of the state in the slot.
   */
  readonly remember: (
    stream: StreamId.StreamId,
    slot: Slot<State>,
    known: KnownState<State>,
    added?: ReadonlyArray<unknown>
  ) => Effect.Effect<void, never, CommandServices>
  /** Stores a snapshot of a state now. Answers its version, `undefined` when there is nothing to store. */
  readonly store: (
    stream: StreamId.StreamId,
    slot: Slot<State>,
    known: KnownState<State>
  ) => Effect.Effect<number | undefined, SnapshotCodec.StateNotStorable | EventStoreFailure, CommandServices>
}

/** How many events a load looks at before it asks for a snapshot, under policies that do not count events. */
const usualLook = 100

/** How long a state with personal values in it is at hand after these were read, in milliseconds. */
export const personalLifetime = 5_000

/** Builds the finder of the states of a decider. */
export const make = <State, Command, Event extends DomainEvent.DomainEvent, Refusal>(
  decider: Decider.Decider<State, Command, Event, Refusal>,
  events: EventCodec<Event>,
  policy: SnapshotPolicy.SnapshotPolicy
): AggregateStates<State> => {
  const snapshots = SnapshotCodec.make(decider)
  const look = policy._tag === "EveryEvents" ? Math.min(policy.events, pageSize) : usualLook
  const unread: KnownState<State> = { state: decider.initial, version: 0, snapshot: undefined }
  const isPersonal = Personal.isIn(decider.State)
  // Only these ask for the time, and a hot command should not pay for it otherwise.
  const now = policy._tag === "Every" || isPersonal ? Clock.currentTimeMillis : Effect.succeed(0)

  /** Folds the events after a state, up to a version. */
  const forwards = Effect.fnUntraced(function* (stream: StreamId.StreamId, from: KnownState<State>, to: number) {
    const store = yield* EventStore
    let { state, version } = from
    while (true) {
      const limit = Math.min(pageSize, to - version)
      const page = yield* store.readPage(stream, { direction: "forwards", from: version + 1, limit })
      state = Decider.fold(decider, yield* events.decode(page), state)
      version = page.at(-1)?.version ?? version
      if (page.length < pageSize) return { ...from, state, version }
    }
  })

  /** The newest snapshot that is of use. */
  const snapshotOf = Effect.fnUntraced(function* (stream: StreamId.StreamId, notAfter: number) {
    const store = yield* SnapshotStore
    const fingerprint = yield* snapshots.fingerprint
    const found = yield* store.load(stream, fingerprint, notAfter)
    if (Option.isNone(found)) return Option.none()
    const { takenAt, version } = found.value
    // Whatever a store answers: of another fold, or ahead of the stream, it is of no use.
    if (found.value.fingerprint !== fingerprint || version > notAfter) return Option.none()
    const state = yield* snapshots.read(found.value)
    if (Option.isNone(state)) yield* Metric.update(failed, 1)
    return Option.map(state, (state): KnownState<State> => ({
      state,
      version,
      snapshot: { version, millis: takenAt.epochMilliseconds }
    }))
  })

  /**
   * Reads the last events first. They are the whole stream when it is short; otherwise they are what follows the newest
   * snapshot, unless that one is missing or older than the policy would have it.
   */
  const cold = Effect.fnUntraced(function* (stream: StreamId.StreamId, notAfter: number) {
    const nothing = isPersonal ? { ...unread, openedAt: yield* now } : unread
    if (policy._tag === "Never") return yield* forwards(stream, nothing, notAfter)
    const store = yield* EventStore
    const last = yield* store.readPage(stream, { direction: "backwards", from: notAfter, limit: look })
    const oldest = last.at(-1)?.version ?? 1
    const newest = last[0]?.version ?? 0
    const found =
      oldest === 1
        ? Option.none()
        : yield* Effect.catch(snapshotOf(stream, newest), (failure) =>
            Effect.andThen(
              Metric.update(failed, 1),
              Effect.as(
                Effect.logWarning(`no snapshot of ${StreamId.format(stream)} was loaded: ${failure.message}`),
                Option.none()
              )
            )
          )
    const first = last.at(-1)?.recordedAt.epochMilliseconds
    let from: KnownState<State> = {
      ...nothing,
      ...Option.getOrElse(found, () => (first === undefined ? {} : { snapshot: { version: 0, millis: first } }))
    }
    if (from.version + 1 < oldest) from = yield* forwards(stream, from, oldest - 1)
    const after = last.filter(({ version }) => version > from.version).toReversed()
    return { ...from, state: Decider.fold(decider, yield* events.decode(after), from.state), version: newest }
  })

  const whole = Number.MAX_SAFE_INTEGER

  return {
    unread,
    slot: (stream) => {
      const slot = Effect.flatMap(StateCache, (cache) => cache.slot(decider, stream))
      if (!isPersonal) return slot
      const atHand = ([slot, now]: [Slot<State>, number]) =>
        now - (slot.known?.openedAt ?? now) < personalLifetime ? slot : { ...slot, known: undefined }
      return Effect.map(Effect.all([slot, now]), atHand)
    },
    refresh: (stream, from) => (from.version === 0 ? cold(stream, whole) : forwards(stream, from, whole)),
    at: (stream, version, cached) =>
      cached === undefined || cached.version > version ? cold(stream, version) : forwards(stream, cached, version),
    remember: (stream, slot, known, added) => {
      const { snapshot, state, version } = known
      const openedAt = (millis: number) => (isPersonal ? { openedAt: known.openedAt ?? millis } : {})
      // A stream without events is not worth a place: anybody can name streams that do not exist.
      if (version === 0) return Effect.void
      return Effect.flatMap(now, (millis) => {
        const reached = { version, millis }
        if (!SnapshotPolicy.isDue(policy, snapshot, reached)) {
          const kept = { state, version, snapshot: snapshot ?? { version: 0, millis }, ...openedAt(millis) }
          return Transaction.afterCommit(slot.keep(kept, added))
        }
        return Effect.flatMap(Effect.all([SnapshotStore, Sealer.Current]), ([store, sealer]) =>
          Transaction.afterCommit(
            Effect.suspend(() =>
              slot.isCurrent()
                ? Effect.flatMap(
                    store.saveSoon(
                      stream,
                      // The writer in the background is not the one who knows the keys.
                      Effect.provideService(snapshots.take(stream, state, version), Sealer.Current, sealer)
                    ),
                    (taken) =>
                      // When the queue is full, the next command asks again.
                      slot.keep({ state, version, snapshot: taken ? reached : snapshot, ...openedAt(millis) }, added)
                  )
                : Effect.void
            )
          )
        )
      })
    },
    store: Effect.fnUntraced(function* (stream, slot, { state, version, openedAt }) {
      if (version === 0 || policy._tag === "Never") return undefined
      const taken = yield* snapshots.take(stream, state, version)
      if (!slot.isCurrent()) return undefined
      yield* Effect.flatMap(SnapshotStore, (store) => store.save(taken))
      const snapshot = { version, millis: taken.takenAt.epochMilliseconds }
      yield* Transaction.afterCommit(
        Effect.suspend(() => slot.keep({ state, version, snapshot, ...(openedAt === undefined ? {} : { openedAt }) }))
      )
      return version
    })
  }
}
