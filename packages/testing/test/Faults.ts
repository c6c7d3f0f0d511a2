/** What broken layers have in common: they leave the transaction, or notice that somebody else is at work. */
import { Context, Effect } from "effect"

/** Runs outside the open transaction of the memory layers. */
export const outside = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.flatMap(Effect.context(), (context) =>
    Effect.provideContext(
      Effect.updateContext(effect, (_: Context.Context<never>) => Context.omit(Effect.Transaction)(context)),
      context
    )
  )

/** Gives others the time to begin, and then tells whether somebody else was at work at the same time. */
export const underWay = () => {
  let running = 0
  return <A, E, R>(work: (others: boolean) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      running += 1
      const before = running > 1
      return Effect.yieldNow.pipe(
        Effect.andThen(Effect.suspend(() => work(before || running > 1))),
        Effect.ensuring(Effect.sync(() => (running -= 1)))
      )
    })
}
