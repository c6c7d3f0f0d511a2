/**
 * Laws of units of work: what runs inside one is stored as a whole or not at all, and nobody sees half of it.
 *
 * Inside a transaction nothing here waits for what another fiber stores: a database may run transactions one by one.
 */
import { EventStore, ExpectedVersion, Transaction } from "@eventfold/event-store"
import { Deferred, Effect, Exit, Fiber, Stream } from "effect"
import { expect, expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { NoStream } = ExpectedVersion

const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (transaction) => transaction.run(effect))

/** Two appends to streams of their own, as one step of a transaction. */
const twoAppends = Effect.gen(function* () {
  const tenant = yield* Scenario.tenant
  const streams = [yield* Scenario.streamOf(tenant), yield* Scenario.streamOf(tenant)] as const
  const [first, second] = [yield* Scenario.events(2), yield* Scenario.events(1)]
  return {
    streams,
    append: Effect.andThen(Scenario.append(streams[0], NoStream, first), Scenario.append(streams[1], NoStream, second)),
    expectNothing: Effect.fnUntraced(function* (after: number) {
      yield* Scenario.expectStored(streams[0], [])
      yield* Scenario.expectStored(streams[1], [])
      yield* expectEqual("what the log holds of it", yield* Scenario.readAll(tenant, { after }), [])
    }),
    expectBoth: Effect.gen(function* () {
      yield* Scenario.expectStored(streams[0], first)
      yield* Scenario.expectStored(streams[1], second)
    })
  }
})

/** The laws of how a transaction ends. */
export const transactionEnds = [
  make(
    "a transaction that succeeds stores all its appends, however many",
    Effect.gen(function* () {
      const streams = yield* Effect.all(Array.from({ length: 5 }, () => Scenario.stream))
      const histories = yield* Effect.forEach(streams, () => Scenario.events(8))
      const body = Effect.gen(function* () {
        for (let version = 0; version < 8; version++) {
          for (const [index, stream] of streams.entries()) {
            const events = histories[index]?.slice(version, version + 1) ?? []
            yield* Scenario.append(stream, ExpectedVersion.at(version), events)
          }
        }
        return "done"
      })
      yield* expectEqual("the answer of the transaction", yield* run(body), "done")
      for (const [index, stream] of streams.entries()) yield* Scenario.expectStored(stream, histories[index] ?? [])
    })
  ),

  make(
    "a transaction that fails stores nothing",
    Effect.gen(function* () {
      const after = yield* Scenario.mark
      const { append, expectNothing } = yield* twoAppends
      const exit = yield* Effect.exit(run(Effect.andThen(append, Effect.fail("no" as const))))
      yield* expectEqual("the end of the transaction", exit, Exit.fail("no"))
      yield* expectNothing(after)
    })
  ),

  make(
    "a transaction that dies of a defect stores nothing",
    Effect.gen(function* () {
      const after = yield* Scenario.mark
      const { append, expectNothing } = yield* twoAppends
      const exit = yield* Effect.exit(run(Effect.andThen(append, Effect.die("a bug"))))
      yield* expectEqual("the end of the transaction", exit, Exit.die("a bug"))
      yield* expectNothing(after)
    })
  ),

  make(
    "a transaction that is interrupted stores nothing",
    Effect.gen(function* () {
      const after = yield* Scenario.mark
      const { append, expectNothing } = yield* twoAppends
      const begun = yield* Deferred.make<void>()
      const body = Effect.andThen(append, Effect.andThen(Deferred.succeed(begun, undefined), Effect.never))
      const fiber = yield* Effect.forkChild(run(body))
      // Should the transaction fail before it is interrupted, waiting for its beginning would be for ever.
      yield* Effect.raceFirst(Deferred.await(begun), Effect.asVoid(Fiber.join(fiber)))
      yield* Fiber.interrupt(fiber)
      yield* expectNothing(after)
    })
  )
]

/** The laws of transactions inside transactions. */
export const nestedTransactions = [
  make(
    "a transaction inside another joins it: when the outer one fails, nothing of either is stored",
    Effect.gen(function* () {
      const after = yield* Scenario.mark
      const { append, expectNothing } = yield* twoAppends
      yield* Effect.exit(run(Effect.andThen(run(append), Effect.fail("no"))))
      yield* expectNothing(after)
    })
  ),

  make(
    "a transaction inside another that fails and is caught takes back only its own appends",
    Effect.gen(function* () {
      const [stream, other] = [yield* Scenario.stream, yield* Scenario.stream]
      const [kept, undone] = [yield* Scenario.events(3), yield* Scenario.events(2)]
      const inner = Effect.gen(function* () {
        yield* Scenario.append(stream, ExpectedVersion.Exact(1), undone.slice(0, 1))
        yield* Scenario.append(other, NoStream, undone.slice(1))
        return yield* Effect.fail("no")
      })
      yield* run(
        Effect.gen(function* () {
          yield* Scenario.append(stream, NoStream, kept.slice(0, 1))
          yield* Effect.exit(run(inner))
          yield* Scenario.append(stream, ExpectedVersion.Exact(1), kept.slice(1))
        })
      )
      yield* Scenario.expectStored(stream, kept)
      yield* Scenario.expectStored(other, [])
    })
  )
]

/** The laws of what is seen of a transaction while it is open. */
export const transactionSight = [
  make(
    "a transaction sees its own appends, when it reads and when it appends again",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const events = yield* Scenario.events(3)
      yield* run(
        Effect.gen(function* () {
          const store = yield* EventStore
          yield* Scenario.append(stream, NoStream, events.slice(0, 2))
          yield* Scenario.expectStored(stream, events.slice(0, 2))
          const page = yield* store.readPage(stream, { direction: "backwards", from: 9, limit: 1 })
          yield* expectEqual("the last event, read inside", Scenario.idsOf(page), Scenario.idsOf(events.slice(1, 2)))
          yield* Scenario.append(stream, ExpectedVersion.Exact(2), events.slice(2))
        })
      )
      yield* Scenario.expectStored(stream, events)
    })
  ),

  make(
    "nobody else sees an append of a transaction before all of it is stored",
    Effect.gen(function* () {
      const store = yield* EventStore
      const { append, expectBoth, streams } = yield* twoAppends
      const sees = (index: 0 | 1) =>
        Effect.map(Stream.runCollect(store.read(streams[index])), (events) => events.length > 0)
      const begun = yield* Deferred.make<void>()
      const body = Effect.gen(function* () {
        yield* append
        yield* Deferred.succeed(begun, undefined)
        for (let turn = 0; turn < 5; turn++) yield* Effect.andThen(sees(0), Effect.yieldNow)
        yield* Scenario.append(streams[0], NoStream, yield* Scenario.events(1))
      })
      const fiber = yield* Effect.forkChild(Effect.exit(run(body)))
      yield* Effect.raceFirst(Deferred.await(begun), Effect.asVoid(Fiber.join(fiber)))
      while (fiber.pollUnsafe() === undefined) {
        yield* expect(!(yield* sees(0)) && !(yield* sees(1)), "what is not stored yet must not be seen from outside")
        yield* Effect.yieldNow
      }
      const end = yield* Fiber.join(fiber)
      yield* expect(Exit.isFailure(end), "a transaction that ends with a refused append must fail")
      yield* run(append)
      yield* expectBoth
    })
  ),

  make(
    "a transaction goes on after a refused append",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const [stream, other] = [yield* Scenario.streamOf(tenant), yield* Scenario.streamOf(tenant)]
      const [used, ...events] = yield* Scenario.events(3)
      const invalid = yield* Scenario.event({ schemaVersion: 0 })
      if (used === undefined) return
      yield* Scenario.append(other, NoStream, [used])
      yield* run(
        Effect.gen(function* () {
          yield* Scenario.append(stream, NoStream, events.slice(0, 1))
          const refusals = [
            yield* Effect.flip(Scenario.append(stream, NoStream, yield* Scenario.events(1))),
            yield* Effect.flip(Scenario.append(stream, ExpectedVersion.Any, [used])),
            yield* Effect.flip(Scenario.append(stream, ExpectedVersion.Any, [invalid]))
          ]
          const tags = refusals.map((error) => ("_tag" in error ? error._tag : "none"))
          yield* expectEqual("the refusals", tags, ["VersionConflict", "EventIdConflict", "InvalidAppend"])
          yield* Scenario.append(stream, ExpectedVersion.Exact(1), events.slice(1))
        })
      )
      yield* Scenario.expectStored(stream, events)
    })
  )
]
