/**
 * Runs a command that is prepared before the transaction in which it is handled: see `CommandBus.prepared`.
 *
 * A repetition whose preparation fails is answered with what the first one was answered: what has been handled depends on
 * nobody any more.
 */
import { Effect, Option, Schedule } from "effect"
import { TooManyConflicts } from "./CommandHandler.ts"
import type { CommandOutcome } from "./CommandLog.ts"
import { VersionConflict } from "./EventStoreErrors.ts"

/** What it takes to run one. */
export interface Execution<Handling, E, E2, E3> {
  /** Looks up what is needed, and answers what handles the command. */
  readonly prepare: Effect.Effect<Handling, E>
  /** Handles it in a transaction, in which the outcome is remembered. */
  readonly handle: (handling: Handling) => Effect.Effect<CommandOutcome, E2>
  /** The outcome of the first one with this id, if there is one. */
  readonly first: Effect.Effect<Option.Option<CommandOutcome>, E3>
  /** Whether it is prepared again when what was looked up is outdated. */
  readonly isAgain: boolean
}

/** How often it is prepared, at the most. */
const attempts = 10

const again = Schedule.spaced("5 millis").pipe(Schedule.jittered, Schedule.upTo({ times: attempts - 1 }))

/** Prepares and handles it. */
export const run = <Handling, E, E2, E3>({ first, handle, isAgain, prepare }: Execution<Handling, E, E2, E3>) => {
  const once = Effect.matchEffect(prepare, {
    onSuccess: handle,
    onFailure: (error): Effect.Effect<CommandOutcome, E | E3> =>
      Effect.flatMap(
        first,
        Option.match({ onNone: () => Effect.fail(error), onSome: (outcome) => Effect.succeed(outcome) })
      )
  })
  if (!isAgain) return once
  return once.pipe(
    Effect.retry({ schedule: again, while: (error) => error instanceof VersionConflict }),
    Effect.mapError((error) =>
      error instanceof VersionConflict ? new TooManyConflicts({ stream: error.stream, attempts }) : error
    )
  )
}
