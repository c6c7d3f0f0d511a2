/**
 * A run as `Simulation.ts` has it, of four programs: ordering, inventory, payments and shipping have a log of their own each, hear
 * of each other by messages, and send each other commands that get lost on the way. The laws are the same, over all logs.
 */
import { OrderCancellation, OrderFulfilment } from "@eventfold/domain-fulfilment"
import { CommandBus, EventStore, Sealer, StateCache } from "@eventfold/event-store"
import { ProcessManagerRunner, SagaRunner, Timers } from "@eventfold/processes"
import { Context, DateTime, Effect, Layer, Option, Random, References } from "effect"
import { check } from "./Laws.ts"
import * as Plan from "./Plan.ts"
import * as Process from "./Process.ts"
import * as PromptCrypto from "./PromptCrypto.ts"
import * as Services from "./Services.ts"
import { chance } from "./Simulation.ts"
import * as SimulatedTime from "./SimulatedTime.ts"
import * as TroubledGateway from "./TroubledGateway.ts"
import * as World from "./World.ts"
import * as Hearing from "../../src/messaging/Hearing.ts"

const setting = Layer.merge(SimulatedTime.layer(DateTime.makeUnsafe("2026-03-01T12:00:00Z")), PromptCrypto.layer)

/** For so long nothing must be stored until a run is taken to be over, and so long it can last, in seconds. */
const [stillness, longest] = [40, 1_200]

/** A service has no process from one second to another. */
export interface Absence {
  readonly name: Services.Name
  readonly from: number
  readonly to: number
}

/** A run of a plan, with services that are away meanwhile, and whether the laws hold after it. */
export const runOf = Effect.fnUntraced(function* (plan: Plan.Plan, absences: ReadonlyArray<Absence> = []) {
  const { seed, way } = plan
  const time = yield* SimulatedTime.SimulatedTime
  const gateway = yield* TroubledGateway.make(plan)
  const services = yield* Services.make
  const settings: Process.Settings = { way, limits: Process.limits, breakerOpenFor: "10 seconds" }
  const processes: Array<Services.ServiceProcess> = []
  let [started, calls, now] = [0, 0, 0]
  const fate = (): Services.Fate => {
    calls += 1
    const odds = chance(`${seed} call ${calls}`)
    if (now >= Plan.quietFrom || plan.crashes === 0) return "handled"
    return odds < 0.02 ? "lost" : odds < 0.04 ? "answer-lost" : "handled"
  }
  const remote = Services.between(() => processes, fate)
  const start = (name: Services.Name) =>
    Effect.suspend(() => {
      started += 1
      const owner = `${name}-${started}`
      // The odds of a point are its own, whatever came before.
      const endsAt = (point: number) => now < Plan.quietFrom && chance(`${seed} ${owner} ${point}`) < plan.crashes
      return Services.start(services, settings, name, owner, endsAt, gateway.gateway, remote)
    })

  /** Those around: they find every stream where it is, and send each command to a bus that never ends. */
  const outside = Context.merge(services.portsOf("ordering"), yield* Layer.build(Layer.fresh(StateCache.layer()))).pipe(
    Context.add(EventStore, services.everywhere),
    // Each service has keys of its own, and what is personal is of no concern here.
    Context.add(Sealer.Current, Sealer.blind)
  )
  const buses = new Map<Services.Name, CommandBus["Service"]>()
  // What shipping asks of an order, it asks those who live.
  const asked = Services.between(
    () => processes,
    () => "handled"
  )
  for (const name of Services.contexts) {
    const own = Layer.mergeAll(Layer.succeedContext(services.portsOf(name)), StateCache.layer(), World.none)
    const built = yield* Layer.build(Layer.fresh(Layer.provide(Services.bus(name, asked), own)))
    buses.set(name, Context.get(built, CommandBus))
  }
  const busOf = (command: string) => {
    const found = buses.get(Services.destinationOf(command))
    if (found === undefined) throw new RangeError(`no bus for ${command}`)
    return found
  }
  const bus = CommandBus.of({
    dispatch: (command, envelope) => busOf(command.name).dispatch(command, envelope),
    dispatchJson: (command, envelope) => busOf(command).dispatchJson(command, envelope)
  })
  const world = yield* Effect.provideContext(World.make(plan, bus), outside)
  yield* world.receive
  for (const name of Services.contexts) {
    for (let node = 0; node < plan.nodes; node += 1) processes.push(yield* start(name))
  }

  const stores = Services.contexts.map((name) => Context.get(services.portsOf(name), EventStore))
  const stored = Effect.map(
    Effect.forEach(stores, ({ end }) => Effect.orDie(end)),
    String
  )
  const processOf = (name: Services.Name) => processes.find((one) => one.name === name)
  const sagas = () => {
    const process = processOf("ordering")
    return process === undefined
      ? Effect.die("ordering has a process")
      : Effect.succeed(Context.get(process.context, SagaRunner))
  }
  /** A person has what is parked tried again, once the trouble is over. Answers whether there was anything. */
  const retryParked = Effect.gen(function* () {
    const runner = yield* sagas()
    let any = false
    const ids = plan.orders.flatMap(({ orderId }) => [OrderFulfilment.idOf(orderId), OrderCancellation.idOf(orderId)])
    for (const id of ids) {
      const saga = { tenant: World.tenant, id }
      const found = yield* runner.state(saga)
      if (Option.isNone(found) || found.value.status !== "parked") continue
      any = true
      yield* runner.retry(saga, { by: "a person", reason: "the gateway is back" })
    }
    return any
  })
  /** How many messages have yet to be heard, and how many were given up. */
  const messages = Effect.gen(function* () {
    let [left, dead] = [0, 0]
    for (const name of Services.contexts) {
      for (const { name: group, topics } of Hearing.subscribers([name])) {
        for (const topic of topics) {
          const state = yield* services.broker.state({ topic, group })
          left += state.waiting + state.inFlight
          dead += state.dead
        }
      }
    }
    return { left, dead }
  })
  const nextTimer = Effect.map(
    Effect.forEach(Services.contexts, (name) => Context.get(services.portsOf(name), Timers).list({ limit: 1 })),
    (timers) => timers.flat().toSorted((a, b) => a.dueAt.epochMilliseconds - b.dueAt.epochMilliseconds)[0]
  )
  let [retried, changed, before] = [false, 0, yield* stored]
  const isAway = (name: Services.Name) =>
    absences.some((absence) => absence.name === name && now >= absence.from && now < absence.to)
  for (now = 0; now < longest; now += 1) {
    for (const process of processes) if (isAway(process.name) && !process.life.isOver) yield* process.end
    yield* Effect.provideContext(world.at(now), outside)
    yield* time.advance(1_000)
    for (const [place, process] of processes.entries()) {
      if (!process.life.isOver || isAway(process.name)) continue
      yield* process.end
      processes[place] = yield* start(process.name)
    }
    const after = yield* stored
    if (after !== before) changed = now
    before = after
    if (now < Plan.stillFrom || now - changed < stillness || (yield* messages).left > 0) continue
    const timer = yield* nextTimer
    const { active, waiting } = yield* (yield* sagas()).statistics(World.tenant)
    if (timer === undefined && active + waiting === 0) {
      if (retried || !(yield* retryParked)) break
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
  const [ordering, payments] = [processOf("ordering"), processOf("payments")]
  if (ordering === undefined || payments === undefined) return yield* Effect.die("a run has its processes")
  const paying = Context.get(payments.context, ProcessManagerRunner)
  const found = yield* check(plan, gateway.moved).pipe(
    Effect.provideContext(
      Context.merge(ordering.context, outside).pipe(
        Context.add(SagaRunner, Context.get(ordering.context, SagaRunner)),
        Context.add(ProcessManagerRunner, paying)
      )
    )
  )
  return { ...found, seconds: now, started, dead: (yield* messages).dead }
}, Effect.orDie)

/** Has a run in a time of its own: a seed makes the same run each time. */
export const inTime = <A, R>(seed: string, run: Effect.Effect<A, never, R>) =>
  run.pipe(
    Effect.scoped,
    Effect.provide(setting),
    Random.withSeed(seed),
    // What fails on purpose is not worth a line.
    Effect.provideService(References.MinimumLogLevel, "None")
  )

/**
 * In a third of the runs one service is away for a while, until the trouble is over at the latest. Not where nobody coordinates: stock
 * that is late cancels an order there.
 */
const absencesOf = (seed: string, way: Plan.Way): ReadonlyArray<Absence> => {
  if (way === "choreographed") return []
  const upTo = (end: number, what: string) => Math.floor(chance(`${seed} away ${what}`) * end)
  const name = Services.contexts[upTo(Services.contexts.length, "which")]
  const from = upTo(20, "when")
  return name !== undefined && upTo(3, "whether") === 0 ? [{ name, from, to: from + 5 + upTo(20, "how long") }] : []
}

/** The run that a seed makes up. */
export const run = (seed: string, way: Plan.Way) =>
  inTime(
    seed,
    Effect.flatMap(Plan.make(seed, way), (plan) => runOf(plan, absencesOf(seed, way)))
  )
