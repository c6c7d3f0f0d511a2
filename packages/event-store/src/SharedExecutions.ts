/**
 * Commands that are at work in this process: whoever repeats one waits for the first, and gets what it gets.
 *
 * Gotcha: when the first one is interrupted, the next that waits takes its place.
 */
import { Deferred, Effect, Exit, Option } from "effect"
import { type CommandClaim, type CommandIdReused, type CommandOutcome, repeated } from "./CommandLog.ts"

/** Runs a command, unless the same one is at work: then it waits for that one. */
export type Share = <E, R>(
  claim: CommandClaim,
  execution: Effect.Effect<CommandOutcome, E, R>
) => Effect.Effect<CommandOutcome, E | CommandIdReused, R>

/** Commands that are at work, none at first. */
export const make = (): Share => {
  const atWork = new Map<string, { readonly claim: CommandClaim; readonly end: Deferred.Deferred<Ended> }>()
  const share: Share = (claim, execution) =>
    // What is noted as at work must be taken off again.
    Effect.uninterruptibleMask((restore) => {
      const key = `${claim.tenant}/${claim.commandId}`
      const first = atWork.get(key)
      if (first === undefined) {
        const end = Deferred.makeUnsafe<Ended>()
        atWork.set(key, { claim, end })
        return Effect.onExit(restore(execution), (exit) => {
          atWork.delete(key)
          return Deferred.succeed(end, endOf(exit))
        })
      }
      return Effect.andThen(
        repeated(claim, first.claim, Option.none()),
        Effect.flatMap(restore(Deferred.await(first.end)), (ended) =>
          // What the first one failed with may have passed since.
          Option.isSome(ended) ? Effect.succeed(ended.value) : restore(share(claim, execution))
        )
      )
    })
  return share
}

/** The outcome of an execution; none when it failed, died or was interrupted. */
type Ended = Option.Option<CommandOutcome>

const endOf = <E>(exit: Exit.Exit<CommandOutcome, E>): Ended =>
  Exit.isSuccess(exit) ? Option.some(exit.value) : Option.none()
