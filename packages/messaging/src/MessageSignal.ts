/**
 * Tells those who receive messages of a topic that there may be more, so that they need not wait for their next look.
 *
 * In this process it rings when something can be received that could not before; a layer over a server may carry the rings to
 * other processes. Nothing depends on a ring for correctness: who receives looks at intervals anyway.
 *
 * Nothing is kept for topics nobody has listened to since they rang, and no more than {@link mostTopics}: who listens to more of
 * them wakes those of the oldest, for nothing. What is noted for other processes is bounded by {@link mostNoted}.
 */
import { Context, Deferred, Effect, Latch, Layer, type Scope } from "effect"

/** For so many topics somebody can listen at the same time. */
export const mostTopics = 10_000

/** So many topics are noted for other processes until somebody takes them; those of more have to look. */
export const mostNoted = 1000

/** Tells those who receive that there may be more. */
export class MessageSignal extends Context.Service<
  MessageSignal,
  {
    /** Something of a topic can be received: wakes who has listened to it, and is noted for other processes. */
    readonly ring: (topic: string) => Effect.Effect<void>
    /** The same for this process alone: because another one says it, or because no other needs to know. */
    readonly relay: (topic: string) => Effect.Effect<void>
    /** Wakes whoever listens to whatever: when it may be that something was not heard of. */
    readonly relayAll: Effect.Effect<void>
    /** Starts listening to a topic; the effect inside waits for the next ring. */
    listen(topic: string): Effect.Effect<Effect.Effect<void>>
    /** Notes what this process rings for until the scope closes; the effect inside waits for it, and takes the topics. */
    readonly own: Effect.Effect<Effect.Effect<ReadonlyArray<string>>, never, Scope.Scope>
  }
>()("@eventfold/messaging/MessageSignal") {
  /** A signal for those who publish and receive in one process. */
  static make(): MessageSignal["Service"] {
    const next = new Map<string, Deferred.Deferred<void>>()
    const noting = new Set<(topic: string) => void>()
    const wake = (topic: string): void => {
      const waiting = next.get(topic)
      next.delete(topic)
      if (waiting !== undefined) Deferred.doneUnsafe(waiting, Effect.void)
    }
    return {
      ring: (topic) =>
        Effect.sync(() => {
          for (const note of noting) note(topic)
          wake(topic)
        }),
      relay: (topic) => Effect.sync(() => wake(topic)),
      relayAll: Effect.sync(() => Array.from(next.keys()).forEach(wake)),
      listen: (topic) =>
        Effect.sync(() => {
          const waiting = next.get(topic) ?? Deferred.makeUnsafe<void>()
          next.set(topic, waiting)
          const [oldest] = next.keys()
          if (next.size > mostTopics && oldest !== undefined) wake(oldest)
          return Deferred.await(waiting)
        }),
      own: Effect.gen(function* () {
        const noted = new Set<string>()
        const some = Latch.makeUnsafe(false)
        const note = (topic: string): void => {
          if (noted.size < mostNoted) noted.add(topic)
          some.openUnsafe()
        }
        yield* Effect.acquireRelease(
          Effect.sync(() => noting.add(note)),
          () => Effect.sync(() => noting.delete(note))
        )
        return Effect.map(some.await, () => {
          const topics = Array.from(noted)
          noted.clear()
          some.closeUnsafe()
          return topics
        })
      })
    }
  }

  /** A signal of its own. */
  static readonly layer: Layer.Layer<MessageSignal> = Layer.sync(MessageSignal, () => MessageSignal.make())
}
