/**
 * Time for tests of what goes on by itself: everything in memory, on the test clock.
 *
 * Gotcha: `settled` gives the other fibers many turns, not all they may want. That is enough for what is in memory, and not
 * for what waits for a database, a file or a socket.
 */
import { fingerprint } from "@eventfold/event-store/Fingerprint"
import { Effect } from "effect"
import { TestClock } from "effect/testing"

const turns = Effect.forEach(Array.from({ length: 100 }), () => Effect.yieldNow, { discard: true })

/** Lets all other fibers go on until they wait, also those that wait for a digest, as this does. */
export const settled: Effect.Effect<void> = Effect.asVoid(
  Effect.andThen(fingerprint([]), turns).pipe(Effect.repeat({ times: 2 }))
)

/** So many seconds go by, in steps of half a second, and everybody does what there is to do. */
export const pass = Effect.fnUntraced(function* (seconds: number) {
  yield* settled
  for (let half = 0; half < seconds * 2; half += 1) {
    yield* TestClock.adjust("500 millis")
    yield* settled
  }
})
