/**
 * Process managers whose nodes crash between any two steps: every call to a port fails at random before it, or after it
 * with only its answer lost, and nodes die and come back. However it goes, each parcel ends as if nothing had happened, and
 * no command takes effect twice. What met the chaos more often than it is tried waits as a dead letter, and goes on when a
 * person replays it. The seed is in the name of what fails.
 */
import { assert, describe, it } from "@effect/vitest"
import { CommandLog, EventStore, EventStoreFailure } from "@eventfold/event-store"
import { effort } from "@eventfold/testing"
import { around, type Odds } from "@eventfold/testing/Chaos"
import { DeadLetterDesk } from "@eventfold/subscriptions"
import { Context, Effect, Exit, type Layer, Random, Scope } from "effect"
import { Timers } from "../src/index.ts"
import { approve, type Bank, order, recorded } from "./Parcels.ts"
import { node, pass, ports, quiet } from "./Running.ts"

/** The ports of processes besides those of `Chaos`, failing like them. */
const alsoAround = <R>(context: Context.Context<R | CommandLog | EventStore | Timers>, odds: Odds) => {
  const step = Effect.fnUntraced(function* (operation: string) {
    if ((yield* Random.next) >= odds.of) return
    return yield* new EventStoreFailure({ operation, retryable: true, detail: "chaos", cause: undefined })
  })
  const risky = <A, E>(operation: string, effect: Effect.Effect<A, E>) =>
    Effect.andThen(
      step(operation),
      Effect.tap(effect, () => step(operation))
    )
  const [log, store, timers] = [
    Context.get(context, CommandLog),
    Context.get(context, EventStore),
    Context.get(context, Timers)
  ]
  return context.pipe(
    Context.add(CommandLog, {
      ...log,
      claim: (...given) => risky("claim", log.claim(...given)),
      complete: (...given) => risky("complete", log.complete(...given))
    }),
    Context.add(EventStore, {
      ...store,
      append: (...given) => risky("append", store.append(...given)),
      readPage: (...given) => risky("readPage", store.readPage(...given))
    }),
    Context.add(Timers, {
      ...timers,
      schedule: (...given) => risky("schedule", timers.schedule(...given)),
      cancel: (...given) => risky("cancel", timers.cancel(...given)),
      cancelAll: (...given) => risky("cancelAll", timers.cancelAll(...given)),
      claimDue: (...given) => risky("claimDue", timers.claimDue(...given)),
      next: (...given) => risky("next", timers.next(...given))
    })
  )
}

/** One takes money at once, one at the second attempt, one never. */
const bank: Bank = (parcel, attempt) => {
  if (parcel === "never") return "declines"
  return parcel === "second" && attempt === 1 ? "declines" : "pays"
}
const parcels = ["first", "second", "never"]

const types = (category: string, id: string) =>
  Effect.map(recorded(category, id), (events) => events.map(({ type }) => type))
const countOf = (wanted: string, all: ReadonlyArray<string>) => all.filter((one) => one === wanted).length

/** A run: parcels are ordered and approved while everything fails, and then nothing fails any more. */
const crashing = Effect.gen(function* () {
  const sound = yield* Effect.context<Layer.Success<typeof ports>>()
  // What keeps the engine from working at all is rare, so that there is much for the other steps to fail at.
  const [engine, odds]: [Odds, Odds] = [{ of: 0 }, { of: 0 }]
  const risky = alsoAround(around(sound, engine), odds)
  const start = (owner: string) => Effect.provideContext(node(bank, owner, "5 seconds", 6), risky)
  const nodes = [yield* start("one"), yield* start("two")]
  engine.of = 0.01
  odds.of = 0.05
  for (const [index, parcel] of parcels.entries()) {
    yield* order(parcel)
    yield* pass(yield* Random.nextIntBetween(1, 12))
    yield* approve(parcel)
    // A node dies, wherever it is, and comes back.
    const place = index % 2
    const dying = nodes[place]
    if (dying !== undefined) yield* Scope.close(dying.scope, Exit.void)
    nodes[place] = yield* start(`${place}-${index}`)
    yield* pass(yield* Random.nextIntBetween(5, 20))
  }
  engine.of = 0
  odds.of = 0
  yield* pass(30)
  const desk = yield* DeadLetterDesk
  for (const { consumer } of yield* desk.counts)
    yield* desk.replay({ consumer, by: "ada", reason: "the chaos is over" })
  yield* pass(150)
  assert.deepStrictEqual(yield* desk.list({ limit: 10 }), [])
  for (const parcel of parcels) {
    const [effects, story] = [yield* types("parcel", parcel), yield* types("process-parcels", parcel)]
    const history = yield* recorded("process-parcels", parcel)
    const toShip = history.filter(({ data }) => JSON.stringify(data).includes('"command":"shipping.Ship","payload"'))
    const isShipped = history.some(
      ({ data, type }) => type === "ProcessEnded" && JSON.stringify(data).includes("shipped")
    )
    // A command whose answer was lost too often counts as failed, and the parcel is given up: nothing happens twice then.
    assert.isAtMost(countOf("Shipped", effects), toShip.length, `${parcel}: ${effects.join()} after ${story.join()}`)
    if (isShipped) assert.strictEqual(countOf("Shipped", effects), 1, `${parcel}: ${effects.join()}`)
    assert.isAtMost(toShip.length, 1)
    const attempts = (yield* recorded("parcel", parcel)).flatMap(({ data, type }) =>
      type === "Paid" ? [JSON.stringify(data)] : []
    )
    assert.strictEqual(new Set(attempts).size, attempts.length, `${parcel} was paid twice at one attempt`)
    assert.strictEqual(countOf("ProcessStarted", story), 1)
    assert.strictEqual(countOf("ProcessEnded", story), 1, `${parcel}: ${story.join()}`)
  }
  assert.deepStrictEqual(yield* (yield* Timers).list({ limit: 10 }), [])
  assert.deepStrictEqual(yield* (yield* Timers).list({ purpose: "watch", limit: 10 }), [])
})

describe("whatever crashes", () => {
  for (const seed of Array.from({ length: 3 * effort }, (_, index) => `process-${index}`)) {
    it.effect(
      `parcels end as they must, and no command takes effect twice (seed ${seed})`,
      () => crashing.pipe(Effect.scoped, Effect.provide(ports), Random.withSeed(seed), quiet),
      400_000
    )
  }
})
