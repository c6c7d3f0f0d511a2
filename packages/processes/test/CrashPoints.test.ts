/**
 * A node that runs a process manager dies at one point: before or after one of the things it stores, or a command it sends;
 * and another one comes. At whichever point it was, the parcel goes the way it would have gone. That this is looked at
 * sharply shows with nodes that are broken: for each there is a point at which it does not.
 */
import { assert, describe, it } from "@effect/vitest"
import { CommandLog, EventStore, EventStoreFailure, Transaction } from "@eventfold/event-store"
import { Consumers } from "@eventfold/subscriptions"
import { effort } from "@eventfold/testing"
import { Context, Effect, Exit, type Layer, Random, Scope } from "effect"
import { SecureRandom } from "effect/crypto"
import { Timers } from "../src/index.ts"
import { approve, type Bank, order, recorded } from "./Parcels.ts"
import { node, pass, ports, quiet } from "./Running.ts"

type Ports = Layer.Success<typeof ports>

/** How many points a node has come by; it dies at one of them, and stores and sends nothing any more. */
interface Life {
  points: number
  readonly diesAt: number
}

/** The ports of a node that dies. */
const mortal = (context: Context.Context<Ports>, life: Life): Context.Context<Ports> => {
  const point = Effect.suspend(() => {
    if (life.points < life.diesAt) life.points += 1
    return life.points < life.diesAt
      ? Effect.void
      : Effect.fail(new EventStoreFailure({ operation: "any", retryable: true, detail: "died", cause: undefined }))
  })
  const risky = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.andThen(
      point,
      Effect.tap(effect, () => point)
    )
  const [consumers, log] = [Context.get(context, Consumers), Context.get(context, CommandLog)]
  const [store, timers] = [Context.get(context, EventStore), Context.get(context, Timers)]
  const transaction = Context.get(context, Transaction)
  return context.pipe(
    Context.add(Consumers, { ...consumers, advance: (...given) => risky(consumers.advance(...given)) }),
    Context.add(CommandLog, {
      ...log,
      claim: (...given) => risky(log.claim(...given)),
      complete: (...given) => risky(log.complete(...given))
    }),
    Context.add(EventStore, { ...store, append: (...given) => risky(store.append(...given)) }),
    Context.add(Timers, {
      ...timers,
      schedule: (...given) => risky(timers.schedule(...given)),
      cancel: (...given) => risky(timers.cancel(...given)),
      cancelAll: (...given) => risky(timers.cancelAll(...given)),
      claimDue: (given) => risky(timers.claimDue(given))
    }),
    Context.add(Transaction, { run: (effect) => risky(transaction.run(effect)) })
  )
}

/** A way to be broken. */
type Broken = (context: Context.Context<Ports>) => Context.Context<Ports>
const sound: Broken = (context) => context

/** Every command has a new id whenever it is sent. */
const withoutIds: Broken = (context) => {
  const log = Context.get(context, CommandLog)
  const other = <A extends { readonly commandId: string }>(given: A): A => ({
    ...given,
    commandId: SecureRandom.uuidV7Unsafe()
  })
  return Context.add(context, CommandLog, {
    ...log,
    claim: (given) => log.claim(other(given)),
    complete: (given, ...rest) => log.complete(other(given), ...rest)
  })
}

/** The checkpoint is moved first, and what follows is stored by itself: there are no transactions. */
const checkpointFirst: Broken = (context) => Context.add(context, Transaction, { run: (effect) => effect })

/** The money is there at the second attempt. */
const bank: Bank = (_, attempt) => (attempt === 1 ? "declines" : "pays")

/** What is stored of a parcel, and of its process, when a node has died at a point; and how many points there were. */
const run = Effect.fnUntraced(
  function* (diesAt: number, broken: Broken) {
    const context = yield* Effect.context<Ports>()
    const life: Life = { points: 0, diesAt }
    const start = (owner: string, ports: Context.Context<Ports>) =>
      Effect.provideContext(node(bank, owner, "5 seconds", 2), broken(ports))
    const first = yield* start("one", mortal(context, life))
    yield* order("parcel")
    yield* pass(2)
    yield* approve("parcel")
    yield* pass(2)
    yield* Scope.close(first.scope, Exit.void)
    yield* start("two", context)
    yield* pass(12)
    const typesOf = (category: string) =>
      Effect.map(recorded(category, "parcel"), (events) => events.map(({ type }) => type).join(" "))
    const running = yield* (yield* Timers).list({ limit: 10 })
    return {
      effects: yield* typesOf("parcel"),
      story: yield* typesOf("process-parcels"),
      running: running.length,
      points: life.points
    }
  },
  Effect.scoped,
  (effect) => effect.pipe(Effect.provide(ports), Random.withSeed("crash points"), quiet)
)

const never = Number.POSITIVE_INFINITY
const points = (every: number, of: number) =>
  Array.from({ length: Math.ceil(of / every) }, (_, index) => 1 + index * every)

/** The first point after which it goes another way than without a death; none if there is no such point. */
const difference = Effect.fnUntraced(function* (every: number, broken: Broken) {
  const usual = yield* run(never, sound)
  assert.strictEqual(usual.effects, "ParcelOrdered Paid ParcelApproved Shipped")
  assert.strictEqual(usual.running, 0)
  for (const point of points(every, usual.points)) {
    const { effects, running, story } = yield* run(point, broken)
    const count = (type: string) => story.split(" ").filter((one) => one === type).length
    const holds =
      effects.split(" ").toSorted().join(" ") === usual.effects.split(" ").toSorted().join(" ") &&
      count("ProcessStarted") === 1 &&
      count("ProcessEnded") === 1 &&
      running === 0
    if (!holds) return `point ${point} of ${usual.points}: ${effects}; ${story}; ${running} timers`
  }
  return undefined
})

describe("a node that dies before or after what it stores or sends", () => {
  it.effect(
    "changes nothing of what becomes of a parcel, at any point",
    () => Effect.map(difference(effort < 3 ? 5 : 1, sound), (found) => assert.isUndefined(found)),
    400_000
  )

  it.effect.each([
    { named: "sends commands without ids", broken: withoutIds },
    { named: "moves its checkpoint first", broken: checkpointFirst }
  ])(
    "is found out when it $named",
    ({ broken }) => Effect.map(difference(1, broken), (found) => assert.isDefined(found)),
    400_000
  )
})
