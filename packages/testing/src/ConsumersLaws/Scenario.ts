/** What the laws of consumers make up: every law has consumers of its own, so that all run on one store. */
import { Transaction } from "@eventfold/event-store"
import { type ConsumerSlice, Consumers, type Lease } from "@eventfold/subscriptions"
import { Data, type Duration, Effect, Option } from "effect"
import * as Names from "../EventStoreLaws/Scenario.ts"
import { expectEqual } from "../Law.ts"

/** A lease was not given that must be. */
export class NoLease extends Data.TaggedError("NoLease")<ConsumerSlice & { readonly owner: string }> {}

/** A name that no other consumer has. */
export const name = Effect.map(Names.hex(16), (hex) => `law-${hex}`)

/** A consumer with so many slices, all at one position. */
export const registered = Effect.fnUntraced(function* (slices: number = 1, position: number = 0) {
  const consumer = yield* name
  yield* (yield* Consumers).register(consumer, slices, position)
  return consumer
})

/** Takes a lease that must be given; it lasts an hour unless said otherwise. */
export const taken = Effect.fnUntraced(function* (
  slice: ConsumerSlice,
  owner: string = "one",
  timeToLive: Duration.Input = "1 hour"
) {
  const lease = yield* (yield* Consumers).acquire(slice, owner, timeToLive)
  return Option.isSome(lease) ? lease.value : yield* new NoLease({ ...slice, owner })
})

/** A consumer with one slice, and the lease of that. */
export const leased = Effect.fnUntraced(function* (owner?: string, timeToLive?: Duration.Input) {
  return yield* taken({ consumer: yield* registered(), slice: 0 }, owner, timeToLive)
})

/** Fails unless nobody is given this lease. */
export const expectNoLease = Effect.fnUntraced(function* (what: string, slice: ConsumerSlice, owner: string) {
  const lease = yield* (yield* Consumers).acquire(slice, owner, "1 hour")
  yield* expectEqual(what, lease, Option.none())
})

/** Moves a checkpoint. */
export const advance = (lease: Lease, from: number, to: number) =>
  Effect.flatMap(Consumers, (consumers) => consumers.advance(lease, from, to))

/** The positions of the slices of a consumer. */
export const positions = Effect.fnUntraced(function* (consumer: string) {
  return (yield* (yield* Consumers).states([consumer])).map(({ position }) => position)
})

/** All that is known of a consumer. */
export const states = (consumer: string) => Effect.flatMap(Consumers, (consumers) => consumers.states([consumer]))

/** Runs in a transaction. */
export const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (transaction) => transaction.run(effect))
