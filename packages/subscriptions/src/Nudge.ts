/** Ends a wait early: whoever waits goes on at the next nudge, or when its time is up. A nudge with nobody waiting is kept. */
import { type Duration, Effect, Latch } from "effect"

/** Ends waits early. */
export interface Nudge {
  /** Ends the wait that is under way, or the next one. */
  readonly now: Effect.Effect<void>
  /** Waits so long, or until the nudge. One fiber waits at a time. */
  readonly wait: (time: Duration.Input) => Effect.Effect<void>
}

/** A nudge. */
export const make = (): Nudge => {
  const latch = Latch.makeUnsafe(false)
  return {
    now: Effect.asVoid(latch.open),
    wait: (time) =>
      Effect.ensuring(Effect.timeoutOrElse(latch.await, { duration: time, orElse: () => Effect.void }), latch.close)
  }
}
