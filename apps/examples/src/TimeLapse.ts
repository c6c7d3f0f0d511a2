/**
 * A clock that goes faster than others: who lives by it lives a minute in some seconds, with all its waits and limits. For stories
 * about minutes.
 *
 * Gotcha: what comes from elsewhere takes as long as ever, and so longer by this clock: an answer that needs 50 ms needs
 * 600 ms by one that is twelve times as fast.
 */
import { Clock, Duration, Effect } from "effect"

/** A clock that shows the time of another one now, and goes so many times as fast from now on. */
export const make = (pace: number): Effect.Effect<Clock.Clock> =>
  Effect.map(Clock.Clock, (clock) => {
    const [millis, nanos] = [clock.currentTimeMillisUnsafe(), clock.monotonicTimeNanosUnsafe()]
    const currentMillis = () => millis + (clock.currentTimeMillisUnsafe() - millis) * pace
    const currentNanos = () => BigInt(Math.round(currentMillis() * 1_000)) * 1_000n
    const monotonicNanos = () => nanos + BigInt(Math.round(Number(clock.monotonicTimeNanosUnsafe() - nanos) * pace))
    return {
      currentTimeMillisUnsafe: currentMillis,
      currentTimeMillis: Effect.sync(currentMillis),
      currentTimeNanosUnsafe: currentNanos,
      currentTimeNanos: Effect.sync(currentNanos),
      monotonicTimeNanosUnsafe: monotonicNanos,
      monotonicTimeNanos: Effect.sync(monotonicNanos),
      sleep: (duration) => clock.sleep(Duration.times(duration, 1 / pace))
    }
  })
