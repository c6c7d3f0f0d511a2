/** Ports that fail in one way each, over the memory layers. */
import { Order } from "@eventfold/domain-ordering"
import {
  EventRepairs,
  EventStore,
  type EventStoreDriver,
  EventStoreFailure,
  layerMemory,
  StreamArchived,
  Transaction,
  VersionConflict
} from "@eventfold/event-store"
import { DocumentsMemory } from "@eventfold/documents"
import { InboxMemory, MessageBrokerMemory } from "@eventfold/messaging"
import { TimersMemory } from "@eventfold/processes"
import { layerMemory as layerReadSideMemory } from "@eventfold/subscriptions"
import { DateTime, Deferred, Effect, Layer } from "effect"

const empty: EventStoreDriver = {
  append: () => Effect.die("not expected to be called"),
  appendAll: () => Effect.die("not expected to be called"),
  readPage: () => Effect.succeed([]),
  readStreams: () => Effect.succeed([]),
  horizon: Effect.succeed(0),
  end: Effect.succeed(0),
  readRange: () => Effect.succeed([])
}

const ports = (driver: Partial<EventStoreDriver>) =>
  Layer.mergeAll(
    Layer.fresh(layerMemory),
    Layer.succeed(EventStore, EventStore.make({ ...empty, ...driver })),
    Layer.fresh(layerReadSideMemory),
    Layer.fresh(TimersMemory.layerMemory),
    Layer.fresh(DocumentsMemory.layerMemory),
    Layer.fresh(MessageBrokerMemory.layerMemory()),
    Layer.fresh(Layer.provide(InboxMemory.layerMemory, Transaction.layerMemory))
  )

/** Fails in one way when an order is read; whoever looks after sagas reads a stream as well, and finds nothing. */
const onlyOfOrders =
  (effect: ReturnType<EventStoreDriver["readPage"]>): EventStoreDriver["readPage"] =>
  ({ category }) =>
    category === Order.Order.category ? effect : Effect.succeed([])

const failure = Effect.fail(
  new EventStoreFailure({ operation: "test", retryable: true, cause: new Error("the disk at /var/secret is full") })
)

/** A store that cannot be reached. */
export const unreachable = ports({ append: () => failure, readPage: () => failure, horizon: failure })

/** A store in which somebody else is always faster. */
export const contended = ports({
  append: ({ expected, stream }) => Effect.fail(new VersionConflict({ stream, expected, actual: 1 }))
})

/** A store that has moved everything to the archive. */
export const archived = ports({ append: ({ stream }) => Effect.fail(new StreamArchived({ stream })) })

/** A store that never answers. */
export const hanging = ports({
  append: () => Effect.never,
  readPage: () => Effect.never,
  horizon: Effect.never
})

/** A store that says when it is asked for a stream, never answers, and says when nobody waits any more. */
export const observed = (asked: Deferred.Deferred<void>, leftAlone: Deferred.Deferred<void>) =>
  ports({
    readPage: onlyOfOrders(
      Deferred.succeed(asked, undefined).pipe(
        Effect.andThen(Effect.never),
        Effect.onInterrupt(() => Deferred.succeed(leftAlone, undefined))
      )
    )
  })

/** A store with an event that needs its repair to be read, and repairs that cannot be reached. */
export const withoutRepairs = Layer.mergeAll(
  ports({
    readPage: (stream, { from }) =>
      Effect.succeed(
        from > 1 && from < Number.MAX_SAFE_INTEGER
          ? []
          : [
              {
                id: "00000000-0000-4000-8000-000000000001",
                stream,
                version: 1,
                position: 1,
                type: "NobodyKnowsIt",
                schemaVersion: 1,
                occurredAt: DateTime.makeUnsafe(0),
                recordedAt: DateTime.makeUnsafe(0),
                data: {},
                metadata: {}
              }
            ]
      )
  }),
  EventRepairs.layer(Effect.succeed({ add: () => failure, find: () => failure, history: () => failure }))
)

/** A store with a mistake in it. */
export const mistaken = ports({ readPage: onlyOfOrders(Effect.die(new Error("the secret of line 42"))) })
