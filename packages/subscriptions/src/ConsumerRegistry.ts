/**
 * The consumers this process knows how to work for, by their names: what is needed to replay a dead letter.
 *
 * Runners add the consumers they run; a consumer stays for as long as the scope it was added in.
 */
import { Context, Effect, Layer, type Scope } from "effect"
import type { ConsumerWork } from "./ConsumerWork.ts"

/** The consumers this process knows how to work for. */
export class ConsumerRegistry extends Context.Service<
  ConsumerRegistry,
  {
    /** Adds a consumer until the scope closes. One of the same name takes its place. */
    add(work: ConsumerWork): Effect.Effect<void, never, Scope.Scope>
    find(consumer: string): ConsumerWork | undefined
    /** All there are, by name. */
    readonly all: Effect.Effect<ReadonlyArray<ConsumerWork>>
  }
>()("@eventfold/subscriptions/ConsumerRegistry") {
  /** Empty at first. */
  static readonly layer: Layer.Layer<ConsumerRegistry> = Layer.sync(ConsumerRegistry, () => {
    const works = new Map<string, ConsumerWork>()
    return {
      add: (work) =>
        Effect.acquireRelease(
          Effect.sync(() => void works.set(work.consumer, work)),
          () => Effect.sync(() => works.get(work.consumer) === work && works.delete(work.consumer))
        ),
      find: (consumer) => works.get(consumer),
      all: Effect.sync(() => Array.from(works.values()).toSorted((a, b) => (a.consumer < b.consumer ? -1 : 1)))
    }
  })
}
