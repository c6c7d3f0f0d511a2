/** The card gateway is away for five minutes: orders wait, nobody keeps asking, and when it is back all of them are sent. */
import { assert, describe, it } from "@effect/vitest"
import { Limits } from "@eventfold/domain-fulfilment"
import { Breakers, SagaRunner } from "@eventfold/processes"
import { Context, Effect, References } from "effect"
import { check } from "./simulation/Laws.ts"
import * as Plan from "./simulation/Plan.ts"
import * as Process from "./simulation/Process.ts"
import { second, setting } from "./simulation/Simulation.ts"
import * as TroubledGateway from "./simulation/TroubledGateway.ts"
import * as World from "./simulation/World.ts"

/** How many orders there are, and how long the gateway is away, in seconds. */
const [count, away] = [8, 300]

/** A process with orders that all come at once, at a gateway that is away. */
const down = Effect.fnUntraced(function* (way: Plan.Way) {
  const plan = Plan.quiet(way, count, [[0, away]])
  const gateway = yield* TroubledGateway.make(plan)
  const world = yield* World.make(plan)
  yield* world.receive
  // Asked more often than every hour, so that the test need not go on for one.
  const limits = { ...Limits.usual, outageEvery: "2 minutes" } as const
  const process = yield* Process.start(
    { way, limits, breakerOpenFor: "60 seconds" },
    "one",
    () => false,
    gateway.gateway
  )
  let now = 0
  const until = Effect.fnUntraced(function* (end: number) {
    for (; now < end; now += 1) {
      yield* world.at(now)
      yield* second
    }
  })
  const found = Effect.provideContext(check(plan, gateway.moved), process.context)
  const statuses = Effect.map(found, ({ all }) => all.map(({ order }) => order.status))
  return { gateway, process, until, found, statuses }
})

const quietly = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(Effect.scoped, Effect.provide(setting), Effect.provideService(References.MinimumLogLevel, "None"))

const all = <A>(value: A) => Array.from({ length: count }, () => value)

describe("while the card gateway is away for five minutes", () => {
  it.live("sagas wait, the breaker is open for everybody to see, and all are completed afterwards", () =>
    Effect.gen(function* () {
      const { found, gateway, process, statuses, until } = yield* down("orchestrated")
      const breakers = Context.get(process.context, Breakers)
      const runner = Context.get(process.context, SagaRunner)
      yield* until(10)
      assert.deepStrictEqual(
        (yield* breakers.states).map(({ breaker, state }) => [breaker, state]),
        [["card-gateway", "open"]]
      )
      yield* until(away)
      assert.deepInclude(yield* runner.statistics(World.tenant), { waiting: count, completed: 0, failed: 0 })
      assert.deepStrictEqual(yield* statuses, all("placed"))
      // One attempt each, and one of all whenever the breaker lets somebody try.
      assert.isAtMost(gateway.requests.length, count + away / 60)
      // The first one that comes through closes the breaker; those that came at the same moment come again at once.
      yield* until(away + 130)
      assert.deepInclude(yield* runner.statistics(World.tenant), { completed: count, failed: 0 })
      assert.deepStrictEqual((yield* found).problems, [])
      assert.deepStrictEqual(yield* statuses, all("approved"))
      assert.deepStrictEqual(
        (yield* breakers.states).map(({ state }) => state),
        ["closed"]
      )
    }).pipe(quietly)
  )

  it.live("processes wait where nobody coordinates, and all orders are sent afterwards", () =>
    Effect.gen(function* () {
      const { found, gateway, statuses, until } = yield* down("choreographed")
      yield* until(away)
      assert.deepStrictEqual(yield* statuses, all("placed"))
      // As with a coordinator: one attempt each, and one of all whenever the breaker lets somebody try.
      assert.isAtMost(gateway.requests.length, count + away / 60)
      yield* until(away + 180)
      assert.deepStrictEqual((yield* found).problems, [])
      assert.deepStrictEqual(yield* statuses, all("approved"))
    }).pipe(quietly)
  )
})
