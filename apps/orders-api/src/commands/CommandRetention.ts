/**
 * Forgets the answers to old commands every hour, so that their table does not grow for ever.
 *
 * A command repeated after that is handled as a new one. A purge that fails, whatever the cause, is logged and tried again an
 * hour later.
 */
import { CommandLog } from "@eventfold/event-store"
import { Cause, DateTime, Duration, Effect, Layer, Schedule } from "effect"
import { Settings } from "../Settings.ts"

const purge = Effect.gen(function* () {
  const { commandRetention } = yield* Settings
  const log = yield* CommandLog
  const before = DateTime.subtractDuration(yield* DateTime.now, commandRetention)
  const forgotten = yield* log.purge(before)
  if (forgotten > 0) {
    yield* Effect.logInfo(`forgot ${forgotten} commands older than ${Duration.format(commandRetention)}`)
  }
}).pipe(
  Effect.timeout("5 minutes"),
  Effect.catchCauseIf(
    (cause) => !Cause.hasInterruptsOnly(cause),
    (cause) => Effect.logWarning("could not forget old commands", Cause.squash(cause))
  )
)

/** Purges once at start and then every hour, while the layer lives. */
export const layer: Layer.Layer<never, never, CommandLog | Settings> = Layer.effectDiscard(
  Effect.forkScoped(Effect.repeat(purge, Schedule.spaced("1 hour")))
)
