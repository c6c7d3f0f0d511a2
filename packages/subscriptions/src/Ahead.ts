/**
 * Works on the elements of a stream one after another, and makes the next one ready meanwhile.
 *
 * Guarantees: the order of the stream; at most one element is ready or being made ready while one is worked on. Where the
 * work fails or is interrupted, what is being made ready is interrupted too, and dropped.
 */
import { type Cause, Effect, Fiber, Stream } from "effect"

/** Ends as the stream ends, or with the first failure of the stream or of the work. */
export const runForEach = <A, E, R, E2, R2>(
  ready: Stream.Stream<A, E, R>,
  work: (one: A) => Effect.Effect<void, E2, R2>
): Effect.Effect<void, E | E2, R | R2> => Stream.runForEach(oneAhead(ready), work)

const oneAhead = <A, E, R>(stream: Stream.Stream<A, E, R>): Stream.Stream<A, E, R> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const scope = yield* Effect.scope
      const next = yield* Stream.toPull(stream)
      let ahead: Fiber.Fiber<readonly [A, ...Array<A>], E | Cause.Done> | undefined
      return Stream.fromPull(
        Effect.succeed(
          Effect.gen(function* () {
            ahead ??= yield* Effect.forkIn(next, scope)
            const found = yield* Fiber.join(ahead)
            ahead = yield* Effect.forkIn(next, scope)
            return found
          })
        )
      )
    })
  )
