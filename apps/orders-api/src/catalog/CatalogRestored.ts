/**
 * Makes the documents of the catalogue from the log when there are none although the log tells of some: after the import of a
 * store, whose file has the log only. It runs beside everything else, is tried again until it works, and says what it did.
 */
import { Cause, Effect, Layer, Schedule } from "effect"
import { Settings } from "../Settings.ts"
import { discounts, products, promotions } from "./CatalogDocuments.ts"

const restored = Effect.gen(function* () {
  const { tenant } = yield* Settings
  const made = yield* Effect.forEach([products, promotions, discounts], (documents) => documents.restore(tenant))
  const count = made.reduce((sum, one) => sum + one, 0)
  if (count > 0) yield* Effect.logInfo(`The catalogue was made of the log: ${count} documents`)
})

/** Restores the catalogue while the service runs, if there is anything to restore. */
export const layer = Layer.effectDiscard(
  restored.pipe(
    Effect.tapCause((cause) =>
      Effect.logWarning("the catalogue could not be compared with the log", Cause.squash(cause))
    ),
    Effect.catchCause((cause) => Effect.fail(Cause.squash(cause))),
    Effect.retry({ schedule: Schedule.spaced("30 seconds") }),
    Effect.forkScoped
  )
)
