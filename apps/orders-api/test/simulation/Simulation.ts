/**
 * A run that a seed makes up, from the first order to when nothing goes on any more: orders are placed, cancelled, paid and
 * sent, while processes end anywhere and come back, and the card gateway is slow, deaf or away. In memory, and
 * in a time of its own: a seed makes the same run each time.
 */
import { OrderCancellation, OrderFulfilment } from "@eventfold/domain-fulfilment"
import { EventStore } from "@eventfold/event-store"
import { SagaRunner, Timers } from "@eventfold/processes"
import { Context, DateTime, Effect, Layer, Option, Random, References, Stream } from "effect"
import { check } from "./Laws.ts"
import * as Plan from "./Plan.ts"
import * as Process from "./Process.ts"
import * as PromptCrypto from "./PromptCrypto.ts"
import * as SimulatedTime from "./SimulatedTime.ts"
import * as TroubledGateway from "./TroubledGateway.ts"
import * as World from "./World.ts"

/** What a run lives in: a time of its own, crypto that answers at once, and what outlives all processes. */
export const setting = Layer.provideMerge(
  Process.ports,
  Layer.merge(SimulatedTime.layer(DateTime.makeUnsafe("2026-03-01T12:00:00Z")), PromptCrypto.layer)
)

/** A second goes by. */
export const second = Effect.flatMap(SimulatedTime.SimulatedTime, (time) => time.advance(1_000))

/** Everything that was stored, in order: what, where and when. Ids and secrets are not in it, since they are made up anew. */
const log = Effect.gen(function* () {
  const events = yield* Stream.runCollect((yield* EventStore).readAll())
  return events.map(({ position, recordedAt, stream, type, version }) =>
    [position, DateTime.formatIso(recordedAt), stream.category, stream.id, version, type].join(" ")
  )
})

/** For so long nothing must be stored until a run is taken to be over, and so long it can last, in seconds. */
const [stillness, longest] = [20, 900]

/** A run, of a plan that the seed makes up unless one is given, and whether the laws hold after it. */
export const run = Effect.fnUntraced(
  function* (seed: string, way: Plan.Way, given?: Plan.Plan) {
    const plan = given ?? (yield* Plan.make(seed, way))
    const time = yield* SimulatedTime.SimulatedTime
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
    /** A person has what is parked tried again, once the trouble is over. Answers whether there was anything. */
    const retryParked = Effect.fnUntraced(function* () {
      const [process] = processes
      if (process === undefined) return false
      const runner = Context.get(process.context, SagaRunner)
      let any = false
      for (const id of plan.orders.flatMap(({ orderId }) => [
        OrderFulfilment.idOf(orderId),
        OrderCancellation.idOf(orderId)
      ])) {
        const saga = { tenant: World.tenant, id }
        const found = yield* runner.state(saga)
        if (Option.isNone(found) || found.value.status !== "parked") continue
        any = true
        yield* runner.retry(saga, { by: "a person", reason: "the gateway is back" })
      }
      return any
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
      if (now < Plan.stillFrom || now - changed < stillness) continue
      // What waits for longer than that is woken when its time has come.
      const [timer] = yield* (yield* Timers).list({ limit: 1 })
      if (timer === undefined && (yield* isOver)) {
        if (retried || !(yield* retryParked())) break
        retried = true
        yield* time.advance(0)
        changed = now
        continue
      }
      if (timer === undefined) continue
      const wait = timer.dueAt.epochMilliseconds - (yield* DateTime.now).epochMilliseconds
      if (wait > 0) yield* time.advance(wait)
      yield* time.advance(0)
      changed = now
    }
    const [process] = processes
    if (process === undefined) return yield* Effect.die("a run has a process")
    const { all, problems } = yield* check(plan, gateway.moved).pipe(Effect.provideContext(process.context))
    return { plan, problems, all, seconds: now, started, requests: gateway.requests, log: yield* log }
  },
  Effect.scoped,
  (effect, seed) =>
    effect.pipe(
      Effect.provide(setting),
      Random.withSeed(seed),
      // What fails on purpose is not worth a line.
      Effect.provideService(References.MinimumLogLevel, "None")
    )
)

/** A number from 0 to 1 that belongs to a text. */
export const chance = (text: string): number => {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return ((hash ^ (hash >>> 15)) >>> 0) / 0x1_0000_0000
}
