/**
 * Tells answers that would go on for ever that the service ends.
 *
 * The server waits for the requests in flight before anything else is closed, so this is told before the server begins to
 * close: the layer {@link announce} belongs above it, and is the first to go.
 */
import { Context, Deferred, Effect, Layer } from "effect"

/** Whether the service ends. */
export class Closing extends Context.Service<
  Closing,
  {
    /** Waits until it does. */
    readonly begun: Effect.Effect<void>
    /** Tells it to those who wait. */
    readonly begin: Effect.Effect<void>
  }
>()("@eventfold/orders-api/Closing") {
  /** It does not end yet. */
  static readonly layer: Layer.Layer<Closing> = Layer.effect(
    Closing,
    Effect.map(Deferred.make<void>(), (closing) => ({
      begun: Deferred.await(closing),
      begin: Effect.asVoid(Deferred.succeed(closing, undefined))
    }))
  )
}

/** Tells it when this layer is closed. */
export const announce: Layer.Layer<never, never, Closing> = Layer.effectDiscard(
  Effect.flatMap(Closing, ({ begin }) => Effect.addFinalizer(() => begin))
)
