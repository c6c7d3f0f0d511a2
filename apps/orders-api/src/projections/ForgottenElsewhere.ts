/**
 * Forgets here whoever was forgotten elsewhere: by a service with a database of its own, which shares the ledger of the forgotten.
 *
 * The ledger is read twice a minute, as it is at the start. Whoever is in it, and is not forgotten here, is: their keys in this
 * database are destroyed, and the audit is told, so what read models derived from their words is made anew (`ForgottenRows`).
 * What fails is tried again; the log tells.
 *
 * Gotcha: a ledger that others cannot see tells them nothing. Services share it when `EVENTFOLD_FORGOTTEN_LEDGER` is one file.
 */
import { KeyStore, StateCache } from "@eventfold/event-store"
import { Cause, Effect, Layer, Schedule } from "effect"

/** How often the ledger is read. */
const lookEvery = "30 seconds"

/** Looks while the layer lives. */
export const layer: Layer.Layer<never, never, KeyStore | StateCache> = Layer.effectDiscard(
  Effect.gen(function* () {
    const [keys, states] = [yield* KeyStore, yield* StateCache]
    const look = Effect.gen(function* () {
      const count = yield* keys.reconcile
      if (count === 0) return
      // States at hand were opened with the keys that are gone.
      yield* states.invalidateAll
      yield* Effect.logInfo(`forgotten here, as elsewhere: ${count} of the subjects in the ledger of the forgotten`)
    }).pipe(
      // A defect, too, is tried again: looking that has ended would be seen by nobody.
      Effect.catchCause((cause) =>
        Effect.logWarning("it cannot be looked for who was forgotten elsewhere", Cause.squash(cause))
      )
    )
    // The key store has read it when it was made.
    yield* Effect.forkScoped(Effect.delay(Effect.repeat(look, Schedule.spaced(lookEvery)), lookEvery))
  })
)
