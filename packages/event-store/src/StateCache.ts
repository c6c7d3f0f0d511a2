/**
 * The states of the aggregates that were used last, in the memory of this process.
 *
 * Guarantees: bounded by entries and by estimated bytes, the longest unused goes first; a state is shared only between
 * handlers of the very same decider; what is kept is frozen; what was begun before an invalidation is not kept after
 * it. Gotchas: a cached state can be behind the store, because other processes write too: it is a guess, which the
 * expected version of an append checks and `CommandHandler` checks before it refuses. What a transaction has not
 * committed must not be kept: use `Transaction.afterCommit`.
 */
import { Context, Effect, Layer, Metric } from "effect"
import type { Reached } from "./SnapshotPolicy.ts"
import { estimate, freezeNew } from "./StateSize.ts"
import * as StreamId from "./StreamId.ts"

/** What owns cached states: a decider, known by its identity. Another object, equal or not, has states of its own. */
export interface Fold<State> {
  readonly initial: State
}

/** The state of an aggregate as of a version. */
export interface KnownState<State> {
  readonly state: State
  /** The version of the last event in it. */
  readonly version: number
  /** What its `SnapshotPolicy` counts from: the newest snapshot or the first event; `undefined` for a new aggregate. */
  readonly snapshot: Reached | undefined
  /** When the personal values in it were read, in milliseconds; absent where there are none. */
  readonly openedAt?: number
}

/** The place of one aggregate in the cache, as it was when it was looked up. */
export interface Slot<State> {
  readonly known: KnownState<State> | undefined
  /** False once anything was invalidated after the look-up: what was loaded since then may hold what must go. */
  readonly isCurrent: () => boolean
  /**
   * Keeps a state, unless a newer one is there or the slot is not current any more. `added` is what the state has grown
   * by since the last one was kept; without it the state is measured anew.
   */
  readonly keep: (known: KnownState<State>, added?: ReadonlyArray<unknown>) => Effect.Effect<void>
  /** Drops this one state, which has turned out to be wrong. */
  readonly forget: Effect.Effect<void>
}

/** A cached state, for those who decide whether it has to go. */
export interface CachedState {
  readonly stream: StreamId.StreamId
  readonly state: unknown
  readonly version: number
}

/** The bounds of the cache. */
export interface StateCacheOptions {
  /** States at the most; 0 keeps none. Default 10,000. */
  readonly maxEntries?: number
  /** Estimated bytes at the most. Default 64 MiB. */
  readonly maxBytes?: number
}

/** How often a state was found in the cache. */
export const hits = Metric.counter("eventfold_state_cache_hits", { incremental: true })
/** How often a state was looked up in vain. */
export const misses = Metric.counter("eventfold_state_cache_misses", { incremental: true })
/** How many states had to go because the cache was full. */
export const evictions = Metric.counter("eventfold_state_cache_evictions", { incremental: true })

/** The states of the aggregates that were used last. */
export class StateCache extends Context.Service<
  StateCache,
  {
    /** Looks up the state of an aggregate as one decider folds it. */
    slot<State>(fold: Fold<State>, stream: StreamId.StreamId): Effect.Effect<Slot<State>>
    /** Drops the states of one stream. */
    invalidate(stream: StreamId.StreamId): Effect.Effect<void>
    /**
     * Drops every state for which `predicate` holds, and answers how many. What is being loaded at this moment is not
     * kept either. To make a program forget something: make it unreadable first, then call this, then delete the
     * snapshots; so nothing can be loaded again in between.
     */
    invalidateWhere(predicate: (cached: CachedState) => boolean): Effect.Effect<number>
    /** Drops every state. */
    readonly invalidateAll: Effect.Effect<void>
    /** How much is kept now. */
    readonly size: Effect.Effect<{ readonly entries: number; readonly bytes: number }>
  }
>()("@eventfold/event-store/StateCache") {
  /**
   * A cache of its own, empty at first.
   *
   * @throws RangeError when a bound is not a whole number from 0: a mistake of the program.
   */
  static layer(options: StateCacheOptions = {}): Layer.Layer<StateCache> {
    const { maxBytes = 64 * 1024 * 1024, maxEntries = 10_000 } = options
    for (const [name, bound] of Object.entries({ maxEntries, maxBytes })) {
      if (!Number.isSafeInteger(bound) || bound < 0) {
        throw new RangeError(`${name} of the state cache must be a whole number from 0, got ${bound}`)
      }
    }
    return Layer.effect(
      StateCache,
      Effect.map(Effect.context(), (context) => make(maxEntries, maxBytes, context))
    )
  }
}

interface Entry<State> extends KnownState<State>, CachedState {
  readonly state: State
  readonly fold: Fold<State>
  readonly bytes: number
  /** What it took when it was last gone through. */
  readonly measured: number
}

const isOf = <State>(entry: Entry<unknown>, fold: Fold<State>): entry is Entry<State> => entry.fold === fold

const make = (maxEntries: number, maxBytes: number, context: Context.Context<never>): StateCache["Service"] => {
  // A Map keeps the order of insertion: a state that is used moves to the end, so the longest unused comes first.
  const entries = new Map<string, Entry<unknown>>()
  const folds = new WeakMap<object, number>()
  let knownFolds = 0
  let bytes = 0
  let generation = 0

  const numberOf = (fold: object): number => {
    const known = folds.get(fold)
    if (known !== undefined) return known
    knownFolds += 1
    folds.set(fold, knownFolds)
    return knownFolds
  }
  const keyOf = (fold: number, stream: StreamId.StreamId) => `${fold}/${StreamId.format(stream)}`

  const find = <State>(key: string, fold: Fold<State>): Entry<State> | undefined => {
    const entry = entries.get(key)
    return entry !== undefined && isOf(entry, fold) ? entry : undefined
  }

  const remove = (key: string) => {
    const entry = entries.get(key)
    if (entry === undefined) return
    entries.delete(key)
    bytes -= entry.bytes
  }

  const keep = <State>(key: string, entry: Entry<State>) => {
    remove(key)
    if (entry.bytes > maxBytes) return
    entries.set(key, entry)
    bytes += entry.bytes
    for (const oldest of entries.keys()) {
      if (entries.size <= maxEntries && bytes <= maxBytes) return
      remove(oldest)
      evictions.updateUnsafe(1, context)
    }
  }

  /**
   * Going through a whole state at every event would cost more than folding it. A state grows by what its events bring,
   * so their size is added, and the state is gone through again when the sum has doubled.
   */
  const sizeOf = (state: unknown, before: Entry<unknown> | undefined, added: ReadonlyArray<unknown> | undefined) => {
    if (before !== undefined && added !== undefined) {
      const grown = before.bytes + estimate(added, maxBytes)
      if (grown <= 2 * before.measured) return { bytes: grown, measured: before.measured }
    }
    // The entry itself, its key and its stream.
    const measured = 512 + estimate(state, maxBytes)
    return { bytes: measured, measured }
  }

  return {
    slot: (fold, stream) =>
      Effect.sync(() => {
        const key = keyOf(numberOf(fold), stream)
        const known = find(key, fold)
        if (known === undefined) misses.updateUnsafe(1, context)
        else {
          hits.updateUnsafe(1, context)
          entries.delete(key)
          entries.set(key, known)
        }
        const begun = generation
        const isCurrent = () => begun === generation
        return {
          known,
          isCurrent,
          keep: ({ state, version, ...rest }, added) =>
            Effect.sync(() => {
              if (!isCurrent()) return
              const before = find(key, fold)
              if (before !== undefined && before.version > version) return
              const size = sizeOf(state, before, added)
              keep(key, { ...rest, state: freezeNew(state), version, fold, stream, ...size })
            }),
          forget: Effect.sync(() => remove(key))
        }
      }),
    invalidate: (stream) =>
      Effect.sync(() => {
        generation += 1
        for (let fold = 1; fold <= knownFolds; fold += 1) remove(keyOf(fold, stream))
      }),
    invalidateWhere: (predicate) =>
      Effect.sync(() => {
        generation += 1
        const gone = Array.from(entries).filter(([, entry]) => predicate(entry))
        for (const [key] of gone) remove(key)
        return gone.length
      }),
    invalidateAll: Effect.sync(() => {
      generation += 1
      entries.clear()
      bytes = 0
    }),
    size: Effect.sync(() => ({ entries: entries.size, bytes }))
  }
}
