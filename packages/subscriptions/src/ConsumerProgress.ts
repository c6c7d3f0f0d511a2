/**
 * Tells everybody in this process at once how far consumers have come, and which rows that has changed.
 *
 * It is for those who need not wait for their next look at the store: caches, live queries, readers that wait for a
 * position. Nothing depends on it for correctness: other processes move consumers too, and are not heard here.
 *
 * Guarantees: what is told has been committed. Whoever is slow loses the oldest news first and keeps nobody waiting.
 */
import { Context, Effect, Layer, PubSub } from "effect"

/** What a commit has led to. */
export interface ConsumerChange {
  readonly consumer: string
  readonly slice: number
  /** What the consumer belongs to: the name of a projection or a handler. */
  readonly title: string
  /** Where the slice was before: whoever knows all changes up to there has missed none. */
  readonly from: number
  /** Everything of the slice up to here has been dealt with, or noted as a dead letter. */
  readonly position: number
  /** The ids (`ReadModel.idOf`) of the rows that were changed. */
  readonly changed: ReadonlyArray<string>
}

/** How many changes one who listens can be behind before it loses some. */
const kept = 1024

/** Tells how far consumers have come. */
export class ConsumerProgress extends Context.Service<
  ConsumerProgress,
  {
    /** The changes from the moment one subscribes. Bounded: who is slow loses the oldest. */
    readonly changes: PubSub.PubSub<ConsumerChange>
    /** Tells a change. It must have been committed. */
    tell(change: ConsumerChange): Effect.Effect<void>
    /** How far a slice has come, as far as this process knows; undefined when it has not moved here. */
    known(consumer: string, slice: number): number | undefined
  }
>()("@eventfold/subscriptions/ConsumerProgress") {
  /** For the consumers of one process. */
  static readonly layer: Layer.Layer<ConsumerProgress> = Layer.effect(
    ConsumerProgress,
    Effect.gen(function* () {
      const changes = yield* PubSub.sliding<ConsumerChange>(kept)
      const positions = new Map<string, number>()
      return {
        changes,
        tell: (change) =>
          Effect.suspend(() => {
            const name = nameOf(change.consumer, change.slice)
            positions.set(name, Math.max(change.position, positions.get(name) ?? 0))
            return Effect.asVoid(PubSub.publish(changes, change))
          }),
        known: (consumer, slice) => positions.get(nameOf(consumer, slice))
      }
    })
  )
}

const nameOf = (consumer: string, slice: number) => JSON.stringify([consumer, slice])
