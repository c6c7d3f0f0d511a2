/**
 * Tells readers that the log may have grown, so that they need not wait for their next look.
 *
 * In this process it rings when a transaction with an append in it has committed; a layer over a server may relay the
 * rings of other processes. Rings are merged: a reader that was busy hears one ring for many. Nothing depends on a ring
 * for correctness: readers look at intervals anyway.
 */
import { Context, Deferred, Effect, Layer } from "effect"

/** Tells readers that the log may have grown. */
export class AppendSignal extends Context.Service<
  AppendSignal,
  {
    /** An append of this process has been stored: wakes everybody who waits. Costs nothing when nobody does. */
    readonly ring: Effect.Effect<void>
    /**
     * Another process says that it has rung: wakes who listens to all rings, but not who listens to those of this
     * process, so that nothing is sent back to where it came from.
     */
    readonly relay: Effect.Effect<void>
    /**
     * Starts listening to all rings: the effect inside waits for the next one after this moment. Listen first, look at
     * the log second, wait third: then no ring is missed.
     */
    readonly listen: Effect.Effect<Effect.Effect<void>>
    /** Starts listening to the rings of this process only, for whoever tells other processes of them. */
    readonly listenOwn: Effect.Effect<Effect.Effect<void>>
  }
>()("@eventfold/event-store/AppendSignal") {
  /** A signal for the readers and writers of one process. */
  static readonly layer: Layer.Layer<AppendSignal> = Layer.sync(AppendSignal, () => {
    const [all, own] = [bell(), bell()]
    return { ring: Effect.andThen(own.ring, all.ring), relay: all.ring, listen: all.listen, listenOwn: own.listen }
  })
}

/** Wakes those who have listened since it rang last. */
const bell = () => {
  let next: Deferred.Deferred<void> | undefined
  return {
    ring: Effect.suspend(() => {
      if (next === undefined) return Effect.void
      const waiting = next
      next = undefined
      return Effect.asVoid(Deferred.succeed(waiting, undefined))
    }),
    listen: Effect.sync(() => Deferred.await((next ??= Deferred.makeUnsafe<void>())))
  }
}
