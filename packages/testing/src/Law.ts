/**
 * A law of a port as a value: a name, and a check that fails when a layer breaks it.
 *
 * A check needs nothing but the port, so it runs in any test framework, under a test clock too: it never waits for time
 * to pass. All it makes up (stream ids, event ids, data) comes from a seed; a broken law says which. The same seed makes
 * up the same again: give the replay an empty store.
 */
import { Cause, Context, Data, Effect, Equal, Random } from "effect"
import * as Difference from "./Difference.ts"
import { print } from "./ReadableValue.ts"

/** A law of a port that needs the services `R`. */
export interface Law<R> {
  /** What holds, as a sentence. */
  readonly name: string
  /** Fails, typed or by a defect, when it does not hold. */
  readonly check: Effect.Effect<void, unknown, R>
}

/** A law does not hold. `message` says why, and with which seed to see it again. */
export class LawBroken extends Data.TaggedError("LawBroken")<{
  readonly law: string
  readonly seed: string
  readonly reason: string
  readonly message: string
  /** What the store failed with, when it was not an expectation of the law that failed. */
  readonly cause?: unknown
}> {}

/** An expectation inside a law that does not hold. */
export class Violation extends Data.TaggedError("Violation")<{ readonly message: string }> {}

/** The seed of everything a law makes up; left out, every check takes a new one. */
export const Seed = Context.Reference<string | undefined>("@eventfold/testing/Seed", { defaultValue: () => undefined })

/** Builds a law: seeds its check, and reports whatever it fails with as {@link LawBroken}. */
export const make = <E, R>(name: string, check: Effect.Effect<void, E, R>): Law<R> => ({
  name,
  check: Effect.gen(function* () {
    const seed = (yield* Seed) ?? String(yield* Random.nextIntBetween(0, Number.MAX_SAFE_INTEGER))
    return yield* check.pipe(
      // With its name in the seed, laws that run on one store with one seed make up different streams.
      Random.withSeed(`${seed} ${name}`),
      Effect.catchCauseIf(
        (cause) => !Cause.hasInterruptsOnly(cause),
        (cause) => Effect.fail(broken(name, seed, cause))
      )
    )
  })
})

const broken = (law: string, seed: string, cause: Cause.Cause<unknown>) => {
  const error = Cause.squash(cause)
  const because = error instanceof Violation ? { reason: error.message } : { reason: Cause.pretty(cause), cause: error }
  const message = `${law}: this does not hold.\n${because.reason}\n(seed: "${seed}")`
  return new LawBroken({ law, seed, message, ...because })
}

/** Fails unless `condition` holds; `what` says what should. */
export const expect = (condition: boolean, what: string): Effect.Effect<void, Violation> =>
  condition ? Effect.void : Effect.fail(new Violation({ message: what }))

/** Fails with the difference unless `actual` equals `expected`; `what` names the value. */
export const expectEqual = <A>(what: string, actual: A, expected: A): Effect.Effect<void, Violation> =>
  Effect.suspend(() => {
    const difference = Equal.equals(expected, actual) ? undefined : Difference.between(expected, actual)
    return difference === undefined
      ? Effect.void
      : Effect.fail(new Violation({ message: `${what} (- expected, + found)\n${difference}` }))
  })

/** Answers the error `effect` fails with; fails when it succeeds. A defect stays a defect. */
export const expectFailure = <A, E, R>(what: string, effect: Effect.Effect<A, E, R>): Effect.Effect<E, Violation, R> =>
  Effect.flatMap(Effect.result(effect), (result) =>
    result._tag === "Failure"
      ? Effect.succeed(result.failure)
      : Effect.fail(
          new Violation({ message: `${what}: expected it to fail, but it answered ${print(result.success)}` })
        )
  )
