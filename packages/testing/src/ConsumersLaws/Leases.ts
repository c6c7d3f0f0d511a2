/** Laws of leases: who gets one, for how long, and what takes it away. Nothing waits: a lease of no time ends at once. */
import { Consumers } from "@eventfold/subscriptions"
import { Effect, Option } from "effect"
import { expect, expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { expectNoLease, leased, registered, taken } = Scenario

/** The laws. */
export const leases = [
  make(
    "while a lease is held nobody else gets it",
    Effect.gen(function* () {
      const lease = yield* leased("one")
      yield* expectNoLease("the lease for somebody else", lease, "two")
      yield* expectEqual("whether the first renews it", yield* (yield* Consumers).renew(lease, "1 hour"), true)
      yield* expectNoLease("the lease for somebody else once it is renewed", lease, "two")
    })
  ),

  make(
    "the owner of a lease gets it anew, and the one before is worth nothing: it was of another life",
    Effect.gen(function* () {
      const first = yield* leased("one")
      const second = yield* taken(first, "one")
      yield* expectEqual("who has it", second.owner, "one")
      const port = yield* Consumers
      yield* expectEqual("whether the first one can be renewed", yield* port.renew(first, "1 hour"), false)
      yield* expectEqual("whether the second one can be renewed", yield* port.renew(second, "1 hour"), true)
    })
  ),

  make(
    "a lease can be taken by somebody else once its time is up; giving it back afterwards takes nothing from them",
    Effect.gen(function* () {
      const first = yield* leased("one", 0)
      const second = yield* taken(first, "two")
      yield* (yield* Consumers).release(first)
      yield* expectNoLease("the lease for a third", second, "three")
      yield* expectEqual("whether the second renews it", yield* (yield* Consumers).renew(second, "1 hour"), true)
    })
  ),

  make(
    "a lease that was given back can be taken by somebody else, and can neither be renewed nor move anything",
    Effect.gen(function* () {
      const lease = yield* leased()
      const port = yield* Consumers
      yield* port.release(lease)
      yield* expectEqual("whether it is renewed", yield* port.renew(lease, "1 hour"), false)
      yield* expectEqual("whether it moves the checkpoint", yield* Scenario.advance(lease, 0, 1), false)
      yield* taken(lease, "two")
    })
  ),

  make(
    "a lease that was taken away can neither be renewed nor move anything, and the next one has a greater epoch",
    Effect.gen(function* () {
      const consumer = yield* registered(2)
      const [first, other] = [yield* taken({ consumer, slice: 0 }), yield* taken({ consumer, slice: 1 })]
      const port = yield* Consumers
      yield* port.revoke(consumer)
      for (const lease of [first, other]) {
        yield* expectEqual("whether it is renewed", yield* port.renew(lease, "1 hour"), false)
        yield* expectEqual("whether it moves the checkpoint", yield* Scenario.advance(lease, 0, 1), false)
      }
      const [state] = yield* Scenario.states(consumer)
      yield* expect((state?.epoch ?? 0) > first.epoch, "its epoch must rise at once")
      const next = yield* taken(first, "two")
      yield* expect(next.epoch > first.epoch, "the epoch of the next lease must be greater")
    })
  ),

  make(
    "of many who take a lease at the same moment one gets it",
    Effect.gen(function* () {
      const consumer = yield* registered()
      const port = yield* Consumers
      const owners = Array.from({ length: 8 }, (_, index) => `owner-${index}`)
      const all = yield* Effect.forEach(owners, (owner) => port.acquire({ consumer, slice: 0 }, owner, "1 hour"), {
        concurrency: "unbounded"
      })
      const winners = all.flatMap(Option.toArray).map(({ owner }) => owner)
      yield* expectEqual("how many got it", winners.length, 1)
      const [state] = yield* Scenario.states(consumer)
      yield* expectEqual("who holds it", state?.owner, winners[0])
    })
  ),

  make(
    "every lease has a greater epoch than those before it, also after the consumer was removed and came back",
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const first = yield* leased("one", 0)
      const second = yield* taken(first, "two")
      const third = yield* taken(first, "two")
      yield* consumers.remove(first.consumer)
      yield* consumers.register(first.consumer, 1, 0)
      const fourth = yield* taken(first, "two")
      const epochs = [first, second, third, fourth].map(({ epoch }) => epoch)
      const rising = epochs.every((epoch, index) => index === 0 || epoch > (epochs[index - 1] ?? epoch))
      yield* expect(rising, `epochs must rise, but they were ${epochs.join(", ")}`)
    })
  ),

  make(
    "renewing makes a lease end later, also when its time is up and nobody has taken it",
    Effect.gen(function* () {
      const lease = yield* leased("one", 0)
      const port = yield* Consumers
      const endOf = Effect.map(Scenario.states(lease.consumer), ([state]) => state?.leasedUntil?.epochMilliseconds ?? 0)
      const before = yield* endOf
      yield* expectEqual("whether it is renewed", yield* port.renew(lease, "2 hours"), true)
      const hours = ((yield* endOf) - before) / 3_600_000
      yield* expect(hours >= 2, `it must end two hours later, but it is ${hours}`)
    })
  ),

  make(
    "a slice or a consumer that is not there has no lease",
    Effect.gen(function* () {
      const consumer = yield* registered(2)
      yield* expectNoLease("the lease of a slice too many", { consumer, slice: 2 }, "one")
      yield* expectNoLease("the lease of no consumer", { consumer: yield* Scenario.name, slice: 0 }, "one")
    })
  ),

  make(
    "nobody gets or renews a lease of a consumer that is stopped, until it is started again",
    Effect.gen(function* () {
      const consumer = yield* registered(2)
      const lease = yield* taken({ consumer, slice: 1 })
      const port = yield* Consumers
      yield* port.setStopped(consumer, true)
      yield* expectNoLease("a free lease", { consumer, slice: 0 }, "two")
      yield* expectNoLease("the lease for its owner", lease, "one")
      yield* expectEqual("whether it is renewed", yield* port.renew(lease, "1 hour"), false)
      const stopped = (yield* Scenario.states(consumer)).map((state) => state.stopped)
      yield* expectEqual("which slices say that they are stopped", stopped, [true, true])
      yield* port.setStopped(consumer, false)
      yield* expectEqual("whether it is renewed now", yield* port.renew(lease, "1 hour"), true)
      yield* taken({ consumer, slice: 0 }, "two")
    })
  )
]
