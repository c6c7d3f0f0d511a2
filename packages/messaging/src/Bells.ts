/** Wakes those who wait for a topic. Nothing is kept for topics nobody waits for. */
import { Deferred, Effect } from "effect"

/** One bell per topic. */
export interface Bells {
  /** Wakes those who have listened since it rang last. */
  ring(topic: string): Effect.Effect<void>
  /** Starts listening; the effect inside waits for the next ring. */
  listen(topic: string): Effect.Effect<Effect.Effect<void>>
}

/** Bells for one process. */
export const make = (): Bells => {
  const next = new Map<string, Deferred.Deferred<void>>()
  return {
    ring: (topic) =>
      Effect.suspend(() => {
        const waiting = next.get(topic)
        if (waiting === undefined) return Effect.void
        next.delete(topic)
        return Effect.asVoid(Deferred.succeed(waiting, undefined))
      }),
    listen: (topic) =>
      Effect.sync(() => {
        const waiting = next.get(topic) ?? Deferred.makeUnsafe<void>()
        next.set(topic, waiting)
        return Deferred.await(waiting)
      })
  }
}
