/** Ports that fail in one way each, over the memory layers. */
import {
  CommandLog,
  EventStore,
  type EventStoreDriver,
  EventStoreFailure,
  Transaction,
  VersionConflict
} from "@eventfold/event-store"
import { Deferred, Effect, Layer } from "effect"
import * as OrderListMemory from "../src/queries/OrderListMemory.ts"

const empty: EventStoreDriver = {
  append: () => Effect.die("not expected to be called"),
  readPage: () => Effect.succeed([]),
  readAllPage: () => Effect.succeed([])
}

const ports = (driver: Partial<EventStoreDriver>) =>
  Layer.mergeAll(
    Layer.succeed(EventStore, EventStore.make({ ...empty, ...driver })),
    Layer.fresh(Transaction.layerMemory),
    Layer.fresh(CommandLog.layerMemory),
    Layer.fresh(OrderListMemory.layerMemory)
  )

const failure = Effect.fail(
  new EventStoreFailure({ operation: "test", retryable: true, cause: new Error("the disk at /var/secret is full") })
)

/** A store that cannot be reached. */
export const unreachable = ports({ append: () => failure, readPage: () => failure, readAllPage: () => failure })

/** A store in which somebody else is always faster. */
export const contended = ports({
  append: (stream, expected) => Effect.fail(new VersionConflict({ stream, expected, actual: 1 }))
})

/** A store that never answers. */
export const hanging = ports({ readPage: () => Effect.never, readAllPage: () => Effect.never })

/** A store that says when it is asked for a stream, never answers, and says when nobody waits any more. */
export const observed = (asked: Deferred.Deferred<void>, leftAlone: Deferred.Deferred<void>) =>
  ports({
    readPage: () =>
      Deferred.succeed(asked, undefined).pipe(
        Effect.andThen(Effect.never),
        Effect.onInterrupt(() => Deferred.succeed(leftAlone, undefined))
      )
  })

/** A store with a mistake in it. */
export const mistaken = ports({ readPage: () => Effect.die(new Error("the secret of line 42")) })
