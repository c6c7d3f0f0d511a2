/**
 * E62, snapshots: a parcel counter that would take long to count again.
 *
 * Shows: snapshots by a policy; a load that reads the newest snapshot and the events after it; a snapshot that is
 * ignored because its state has another schema; every snapshot deleted, and the same answer; a command on an aggregate
 * in use, which reads nothing.
 */
import { Decider, DomainEvent } from "@eventfold/decider"
import {
  CommandHandler,
  type CommandServices,
  EventStore,
  SnapshotPolicy,
  SnapshotStore,
  StateCache,
  StreamId
} from "@eventfold/event-store"
import { Console, DateTime, Effect, Result, Schema } from "effect"
import { SecureRandom } from "effect/crypto"

/** What it is about. */
export const title = "Snapshots: a parcel counter with a long history"

const Counted = DomainEvent.make("ParcelsCounted", { parcels: Schema.Int })
interface Count {
  readonly parcels: number
  readonly occurredAt: DateTime.Utc
}

const counter = Decider.make({
  category: "example-counter",
  State: Schema.Struct({ parcels: Schema.Int }),
  Event: Schema.Union([Counted]),
  initial: { parcels: 0 },
  evolve: ({ parcels }, event: typeof Counted.Type) => ({ parcels: parcels + event.parcels }),
  decide: (count: Count) => Result.succeed([Counted.make(count)])
})

/** The counter of a later release: its state knows the largest delivery, too. */
const laterCounter = Decider.make({
  ...counter,
  State: Schema.Struct({ parcels: Schema.Int, largest: Schema.Int }),
  initial: { parcels: 0, largest: 0 },
  evolve: ({ largest, parcels }, event: typeof Counted.Type) => ({
    parcels: parcels + event.parcels,
    largest: Math.max(largest, event.parcels)
  })
})

// #region policy
const snapshots = SnapshotPolicy.everyEvents(100)
const counters = CommandHandler.make(counter, { snapshots })
// #endregion policy
const laterCounters = CommandHandler.make(laterCounter, { snapshots })

const occurredAt = DateTime.makeUnsafe("2026-03-02T09:00:00Z")

/** Runs an effect and counts what it asks of the store. */
const counted = <A, E, R>(effect: Effect.Effect<A, E, R>) => {
  const asked = { appends: 0, reads: 0, events: 0 }
  return Effect.updateService(effect, EventStore, (store) => ({
    ...store,
    append: (...append) => {
      asked.appends += 1
      return store.append(...append)
    },
    readPage: (...page) =>
      Effect.tap(store.readPage(...page), (events) =>
        Effect.sync(() => {
          asked.reads += 1
          asked.events += events.length
        })
      )
  })).pipe(Effect.map((answer) => ({ answer, ...asked })))
}

/** As after a restart: nothing is in the cache of states. */
const restart = Effect.flatMap(StateCache, (cache) => cache.invalidateAll)

/** Loads a counter as after a restart, and says what that took. */
const load = <S extends { readonly parcels: number }>(
  handler: Pick<CommandHandler.CommandHandler<S, never, unknown, never>, "load">,
  stream: StreamId.StreamId
): Effect.Effect<void, CommandHandler.LoadError, CommandServices> =>
  Effect.gen(function* () {
    yield* restart
    const { answer, events } = yield* counted(handler.load(stream))
    yield* Console.log(`  ${answer.state.parcels} parcels at version ${answer.version}: ${events} events were read`)
  })

/** The story. */
export const program = Effect.gen(function* () {
  const store = yield* SnapshotStore
  const stream = StreamId.make("main", counter.category, SecureRandom.uuidV7Unsafe())

  yield* Console.log("1,250 deliveries are counted, with a snapshot at every hundredth version")
  for (let delivery = 0; delivery < 1250; delivery += 1) {
    yield* counters.handle(stream, { parcels: 1 + (delivery % 7), occurredAt })
  }
  // Snapshots are written in the background; a program need not wait for them, this story does.
  yield* store.settled

  yield* Console.log("After a restart the newest snapshot is loaded, and with it the last events, at most a hundred")
  yield* load(counters, stream)

  yield* Console.log("Without snapshots everything is read, and the answer is the same")
  yield* load(CommandHandler.make(counter, { snapshots: SnapshotPolicy.never }), stream)

  yield* Console.log("A later release has another state: it ignores those snapshots, and soon has its own")
  yield* load(laterCounters, stream)
  yield* store.settled
  yield* load(laterCounters, stream)
  const { largest } = (yield* laterCounters.load(stream)).state
  yield* Console.log(`  the largest delivery was of ${largest} parcels`)

  yield* Console.log("Every snapshot is deleted: the answer does not change")
  const deleted = yield* store.deleteAll({ category: counter.category })
  yield* Console.log(`  ${deleted > 0 ? "deleted" : "there was none to delete"}`)
  yield* load(counters, stream)

  yield* Console.log("One is taken on demand")
  yield* Console.log(`  at version ${yield* counters.snapshot(stream)}`)
  yield* load(counters, stream)

  yield* Console.log("A command to a counter in use: its state is at hand")
  const hot = yield* counted(counters.handle(stream, { parcels: 3, occurredAt }))
  yield* Console.log(`  version ${hot.answer.version}: ${hot.reads} reads, ${hot.appends} append`)
})
