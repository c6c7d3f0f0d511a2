/** Sagas are driven on, wait, are undone, parked, and go on after a crash; each command takes effect once. */
import { Saga } from "@eventfold/decider"
import { EventStore, StreamId } from "@eventfold/event-store"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, References, Schema, Scope, Stream } from "effect"
import { Breakers, SagaRunner } from "../src/index.ts"
import {
  Agency,
  answered,
  away,
  bookFlight,
  cancelFlight,
  lost,
  node,
  pass,
  ports,
  ref,
  refused,
  settled,
  start,
  stateOf,
  Trip,
  unhandled
} from "./Trips.ts"

/** A flight that is waited for, for a minute. */
const Hop = Saga.make({ name: "hop", input: Schema.Struct({ trip: Schema.String }) })
  .step("flight", bookFlight, {
    send: ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at }),
    compensate: Saga.by(cancelFlight, ({ at, input }) => ({ _tag: "CancelFlight", ...input, occurredAt: at })),
    outage: { longest: "1 minute" }
  })
  .end()

const on =
  (agency: Agency, sagas: ReadonlyArray<Saga.AnySaga> = [Trip]) =>
  <A, E>(effect: Effect.Effect<A, E, SagaRunner | Breakers | EventStore | Scope.Scope>) =>
    effect.pipe(
      Effect.scoped,
      Effect.provide(Layer.provideMerge(node(agency, {}, sagas), ports)),
      Effect.provideService(References.MinimumLogLevel, "None")
    )

describe("a saga that runs", () => {
  it.effect("sends the commands of its steps in order, without waiting for anything", () => {
    const agency = new Agency()
    return Effect.gen(function* () {
      yield* start()
      yield* (yield* SagaRunner).settled(ref(1))
      assert.deepStrictEqual(agency.done, ["BookFlight", "BookHotel", "SendTicket"])
      assert.strictEqual((yield* stateOf()).status, "completed")
      const store = yield* EventStore
      const events = yield* Stream.runCollect(store.read(StreamId.make("acme", Saga.category, "trip-1")))
      assert.strictEqual(events.length, 8)
      assert.strictEqual(events[1]?.metadata["correlationId"], "trip-1")
    }).pipe(on(agency))
  })

  it.effect("is started once, however often", () => {
    const agency = new Agency()
    return Effect.gen(function* () {
      yield* start()
      yield* start()
      yield* settled
      yield* start()
      yield* settled
      assert.deepStrictEqual(agency.asked, ["BookFlight", "BookHotel", "SendTicket"])
    }).pipe(on(agency))
  })

  it.effect("is undone in reverse when a step is refused", () => {
    const agency = new Agency()
    agency.doing = (name) => (name === "BookHotel" ? refused : answered)
    return Effect.gen(function* () {
      yield* start()
      yield* settled
      assert.deepStrictEqual(agency.done, ["BookFlight", "CancelFlight", "ForgetTrip"])
      assert.strictEqual((yield* stateOf()).status, "compensated")
    }).pipe(on(agency))
  })

  it.effect("tries again after its wait, with the same command, and then goes on", () => {
    const agency = new Agency()
    agency.doing = (name, time) => (name === "BookFlight" && time < 3 ? lost : answered)
    return Effect.gen(function* () {
      yield* pass(3)
      yield* start()
      yield* settled
      assert.deepStrictEqual(agency.asked, ["BookFlight"])
      yield* pass(2)
      assert.deepStrictEqual(agency.asked, ["BookFlight", "BookFlight"])
      yield* pass(3)
      assert.deepStrictEqual(agency.done, ["BookFlight", "BookHotel", "SendTicket"])
      assert.strictEqual((yield* stateOf()).steps[0]?.execution.attempt, 3)
    }).pipe(on(agency))
  })

  it.effect("gives an answer no more time than its step has", () => {
    const agency = new Agency()
    agency.doing = (name, time) => (name === "BookFlight" && time === 1 ? Effect.never : answered)
    return Effect.gen(function* () {
      yield* start()
      yield* pass(29)
      assert.deepStrictEqual(agency.asked, ["BookFlight"])
      yield* pass(5)
      assert.deepStrictEqual(agency.done, ["BookFlight", "BookHotel", "SendTicket"])
    }).pipe(on(agency))
  })

  it.effect("that a person cancels is undone once what it does has come back", () => {
    const agency = new Agency()
    return Effect.gen(function* () {
      agency.doing = (name) => (name === "BookHotel" ? Effect.delay(answered, "10 seconds") : answered)
      const runner = yield* SagaRunner
      yield* start()
      yield* settled
      yield* runner.cancel(ref(1), { by: "Ada", reason: "ill" })
      yield* pass(11)
      assert.deepStrictEqual(agency.done, ["BookFlight", "BookHotel", "CancelHotel", "CancelFlight", "ForgetTrip"])
      const store = yield* EventStore
      const events = yield* Stream.runCollect(store.read(StreamId.make("acme", Saga.category, "trip-1")))
      const cancelled = events.find(({ type }) => type === "SagaCancelRequested")
      assert.deepInclude(cancelled?.metadata, { actor: "Ada", reason: "ill" })
    }).pipe(on(agency))
  })

  it.effect("is parked when it cannot be undone, and a person has it tried again, skips, or abandons it", () => {
    const agency = new Agency()
    agency.doing = (name) => (name === "BookHotel" ? refused : name === "CancelFlight" ? lost : answered)
    return Effect.gen(function* () {
      const runner = yield* SagaRunner
      for (const number of [1, 2, 3]) yield* start(number)
      yield* pass(40)
      assert.deepInclude(yield* stateOf(), { status: "parked", parked: "could not undo flight" })
      assert.deepInclude(yield* runner.statistics("acme"), { parked: 3, failed: 3, completionRate: 0 })
      agency.doing = () => answered
      const why = { by: "Ada", reason: "it works again" }
      yield* runner.retry(ref(1), why)
      yield* runner.skip(ref(2), "flight", why)
      yield* runner.abandon(ref(3), why)
      yield* pass(2)
      const states = yield* Effect.forEach([1, 2, 3], stateOf)
      assert.deepStrictEqual(
        states.map(({ status }) => status),
        ["compensated", "compensated", "abandoned"]
      )
      assert.instanceOf(yield* Effect.flip(runner.retry(ref(3), why)), Saga.SagaEnded)
      assert.instanceOf(yield* Effect.flip(runner.retry(ref(4), why)), Saga.SagaNotStarted)
    }).pipe(on(agency))
  })
})

describe("a context that is away", () => {
  it.effect("for ten minutes holds a saga up, which is asked for seldom and goes on when it is back", () => {
    const agency = new Agency()
    let isAway = true
    agency.doing = (name) => (isAway && name === "BookHotel" ? away : answered)
    return Effect.gen(function* () {
      yield* start()
      yield* pass(600)
      const waiting = yield* stateOf()
      assert.strictEqual(waiting.status, "active")
      assert.deepInclude(waiting.steps[1]?.execution, { status: "waiting", attempt: 0 })
      assert.isBelow(agency.asked.length, 15)
      // It speaks against nobody whom the breaker is about.
      assert.deepInclude((yield* (yield* Breakers).states)[0], { breaker: "hotels", state: "closed" })
      isAway = false
      yield* pass(301)
      assert.deepStrictEqual(agency.done, ["BookFlight", "BookHotel", "SendTicket"])
      assert.strictEqual((yield* stateOf()).status, "completed")
    }).pipe(on(agency))
  })

  it.effect("keeps a compensation waiting, while the others are done, and it is done when it is back", () => {
    const agency = new Agency()
    let isAway = true
    agency.doing = (name) => (name === "BookHotel" ? refused : isAway && name === "CancelFlight" ? away : answered)
    return Effect.gen(function* () {
      yield* start()
      yield* pass(60)
      assert.deepStrictEqual([agency.done, (yield* stateOf()).status], [["BookFlight", "ForgetTrip"], "active"])
      isAway = false
      yield* pass(60)
      assert.deepStrictEqual(agency.done, ["BookFlight", "ForgetTrip", "CancelFlight"])
      assert.strictEqual((yield* stateOf()).status, "compensated")
    }).pipe(on(agency))
  })

  it.effect("for longer than its step waits is given up: what was done is undone", () => {
    const agency = new Agency()
    let isAway = true
    agency.doing = (name) => (isAway && name === "BookFlight" ? away : answered)
    return Effect.gen(function* () {
      yield* (yield* SagaRunner).start(Hop, { ...ref(1), input: { trip: "t1" } })
      yield* pass(59)
      assert.strictEqual((yield* stateOf()).status, "active")
      yield* pass(3)
      assert.strictEqual((yield* stateOf()).status, "compensated")
      isAway = false
      yield* pass(60)
      assert.deepStrictEqual(agency.done, ["CancelFlight"])
    }).pipe(on(agency, [Hop]))
  })
})

describe("a breaker", () => {
  it.effect("keeps sagas from asking for what is down, and they go on when it is back", () => {
    const agency = new Agency()
    agency.doing = (name) => (name === "BookHotel" ? lost : answered)
    return Effect.gen(function* () {
      const breakers = yield* Breakers
      yield* Effect.forEach(Array.from({ length: 8 }), (_, number) => start(number), { concurrency: 8 })
      yield* pass(2)
      const asked = agency.asked.filter((name) => name === "BookHotel").length
      assert.strictEqual(asked, 5)
      assert.deepInclude((yield* breakers.states)[0], { breaker: "hotels", state: "open" })
      yield* pass(50)
      assert.strictEqual(agency.asked.filter((name) => name === "BookHotel").length, asked)
      agency.doing = () => answered
      yield* pass(15)
      const states = yield* Effect.forEach([0, 1, 2, 3, 4, 5, 6, 7], stateOf)
      assert.deepStrictEqual(new Set(states.map(({ status }) => status)), new Set(["completed"]))
    }).pipe(on(agency))
  })

  it.effect("does not open when it is not the outside that fails, but does when there is no answer in time", () => {
    const agency = new Agency()
    agency.doing = (name) => (name === "BookHotel" ? unhandled : answered)
    return Effect.gen(function* () {
      const breakers = yield* Breakers
      yield* Effect.forEach(Array.from({ length: 8 }), (_, number) => start(number), { concurrency: 8 })
      yield* pass(2)
      assert.isAtLeast(agency.asked.filter((name) => name === "BookHotel").length, 8)
      assert.deepInclude((yield* breakers.states)[0], { breaker: "hotels", state: "closed" })
      agency.doing = (name) => (name === "BookHotel" ? Effect.never : answered)
      yield* pass(35)
      assert.deepInclude((yield* breakers.states)[0], { breaker: "hotels", state: "open" })
    }).pipe(on(agency))
  })
})

describe("a process that is gone", () => {
  it.effect("has its sagas driven on by the next one, at once, with the same commands", () => {
    const agency = new Agency()
    agency.doing = (name, time) => (name === "BookHotel" && time === 1 ? Effect.never : answered)
    return Effect.gen(function* () {
      const first = yield* Scope.fork(yield* Effect.scope)
      const one = yield* Layer.buildWithScope(node(agency), first)
      yield* Effect.provideContext(start(), one)
      yield* pass(1)
      assert.deepStrictEqual(agency.asked, ["BookFlight", "BookHotel"])
      yield* Scope.close(first, Exit.void)
      const two = yield* Layer.build(node(agency))
      yield* pass(1)
      assert.deepStrictEqual(agency.done, ["BookFlight", "BookHotel", "SendTicket"])
      assert.strictEqual((yield* Effect.provideContext(stateOf(), two)).steps[1]?.execution.attempt, 1)
    }).pipe(Effect.scoped, Effect.provide(ports), Effect.provideService(References.MinimumLogLevel, "None"))
  })
})
