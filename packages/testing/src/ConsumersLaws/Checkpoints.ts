/** Laws of checkpoints: who moves them, from where, and what they have to do with transactions. */
import { Consumers } from "@eventfold/subscriptions"
import { Deferred, Effect, Fiber } from "effect"
import { expectEqual, expectFailure, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { advance, leased, positions, registered, run, states, taken } = Scenario

/** The laws of slices and their checkpoints. */
export const checkpoints = [
  make(
    "a consumer has the slices it was registered with; registering it again adds those that are missing, and changes none",
    Effect.gen(function* () {
      const consumer = yield* registered(2, 7)
      const fresh = { consumer, position: 7, owner: undefined, leasedUntil: undefined, stopped: false }
      const seen = (yield* states(consumer)).map(({ epoch: _, ...state }) => state)
      yield* expectEqual("the slices", seen, [
        { ...fresh, slice: 0 },
        { ...fresh, slice: 1 }
      ])
      yield* advance(yield* taken({ consumer, slice: 1 }), 7, 9)
      const before = yield* states(consumer)
      const port = yield* Consumers
      yield* port.register(consumer, 3, 5)
      yield* port.register(consumer, 1, 6)
      const after = yield* states(consumer)
      yield* expectEqual("the slices that were there", after.slice(0, 2), before)
      yield* expectEqual(
        "the positions",
        after.map(({ position }) => position),
        [7, 9, 5]
      )
    })
  ),

  make(
    "consumers are listed by name and slice: those asked for, or all",
    Effect.gen(function* () {
      const port = yield* Consumers
      const prefix = yield* Scenario.name
      const names = ["b", "B", "a", "a-1", "\u{1f600}", "\uffee"].map((end) => `${prefix} ${end}`)
      for (const name of names) yield* port.register(name, name.endsWith("a") ? 11 : 1, 0)
      const inOrder = ["B", "a", "a-1", "b", "\uffee", "\u{1f600}"].map((end) => `${prefix} ${end}`)
      const slicesOf = (list: ReadonlyArray<string>) =>
        list.flatMap((name) => Array.from({ length: name.endsWith("a") ? 11 : 1 }, (_, slice) => `${name} ${slice}`))
      const listed = (found: ReadonlyArray<{ readonly consumer: string; readonly slice: number }>) =>
        found.flatMap(({ consumer, slice }) => (consumer.startsWith(prefix) ? [`${consumer} ${slice}`] : []))
      yield* expectEqual("all of them", listed(yield* port.states()), slicesOf(inOrder))
      const some = [names[5] ?? "", names[2] ?? "", `${prefix} none`, names[5] ?? ""]
      yield* expectEqual(
        "some of them",
        (yield* port.states(some)).map(({ consumer, slice }) => `${consumer} ${slice}`),
        slicesOf([names[2] ?? "", names[5] ?? ""])
      )
      yield* expectEqual("none of them", yield* port.states([]), [])
    })
  ),

  make(
    "a checkpoint moves from where it is, and whoever takes the lease next finds it there",
    Effect.gen(function* () {
      const consumer = yield* registered(1, 3)
      const lease = yield* taken({ consumer, slice: 0 })
      yield* expectEqual("where it begins", lease.position, 3)
      yield* expectEqual("whether it moves", yield* advance(lease, 3, 10), true)
      yield* expectEqual("whether it moves on", yield* advance(lease, 10, Number.MAX_SAFE_INTEGER), true)
      yield* expectEqual("where it is", yield* positions(consumer), [Number.MAX_SAFE_INTEGER])
      const next = yield* taken(lease, "one")
      yield* expectEqual("where the next one begins", next.position, Number.MAX_SAFE_INTEGER)
    })
  ),

  make(
    "a checkpoint does not move from where it is not",
    Effect.gen(function* () {
      const lease = yield* leased()
      yield* advance(lease, 0, 5)
      yield* expectEqual("whether it moves from before", yield* advance(lease, 0, 9), false)
      yield* expectEqual("whether it moves from behind", yield* advance(lease, 6, 9), false)
      yield* expectEqual("where it is", yield* positions(lease.consumer), [5])
    })
  ),

  make(
    "a checkpoint never moves backwards; it can stay where it is",
    Effect.gen(function* () {
      const lease = yield* leased()
      yield* advance(lease, 0, 5)
      yield* expectEqual("whether it moves back", yield* advance(lease, 5, 4), false)
      yield* expectEqual("whether it stays", yield* advance(lease, 5, 5), true)
      yield* expectEqual("where it is", yield* positions(lease.consumer), [5])
    })
  ),

  make(
    "a lease whose time is up moves the checkpoint as long as nobody has taken it",
    Effect.gen(function* () {
      const lease = yield* leased("one", 0)
      yield* expectEqual("whether it moves", yield* advance(lease, 0, 1), true)
    })
  ),

  make(
    "whose lease was taken by somebody else moves nothing, and leaves nothing when it takes back its transaction",
    Effect.gen(function* () {
      const port = yield* Consumers
      const zombie = yield* leased("one", 0)
      const lease = yield* taken(zombie, "two")
      const trace = yield* Scenario.name
      const batch = Effect.gen(function* () {
        const moved = yield* advance(zombie, 0, 8)
        yield* port.register(trace, 1, 0)
        return moved ? "moved" : yield* Effect.fail("lost" as const)
      })
      yield* expectEqual("the end of its batch", yield* expectFailure("its batch", run(batch)), "lost")
      yield* expectEqual("where the checkpoint is", yield* positions(lease.consumer), [0])
      yield* expectEqual("what it has left", yield* states(trace), [])
      yield* expectEqual("whether the other one moves it", yield* run(advance(lease, 0, 2)), true)
      const forged = { ...zombie, owner: "two" }
      yield* expectEqual("whether it moves under the other's name", yield* advance(forged, 2, 8), false)
    })
  ),

  make(
    "of two who move a checkpoint from the same place at the same moment one does",
    Effect.gen(function* () {
      const lease = yield* leased()
      for (let from = 0; from < 10; from++) {
        const both = [run(advance(lease, from, from + 1)), run(advance(lease, from, from + 1))]
        const moved = yield* Effect.all(both, { concurrency: "unbounded" })
        yield* expectEqual("how many did", moved.filter((one) => one).length, 1)
      }
    })
  ),

  make(
    "slices have nothing to do with each other, nor have consumers",
    Effect.gen(function* () {
      const mine = yield* registered(2)
      const other = `${mine}-other`
      yield* (yield* Consumers).register(other, 2, 0)
      const lease = yield* taken({ consumer: mine, slice: 1 })
      yield* taken({ consumer: mine, slice: 0 }, "two")
      yield* taken({ consumer: other, slice: 1 }, "three")
      yield* advance(lease, 0, 4)
      yield* expectEqual("the positions of the one", yield* positions(mine), [0, 4])
      yield* expectEqual("the positions of the other", yield* positions(other), [0, 0])
    })
  ),

  make(
    "of a consumer that is removed nothing is left, and the others stay",
    Effect.gen(function* () {
      const port = yield* Consumers
      const consumer = yield* registered(2, 4)
      const other = yield* registered(1, 4)
      const lease = yield* taken({ consumer, slice: 1 })
      yield* port.remove(consumer)
      yield* port.remove(yield* Scenario.name)
      yield* expectEqual("what is left of it", yield* states(consumer), [])
      yield* expectEqual("the other one", yield* positions(other), [4])
      yield* expectEqual("whether its lease moves anything", yield* advance(lease, 4, 5), false)
      yield* expectEqual("whether its lease can be renewed", yield* port.renew(lease, "1 hour"), false)
      yield* port.register(consumer, 2, 4)
      yield* expectEqual("whether its lease moves it once it is back", yield* advance(lease, 4, 5), false)
    })
  )
]

/** The laws of transactions. */
export const consumerTransactions = [
  make(
    "while a consumer is held none of its checkpoints moves, and afterwards they do",
    Effect.gen(function* () {
      const port = yield* Consumers
      const consumer = yield* registered(2, 1)
      const lease = yield* taken({ consumer, slice: 1 })
      const held = yield* Deferred.make<void>()
      const moving = yield* Effect.forkChild(
        Effect.andThen(Deferred.await(held), run(Effect.andThen(advance(lease, 1, 9), Effect.yieldNow)))
      )
      const holding = Effect.gen(function* () {
        const first = (yield* port.hold(consumer)).map(({ position }) => position)
        yield* Deferred.succeed(held, undefined)
        const seen = [first]
        // Each question gives the other one time to come in between.
        for (let times = 0; times < 5; times++) {
          yield* Effect.yieldNow
          seen.push(yield* positions(consumer))
        }
        return seen
      })
      const seen = yield* run(holding)
      yield* expectEqual("how many slices were held", seen[0]?.length, 2)
      for (const positions of seen) yield* expectEqual("the positions while it was held", positions, seen[0] ?? [])
      yield* Fiber.join(moving)
      yield* expectEqual("the positions afterwards", yield* positions(consumer), [1, 9])
    })
  ),

  make(
    "a transaction that fails changes nothing of any consumer",
    Effect.gen(function* () {
      const port = yield* Consumers
      const consumer = yield* registered(3)
      const [held, free] = [yield* taken({ consumer, slice: 0 }), { consumer, slice: 1 }]
      const [gone, fresh] = [yield* registered(), yield* Scenario.name]
      const before = yield* port.states([consumer, gone])
      const body = Effect.gen(function* () {
        yield* port.register(fresh, 2, 0)
        yield* port.register(consumer, 4, 0)
        yield* port.remove(gone)
        yield* taken(free, "two")
        yield* advance(held, 0, 3)
        yield* port.renew(held, "9 hours")
        yield* port.release(held)
        yield* port.setStopped(consumer, true)
      })
      yield* Effect.exit(run(Effect.andThen(body, Effect.fail("no"))))
      yield* expectEqual("the consumers", yield* port.states([consumer, fresh, gone]), before)
      yield* expectEqual("whether the lease is still held", yield* advance(held, 0, 1), true)
      yield* run(body)
      const of = (consumer: string) =>
        Effect.map(states(consumer), (all) => all.map(({ position, stopped }) => ({ position, stopped })))
      const [still, other] = [
        { position: 0, stopped: true },
        { position: 0, stopped: false }
      ]
      const after = [yield* of(consumer), yield* of(fresh), yield* of(gone)]
      const expected = [[{ ...still, position: 1 }, still, still, still], [other, other], []]
      yield* expectEqual("the consumers once it succeeded", after, expected)
    })
  )
]
