/** A saga that could not be driven on is driven on as soon as it can be, and not when the time of its step is over. */
import { assert, describe, it } from "@effect/vitest"
import { Saga } from "@eventfold/decider"
import { EventStore, EventStoreFailure } from "@eventfold/event-store"
import { Context, Effect, Layer, References, Schema, type Scope } from "effect"
import { SagaRunner } from "../src/index.ts"
import { Agency, answered, bookFlight, node, pass, ports, ref, settled, start, stateOf, Trip } from "./Trips.ts"

/** A flight that is asked for once. */
const Hop = Saga.make({ name: "hop", input: Schema.Struct({ trip: Schema.String }) })
  .undo(Saga.nothing("nothing led to it"))
  .step("flight", bookFlight, {
    send: ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at }),
    compensate: Saga.nothing("it is cheap"),
    retry: { attempts: 1 }
  })
  .end()

/** A store that does not answer so many times when something of this name is to be stored. */
interface Fault {
  readonly type: string
  times: number
}

const blip = new EventStoreFailure({ operation: "append", retryable: true, detail: "away", cause: undefined })

const failing = (fault: Fault) =>
  Layer.effectContext(
    Effect.map(Effect.context<Layer.Success<typeof ports>>(), (context) => {
      const store = Context.get(context, EventStore)
      const append: typeof store.append = (stream, expected, events) =>
        Effect.suspend(() => {
          if (fault.times === 0 || events.every(({ type }) => type !== fault.type)) {
            return store.append(stream, expected, events)
          }
          fault.times -= 1
          return Effect.fail(blip)
        })
      return Context.add(context, EventStore, { ...store, append })
    })
  ).pipe(Layer.provide(ports))

const on =
  (agency: Agency, fault: Fault) =>
  <A, E>(effect: Effect.Effect<A, E, SagaRunner | Scope.Scope>) =>
    effect.pipe(
      Effect.scoped,
      Effect.provide(Layer.provide(node(agency, {}, [Trip, Hop]), failing(fault))),
      Effect.provideService(References.MinimumLogLevel, "None")
    )

describe("a saga whose events could not be stored", () => {
  it.effect("goes on a second later, with the same attempt, and what was done is not done again", () => {
    const [agency, fault] = [new Agency(), { type: "StepAnswered", times: 1 }]
    return Effect.gen(function* () {
      yield* start()
      yield* settled
      assert.deepStrictEqual([fault.times, agency.done], [0, ["BookFlight"]])
      yield* pass(0.5)
      assert.deepStrictEqual(agency.asked, ["BookFlight"])
      yield* pass(1)
      assert.deepStrictEqual(agency.asked, ["BookFlight", "BookFlight", "BookHotel", "SendTicket"])
      assert.deepStrictEqual(agency.done, ["BookFlight", "BookHotel", "SendTicket"])
      const { status, steps } = yield* stateOf()
      assert.strictEqual(status, "completed")
      assert.deepStrictEqual(
        steps.map(({ execution }) => execution.attempt),
        [1, 1, 1]
      )
    }).pipe(on(agency, fault))
  })

  it.effect("is tried again with growing waits for as long as it takes, by one fiber", () => {
    const [agency, fault] = [new Agency(), { type: "StepAnswered", times: 4 }]
    return Effect.gen(function* () {
      yield* start()
      yield* settled
      // Whoever has it looked at meanwhile puts the next look off, and adds none.
      yield* start()
      yield* settled
      const after: Array<readonly [seconds: number, asked: number]> = []
      for (let second = 1; second <= 15; second += 1) {
        yield* pass(1)
        const asked = agency.asked.filter((name) => name === "BookFlight").length
        if (after.at(-1)?.[1] !== asked) after.push([second, asked])
      }
      assert.deepStrictEqual(after, [
        [1, 2],
        [2, 3],
        [6, 4],
        [14, 5]
      ])
      const { status, steps } = yield* stateOf()
      assert.deepStrictEqual([status, steps[0]?.execution.attempt], ["completed", 1])
    }).pipe(on(agency, fault))
  })

  it.effect("begins with the shortest wait again once it was driven on", () => {
    const [agency, fault] = [new Agency(), { type: "StepAnswered", times: 2 }]
    agency.doing = (name) => (name === "BookHotel" ? Effect.delay(answered, "5 seconds") : answered)
    return Effect.gen(function* () {
      yield* start()
      yield* pass(3.5)
      assert.deepStrictEqual(agency.asked, ["BookFlight", "BookFlight", "BookFlight", "BookHotel"])
      fault.times = 1
      yield* pass(5)
      assert.deepStrictEqual(agency.done, ["BookFlight", "BookHotel"])
      yield* pass(1.5)
      assert.deepStrictEqual(agency.done, ["BookFlight", "BookHotel", "SendTicket"])
    }).pipe(on(agency, fault))
  })

  it.effect("is not undone because of it, though its step has a single attempt", () => {
    const [agency, fault] = [new Agency(), { type: "StepAnswered", times: 1 }]
    return Effect.gen(function* () {
      const runner = yield* SagaRunner
      yield* runner.start(Hop, { ...ref(1), input: { trip: "t1" } })
      yield* pass(40)
      assert.deepStrictEqual([agency.done, (yield* stateOf()).status], [["BookFlight"], "completed"])
    }).pipe(on(agency, fault))
  })
})
