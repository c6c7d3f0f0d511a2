/**
 * A time limit that holds whatever the effect does: it is not waited for any longer, not even for its interruption. A
 * connection whose other end is gone keeps an interruption waiting, too.
 */
import { Cause, type Duration, Effect, type Fiber } from "effect"

/** What an effect answers, or `TimeoutError` when it does not in time. */
export const inTime = <A, E>(
  effect: Effect.Effect<A, E>,
  time: Duration.Duration
): Effect.Effect<A, E | Cause.TimeoutError> =>
  Effect.flatMap(Effect.forkDetach(effect, { startImmediately: true }), (fiber: Fiber.Fiber<A, E>) => {
    // What had nothing to wait for needs no clock.
    const done = fiber.pollUnsafe()
    if (done !== undefined) return done
    const end = Effect.sync(() => fiber.interruptUnsafe())
    return Effect.callback<A, E>((resume) => {
      fiber.addObserver((exit) => resume(exit))
    }).pipe(
      Effect.onInterrupt(() => end),
      Effect.timeoutOrElse({ duration: time, orElse: () => Effect.fail(new Cause.TimeoutError()) })
    )
  })
