/**
 * The read side of a program: projections at work, and what answers questions about their rows.
 *
 * It is all that a program of its own needs beside the ports; the examples build it for as long as they run.
 */
import type { Audit, ReadFailure, Transaction } from "@eventfold/event-store"
import { ReadModelNotReady } from "@eventfold/event-store"
import type { AppendParticipants, AppendSignal, EventStore } from "@eventfold/event-store"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Consumers,
  DeadLetterDesk,
  type DeadLetters,
  Generations,
  InlineProjections,
  LiveProjections,
  type ManagedProjection,
  ProjectionRunner,
  ReadModels,
  type ReadModelStore,
  Rebuild,
  Subscriptions
} from "@eventfold/subscriptions"
import { Effect, Layer, Schedule, Schema } from "effect"

/** What the read side works on. */
export type Ports =
  | AppendParticipants
  | AppendSignal
  | Audit
  | Consumers
  | DeadLetters
  | EventStore
  | ReadModelStore
  | Transaction

// #region layer
/** Runs projections while it lives, each time anew: two of them in one program are two nodes. */
export const layer = (
  projections: ReadonlyArray<ManagedProjection.ManagedProjection>
): Layer.Layer<
  ConsumerProgress | ConsumerRegistry | DeadLetterDesk | ProjectionRunner | ReadModels | Rebuild | Subscriptions,
  never,
  Ports
> =>
  Layer.fresh(
    Layer.mergeAll(Rebuild.layer(projections), ReadModels.layer, DeadLetterDesk.layer).pipe(
      Layer.provideMerge(Layer.merge(ProjectionRunner.layer(projections), InlineProjections.layer(projections))),
      Layer.provide([LiveProjections.layer(projections), Generations.layer]),
      Layer.provideMerge(Layer.mergeAll(ConsumerProgress.layer, ConsumerRegistry.layer, Subscriptions.layer))
    )
  )
// #endregion layer

/** Something that happens by itself has not happened in time. */
export class TookTooLong extends Schema.TaggedError<TookTooLong>()("TookTooLong", { what: Schema.String }) {
  override get message() {
    return `${this.what}: not within 30 seconds`
  }
}

/** Waits until a question is answered with yes. */
export const until = <E, R>(
  what: string,
  question: Effect.Effect<boolean, E, R>
): Effect.Effect<void, E | TookTooLong, R> =>
  question.pipe(
    Effect.repeat({ until: (yes) => yes, schedule: Schedule.spaced("20 millis") }),
    Effect.timeoutOrElse({ duration: "30 seconds", orElse: () => Effect.fail(new TookTooLong({ what })) }),
    Effect.asVoid
  )

/** Asks again while the rows are being built for the first time. */
export const whenReady = <A, E extends Error, R>(question: Effect.Effect<A, E | ReadFailure, R>) =>
  question.pipe(
    Effect.retry({ while: (error) => error instanceof ReadModelNotReady, schedule: Schedule.spaced("20 millis") }),
    Effect.timeoutOrElse({
      duration: "30 seconds",
      orElse: () => Effect.fail(new TookTooLong({ what: "the first rows are built" }))
    })
  )

/** Stops a projection, and waits until whoever works for it has put it down. */
export const standStill = Effect.fnUntraced(function* (projection: string) {
  const [consumers, runner] = [yield* Consumers, yield* ProjectionRunner]
  yield* runner.stop(projection)
  const isFree = Effect.gen(function* () {
    const status = (yield* runner.statuses).find((one) => one.projection === projection)
    const states = yield* consumers.states(status?.current === undefined ? [] : [status.current.consumer])
    return states.length > 0 && states.every(({ leasedUntil }) => leasedUntil === undefined)
  })
  yield* until(`${projection} stands still`, isFree)
})
