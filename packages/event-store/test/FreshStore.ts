/** The account on a store of its own for each test, and what others do to it meanwhile. */
import { Effect, Layer, Stream } from "effect"
import {
  CommandHandler,
  EventStore,
  type EventStoreFailure,
  ExpectedVersion,
  layerMemory,
  type NewEvent,
  type VersionConflict
} from "../src/index.ts"
import { Account, occurredAt, streamOf } from "./Account.ts"

/** The handler of the account. */
export const handler = CommandHandler.make(Account)
/** The stream of the account of the tests. */
export const stream = streamOf("acme", "a-1")

/** What it holds. */
export const stored = Effect.flatMap(EventStore, (store) => Stream.runCollect(store.read(stream)))

/** Each test has a store of its own. */
export const onFreshStore = Effect.provide(Layer.fresh(layerMemory))

/** An event as others may have stored it: a cent deposited, unless it says otherwise. */
export const rawEvent = (number: number, parts: Partial<NewEvent> = {}): NewEvent => ({
  id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
  type: "MoneyDeposited",
  schemaVersion: 1,
  occurredAt,
  data: { cents: "1" },
  metadata: {},
  ...parts
})

/** The account was opened. */
export const opened = rawEvent(0, { type: "AccountOpened", data: { owner: "Ada" } })

/** The store, with something that happens before every append. */
export const beforeAppend = (
  happens: (
    store: EventStore["Service"],
    attempt: number
  ) => Effect.Effect<unknown, VersionConflict | EventStoreFailure>
) =>
  Effect.updateService(EventStore, (store) => {
    let attempts = 0
    return {
      ...store,
      append: (stream, expected, events) =>
        Effect.andThen(
          Effect.suspend(() => happens(store, ++attempts)),
          store.append(stream, expected, events)
        )
    }
  })

/** Somebody else deposits a cent. */
export const somebodyDeposits = (store: EventStore["Service"], number: number) =>
  Effect.orDie(store.append(stream, ExpectedVersion.Any, [rawEvent(number)]))
