/**
 * Keeps the cache of rows honest: tells it what has changed, and looks whether it has missed something.
 *
 * A scope is watched from its first use until {@link idleAfter} after its last, longer than a row stays in the cache. While
 * it is watched its checkpoints are looked at every 400 ms, those of all scopes with one query. A scope whose looks fail is
 * not trusted any more when its time is up. Where a lease is another one than at the look before, rows may have been made
 * anew without a move of the checkpoint: then the scope is cleared.
 */
import { Clock, Effect, Option } from "effect"
import type { ConsumerChange } from "./ConsumerProgress.ts"
import type { Consumers, ConsumerState } from "./Consumers.ts"
import type { DeadLetters } from "./DeadLetters.ts"
import * as Nudge from "./Nudge.ts"
import type { ReadCacheCounts } from "./ReadCacheStatistics.ts"
import type { ReadCacheFailure, ReadCacheStore } from "./ReadCacheStore.ts"

/** How long after a look began cached rows are answered, in milliseconds: so much older than the log they are at most. */
export const trustedFor = 900

/** How long a scope is watched after its last use, in milliseconds. */
export const idleAfter = 90_000

const spacing = "400 millis"
/** How long news of this process may be on their way when a look has overtaken them. */
const grace = "50 millis"

/** What a watch works with. */
export interface WatchServices {
  readonly store: ReadCacheStore["Service"]
  readonly consumers: Consumers["Service"]
  readonly letters: DeadLetters["Service"]
  readonly counts: ReadCacheCounts
  /** What the cache answers, none when it does not. */
  readonly guarded: <A>(operation: string, asked: Effect.Effect<A, ReadCacheFailure>) => Effect.Effect<Option.Option<A>>
}

/** Keeps the cache honest. */
export interface Watch {
  /**
   * Notes that rows of a scope are read. Answers a number that stays the same as long as cached rows may be answered, and
   * put; undefined when they may not.
   */
  readonly use: (scope: string) => Effect.Effect<number | undefined>
  /** A change that this process has made. */
  readonly heard: (change: ConsumerChange) => Effect.Effect<void>
}

interface Watched {
  usedAt: number
  /** When the last look began that found the cache to be right. */
  trustedAt: number
  /** Goes up whenever the scope is given up. */
  epoch: number
  /** It has dead letters: a replay changes rows without moving a checkpoint. */
  held: boolean
  /** The epochs of its slices, at the last look after which the cache was right. */
  epochs: string | undefined
}

/** Begins to watch, in the scope it is in. */
export const watch = Effect.fnUntraced(function* ({ consumers, counts, guarded, letters, store }: WatchServices) {
  const scopes = new Map<string, Watched>()
  const nudge = Nudge.make()

  const giveUp = (watched: Watched) => {
    watched.trustedAt = Number.NEGATIVE_INFINITY
    watched.epoch += 1
  }

  /** Looks whether the cache has followed a scope; if not, gives what is on its way a moment, and clears. */
  const follow = Effect.fnUntraced(function* (name: string, positions: ReadonlyArray<number>) {
    const first = yield* guarded("seen", store.seen(name, positions, true))
    if (Option.isNone(first) || first.value) return Option.isSome(first)
    yield* Effect.sleep(grace)
    const second = yield* guarded("seen", store.seen(name, positions, false))
    if (Option.isSome(second) && !second.value) yield* counts.add("clears")
    return Option.isSome(second)
  })

  const lookAt = Effect.fnUntraced(function* (
    name: string,
    watched: Watched,
    slices: ReadonlyArray<ConsumerState>,
    began: number
  ) {
    if (slices.length === 0) return giveUp(watched)
    if (yield* letters.any(name)) {
      watched.held = true
      return giveUp(watched)
    }
    const epochs = slices.map(({ epoch }) => epoch).join(" ")
    if (watched.held || (watched.epochs ?? epochs) !== epochs) {
      if (Option.isNone(yield* guarded("clear", store.clear(name)))) return
      yield* counts.add("clears")
      watched.held = false
    }
    watched.epochs = epochs
    const { epoch } = watched
    const positions = slices.map(({ position }) => position)
    if ((yield* follow(name, positions)) && watched.epoch === epoch) watched.trustedAt = began
  })

  const look = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    for (const [name, { usedAt }] of scopes) if (usedAt < now - idleAfter) scopes.delete(name)
    if (scopes.size === 0) return yield* nudge.wait("1 hour")
    const states = yield* consumers.states(Array.from(scopes.keys()))
    yield* Effect.forEach(
      scopes,
      ([name, watched]) => {
        const own = states.filter(({ consumer }) => consumer === name).toSorted((a, b) => a.slice - b.slice)
        return lookAt(name, watched, own, now)
      },
      { concurrency: 4, discard: true }
    )
    yield* nudge.wait(spacing)
  })
  // While the store does not answer nothing is trusted, and reads go there and tell.
  yield* Effect.forkScoped(Effect.forever(Effect.catch(look, () => nudge.wait(spacing))))

  return {
    use: Effect.fnUntraced(function* (name) {
      const now = yield* Clock.currentTimeMillis
      const known = scopes.get(name)
      if (known === undefined) {
        scopes.set(name, { usedAt: now, trustedAt: Number.NEGATIVE_INFINITY, epoch: 0, held: false, epochs: undefined })
        yield* nudge.now
        return undefined
      }
      known.usedAt = now
      return now - known.trustedAt <= trustedFor ? known.epoch : undefined
    }),
    heard: Effect.fnUntraced(function* ({ changed, consumer, from, position, slice }) {
      if (!scopes.has(consumer) && !(store.shared && consumer.startsWith("projection:"))) return
      const told = yield* guarded("advanced", store.advanced(consumer, { slice, from, to: position, changed }))
      if (Option.isNone(told)) return
      yield* counts.add("invalidations", told.value.invalidated)
      yield* counts.add("clears", told.value.cleared ? 1 : 0)
    })
  } satisfies Watch
})
