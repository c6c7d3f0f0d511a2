/**
 * Wakes those who wait for a topic. Nothing is kept for topics nobody has listened to since they rang, and no more than {@link mostTopics}: who
 * listens to more of them wakes those of the oldest, for nothing.
 */
import { Deferred, Effect } from "effect"

/** One bell per topic. */
export interface Bells {
  /** Wakes those who have listened since it rang last. */
  ring(topic: string): Effect.Effect<void>
  /** Starts listening; the effect inside waits for the next ring. */
  listen(topic: string): Effect.Effect<Effect.Effect<void>>
}

/** For so many topics somebody can listen at the same time. */
export const mostTopics = 10_000

/** Bells for one process. */
export const make = (): Bells => {
  const next = new Map<string, Deferred.Deferred<void>>()
  const wake = (topic: string): void => {
    const waiting = next.get(topic)
    next.delete(topic)
    if (waiting !== undefined) Deferred.doneUnsafe(waiting, Effect.void)
  }
  return {
    ring: (topic) => Effect.sync(() => wake(topic)),
    listen: (topic) =>
      Effect.sync(() => {
        const waiting = next.get(topic) ?? Deferred.makeUnsafe<void>()
        next.set(topic, waiting)
        const [oldest] = next.keys()
        if (next.size > mostTopics && oldest !== undefined) wake(oldest)
        return Deferred.await(waiting)
      })
  }
}
