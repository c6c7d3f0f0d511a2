/**
 * A run that a seed makes up, from the first order to when nothing goes on any more: orders are placed, cancelled, paid and
 * sent, while processes end anywhere and come back, and the card gateway is slow, deaf or away. In memory, under a clock
 * that jumps.
 */
import { OrderCancellation, OrderFulfilment } from "@eventfold/domain-fulfilment"
import { EventStore } from "@eventfold/event-store"
import { fingerprint } from "@eventfold/event-store/Fingerprint"
import { SagaRunner, Timers } from "@eventfold/processes"
import { Context, DateTime, Effect, Option, Random, References } from "effect"
import { TestClock } from "effect/testing"
import { check } from "./Laws.ts"
import * as Plan from "./Plan.ts"
import * as Process from "./Process.ts"
import * as TroubledGateway from "./TroubledGateway.ts"
import * as World from "./World.ts"

const yields = Effect.forEach(Array.from({ length: 40 }), () => Effect.yieldNow, { discard: true })
/** Lets all other fibers go on until they wait, also those that wait for a digest as this does. */
const settled = Effect.andThen(fingerprint([]), yields).pipe(Effect.repeat({ times: 2 }))

/** A second goes by. */
export const second = Effect.andThen(TestClock.adjust("1 second"), settled)

/** For so long nothing must be stored until a run is taken to be over, and so long it can last, in seconds. */
const [stillness, longest] = [20, 900]

/** A run, and whether the laws hold after it. */
export const run = Effect.fnUntraced(
  function* (seed: string, way: Plan.Way) {
    const plan = yield* Plan.make(seed, way)
    yield* TestClock.setTime(DateTime.makeUnsafe("2026-03-01T12:00:00Z").epochMilliseconds)
    const gateway = yield* TroubledGateway.make(plan)
    const world = yield* World.make(plan)
    yield* world.receive
    const settings: Process.Settings = { way, limits: Process.limits, breakerOpenFor: "10 seconds" }
    let started = 0
    let now = 0
    const start = () =>
      Effect.suspend(() => {
        started += 1
        const owner = `process-${started}`
        // The odds of a point are its own, whatever came before.
        const endsAt = (point: number) => now < Plan.quietFrom && chance(`${seed} ${owner} ${point}`) < plan.crashes
        return Process.start(settings, owner, endsAt, gateway.gateway)
      })
    const processes = yield* Effect.forEach(Array.from({ length: plan.nodes }), start)
    const { end } = yield* EventStore
    /** Whether no saga waits for another attempt. */
    const isOver = Effect.suspend(() => {
      const [process] = processes
      return process === undefined
        ? Effect.succeed(true)
        : Effect.map(
            Context.get(process.context, SagaRunner).statistics(World.tenant),
            ({ active, waiting }) => active + waiting === 0
          )
    })
    /** A person has what is parked tried again, once the trouble is over. */
    const retryParked = Effect.suspend(() => {
      const [process] = processes
      if (process === undefined) return Effect.void
      const runner = Context.get(process.context, SagaRunner)
      const ids = plan.orders.flatMap(({ orderId }) => [OrderFulfilment.idOf(orderId), OrderCancellation.idOf(orderId)])
      return Effect.forEach(
        ids,
        Effect.fnUntraced(function* (id) {
          const saga = { tenant: World.tenant, id }
          const found = yield* runner.state(saga)
          if (Option.isNone(found) || found.value.status !== "parked") return
          yield* runner.retry(saga, { by: "a person", reason: "the gateway is back" })
        }),
        { discard: true }
      )
    })
    let retried = false
    let stored = yield* end
    let changed = 0
    for (now = 0; now < longest; now += 1) {
      yield* world.at(now)
      yield* second
      for (const [place, process] of processes.entries()) {
        if (!process.life.isOver) continue
        yield* process.end
        processes[place] = yield* start()
      }
      const position = yield* end
      if (position !== stored) changed = now
      stored = position
      if (now < Plan.quietFrom || now - changed < stillness) continue
      // What waits for longer than that is woken when its time has come.
      const [timer] = yield* (yield* Timers).list({ limit: 1 })
      if (timer === undefined && (yield* isOver)) {
        if (retried) break
        retried = true
        yield* retryParked
        yield* settled
        changed = now
        continue
      }
      if (timer === undefined) continue
      const wait = timer.dueAt.epochMilliseconds - (yield* DateTime.now).epochMilliseconds
      if (wait > 0) yield* TestClock.adjust(wait)
      yield* settled
      changed = now
    }
    const [process] = processes
    if (process === undefined) return yield* Effect.die("a run has a process")
    const { all, problems } = yield* check(plan, gateway.moved).pipe(Effect.provideContext(process.context))
    return { plan, problems, all, seconds: now, started, requests: gateway.requests }
  },
  Effect.scoped,
  (effect, seed) =>
    effect.pipe(
      Effect.provide([Process.ports, TestClock.layer()]),
      Random.withSeed(seed),
      // What fails on purpose is not worth a line.
      Effect.provideService(References.MinimumLogLevel, "None")
    )
)

/** A number from 0 to 1 that belongs to a text. */
const chance = (text: string): number => {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return ((hash ^ (hash >>> 15)) >>> 0) / 0x1_0000_0000
}
