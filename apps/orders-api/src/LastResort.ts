/**
 * Ends the process when stopping it takes too long: a connection to a database that has gone silent is waited for without
 * end, and a process that does not end is killed by whoever runs it, or by nobody.
 *
 * Nothing acknowledged is lost by it: what was not committed was not acknowledged.
 */
import { Console, Duration, Effect, Layer } from "effect"

const signals = ["SIGTERM", "SIGINT"] as const

/** From the first signal to stop on, the process has `limit` to do so; then it ends with code 1, and says what is likely. */
export const layer = (
  limit: Duration.Duration,
  because = "most likely because its database does not answer"
): Layer.Layer<never> =>
  Layer.effectDiscard(
    Effect.sync(() => {
      const end = Effect.sleep(limit).pipe(
        Effect.andThen(
          Console.error(`The service did not stop within ${Duration.format(limit)}, ${because}: it ends now.`)
        ),
        Effect.andThen(Effect.sync(() => process.exit(1)))
      )
      for (const signal of signals) process.once(signal, () => void Effect.runFork(end))
    })
  )
