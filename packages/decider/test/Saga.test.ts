import { Message, Personal, Saga } from "@eventfold/decider"
import { DateTime, Option, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { begin, Run } from "./SagaRun.ts"
import { bookFlight, cancelFlight, Input, Trip } from "./Trips.ts"

const flight = { number: 1 }
const hotel = { number: 2 }
const booked = () => begin().answer(1, flight).answer(2, hotel)

describe("a saga goes forward", () => {
  it("begins a step together with the answer to the one before", () => {
    expect(begin().last(9)).toEqual(["SagaStarted", "StepBegun flight"])
    expect(begin().answer(1, flight).last(2)).toEqual(["StepAnswered flight", "StepBegun hotel"])
    expect(booked().last(2)).toEqual(["StepAnswered hotel", "StepBegun ticket"])
    const done = booked().answer(3, null)
    expect(done.last(2)).toEqual(["StepAnswered ticket", "SagaCompleted"])
    expect(done.next()).toEqual({ _tag: "Ended", status: "completed" })
  })

  it("tells a step the answers of the steps before it, and the time it was begun", () => {
    const { action, deadline, payload, step } = booked().send()
    expect({ action, step }).toEqual({ action: "execute", step: "ticket" })
    expect(payload).toEqual({
      _tag: "SendTicket",
      tripId: "t1",
      flight: 1,
      hotel: 2,
      occurredAt: "1970-01-01T00:00:02.000Z"
    })
    expect(deadline).toEqual(DateTime.makeUnsafe(32_000))
  })

  it("gives the same execution the same command id, and every other one another", () => {
    const id = begin().send().commandId
    expect(begin().send().commandId).toBe(id)
    expect(begin().fail(1).proceed(2).send().commandId).toBe(id)
    expect(Saga.commandIdOf({ tenant: "acme", sagaId: "trip-1" }, "flight", "execute", 0)).toBe(id)
    const ids = [
      id,
      begin().answer(1, flight).send().commandId,
      begin().answer(1, flight).refuse(2, "full").send().commandId,
      Saga.commandIdOf({ tenant: "other", sagaId: "trip-1" }, "flight", "execute", 0),
      Saga.commandIdOf({ tenant: "acme", sagaId: "trip-1" }, "flight", "execute", 1)
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })

  it("started again with the same, does nothing; with something else, it is refused", () => {
    const start = { _tag: "Start", saga: "trip", version: 1, tenant: "acme", input: { tripId: "t1" } } as const
    expect(begin().tell(5, start).history.length).toBe(2)
    expect(begin().refusal({ ...start, input: { tripId: "t2" } })).toBeInstanceOf(Saga.SagaAlreadyStarted)
    expect(begin().refusal({ ...start, saga: "journey" })).toBeInstanceOf(Saga.SagaAlreadyStarted)
  })

  it("takes a refusal for an answer where the step says so", () => {
    const run = begin().refuse(1, "booked already")
    expect(run.last(2)).toEqual(["StepRefused flight", "StepBegun hotel"])
    expect(run.answer(2, hotel).send().payload).toMatchObject({ flight: 7 })
  })

  it("hears nothing of a command that is not under way", () => {
    const { attempt, commandId } = begin().send()
    const run = begin().answer(1, flight)
    expect(run.tell(2, { _tag: "Answer", commandId, answer: flight }).history).toEqual(run.history)
    expect(run.tell(2, { _tag: "Fail", commandId, attempt, error: "late" }).history).toEqual(run.history)
    const second = begin().fail(1).proceed(2)
    expect(second.tell(2, { _tag: "Fail", commandId, attempt, error: "late" }).history).toEqual(second.history)
  })
})

describe("a step that fails", () => {
  it("waits longer each time, and is given up after its attempts", () => {
    const waits = [1, 2, 3, 4].map((attempt) => {
      let [run, at] = [begin(), 0]
      for (let n = 1; n <= attempt; n += 1) {
        run = n === 1 ? run.fail(0) : run.proceed(at).fail(at)
        const next = run.next()
        at = next._tag === "Wait" ? next.until.epochMilliseconds / 1000 : Number.NaN
      }
      return at
    })
    expect(waits).toEqual([1, 3, 7, 15])
    expect(begin().failForGood(0).last(3)).toEqual([
      "StepBegun flight",
      "StepFailed flight",
      "CompensationBegun flight"
    ])
  })

  it("counts as failed when its time is up, and not before", () => {
    expect(begin().proceed(29).last(1)).toEqual(["StepBegun flight"])
    expect(begin().proceed(30).last(1)).toEqual(["StepFailed flight"])
  })

  it("takes an answer that comes after all while it waits", () => {
    const { commandId } = begin().send()
    const run = begin().proceed(30).tell(30, { _tag: "Answer", commandId, answer: flight })
    expect(run.last(2)).toEqual(["StepAnswered flight", "StepBegun hotel"])
  })

  it("is tried without end after the pivot, at the longest so often", () => {
    let [run, at] = [booked(), 2]
    for (let n = 0; n < 30; n += 1) {
      run = run.fail(at)
      const next = run.next()
      if (next._tag !== "Wait") throw new Error(next._tag)
      const wait = next.until.epochMilliseconds / 1000 - at
      expect(wait).toBe(Math.min(10, 2 ** n))
      at += wait
      run = run.proceed(at)
    }
    expect(run.answer(at, null).next()).toEqual({ _tag: "Ended", status: "completed" })
  })

  it("does not count the attempts at what is known to be down, and waits for it 24 hours", () => {
    let [run, at] = [begin(), 0]
    while (at < 86_400) {
      run = run.postpone(at, 3_600_000)
      expect(run.next()).toMatchObject({ _tag: "Wait", step: "flight" })
      at += 3_600
      run = run.proceed(at)
      expect(run.send().attempt).toBe(1)
    }
    expect(run.postpone(at, 3_600_000).last(2)).toEqual(["StepFailed flight", "CompensationBegun flight"])
  })
})

describe("a saga that is undone", () => {
  it("undoes in reverse what was done, then the start", () => {
    const run = begin().answer(1, flight).refuse(2, "full")
    expect(run.last(2)).toEqual(["StepRefused hotel", "CompensationBegun flight"])
    const undone = run.answer(3, flight)
    expect(undone.last(2)).toEqual(["CompensationDone flight", "CompensationBegun start"])
    expect(undone.answer(4, flight).last(2)).toEqual(["CompensationDone start", "SagaCompensated"])
  })

  it("undoes a step that failed too, which may have taken effect", () => {
    const run = begin().answer(1, flight).failForGood(2)
    expect(run.send()).toMatchObject({ step: "hotel", action: "compensate", payload: { tripId: "t1/unknown" } })
  })

  it("is compensated at once when its first step is refused and nothing led to it", () => {
    const flightOnly = Saga.make({ name: Trip.name, input: Input })
      .step("flight", bookFlight, {
        send: ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at }),
        compensate: Saga.nothing("a seat that nobody takes is sold again")
      })
      .end()
    const run = begin([flightOnly])
    expect(run.refuse(1, "full").last(2)).toEqual(["StepRefused flight", "SagaCompensated"])
    expect(run.failForGood(1).last(2)).toEqual(["StepFailed flight", "SagaCompensated"])
  })

  it("tells a compensation what its step was answered", () => {
    const run = begin().answer(1, flight).tell(1, { _tag: "Cancel", reason: "ill" }).answer(2, hotel)
    expect(run.last(3)).toEqual(["SagaCancelRequested", "StepAnswered hotel", "CompensationBegun hotel"])
    expect(run.send().payload).toMatchObject({ tripId: "t1/2" })
  })

  it("is cancelled at once while it waits, and not at all past the pivot or after its end", () => {
    const run = begin().fail(1).tell(1, { _tag: "Cancel", reason: "ill" })
    expect(run.last(2)).toEqual(["SagaCancelRequested", "CompensationBegun flight"])
    expect(booked().refusal({ _tag: "Cancel", reason: "ill" })).toBeInstanceOf(Saga.SagaPastPivot)
    expect(booked().answer(3, null).refusal({ _tag: "Cancel", reason: "ill" })).toBeInstanceOf(Saga.SagaEnded)
  })

  it("is parked when a compensation keeps failing, after all the others are done", () => {
    const failing = begin().answer(1, flight).refuse(2, "full").failForGood(3)
    expect(failing.last(2)).toEqual(["CompensationFailed flight", "CompensationBegun start"])
    const parked = failing.answer(20, flight)
    expect(parked.last(2)).toEqual(["CompensationDone start", "SagaParked"])
    expect(parked.next()).toMatchObject({ _tag: "Parked", action: "compensate", steps: ["flight"] })
    const { compensations } = parked.state()
    expect(compensations[0]).toMatchObject({ step: "flight", status: "failed", attempt: 5, error: "no connection" })
  })
})

describe("a saga whose steps change", () => {
  const second = (migrate?: Saga.Migrate) =>
    Saga.make({ name: "trip", version: 2, input: Input, ...(migrate === undefined ? {} : { migrate }) })
      .step("fly", bookFlight, {
        send: ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at }),
        compensate: Saga.nothing("a test")
      })
      .end()

  it("finishes under the version it was started under, as long as that one is there", () => {
    expect(begin([Trip, second()]).answer(1, flight).send().step).toBe("hotel")
    expect(begin([Trip, second()], 2).answer(1, flight).last(1)).toEqual(["SagaCompleted"])
  })

  it("is taken over where the new version says how, in the middle of a step", () => {
    const taken = second(({ input }) => ({ input, renamed: { flight: "fly" } }))
    const before = begin()
    const after = new Run(Saga.set([taken]), before.history)
    expect(after.next()).toEqual({ _tag: "Proceed" })
    const migrated = after.proceed(1)
    expect(migrated.last(1)).toEqual(["SagaMigrated"])
    expect(migrated.send()).toMatchObject({ step: "fly", commandId: before.send().commandId })
    expect(migrated.answer(2, flight).last(1)).toEqual(["SagaCompleted"])
  })
})

describe("a saga that breaks a rule", () => {
  const send = () => ({ _tag: "BookFlight" as const, tripId: "t", occurredAt: DateTime.makeUnsafe(0) })
  const beginning = Saga.make({ name: "trip", input: Input })
  const options = { send, compensate: Saga.nothing("a test") }

  it("cannot be made", () => {
    expect(() => beginning.end()).toThrow("must have 1 to 64 steps")
    expect(() => beginning.step("start", bookFlight, options).end()).toThrow("it stands for the start")
    expect(() => beginning.step("a", bookFlight, options).step("a", bookFlight, options).end()).toThrow("once only")
    expect(() => Saga.make({ name: "A trip", input: Input }).step("a", bookFlight, options).end()).toThrow("lower-case")
    expect(() => beginning.step("a", bookFlight, { ...options, retry: { attempts: 0 } }).end()).toThrow("one attempt")
    expect(() => beginning.step("a", bookFlight, { ...options, timeLimit: 0 }).end()).toThrow("time limit")
  })

  it("cannot carry what is personal", () => {
    const input = Schema.Struct({ name: Personal.inTransit(Schema.String) })
    expect(() => Saga.make({ name: "trip", input }).step("a", bookFlight, options).end()).toThrow("personal")
    const whose = Message.command({
      context: "travel",
      payload: Schema.TaggedStruct("AskWhose", {}),
      answer: Schema.Struct({ name: Personal.inTransit(Schema.String) })
    })
    const ask = { send: () => ({ _tag: "AskWhose" as const }), compensate: Saga.nothing("a test") }
    expect(() => beginning.step("a", whose, ask).end()).toThrow("personal")
  })

  it("fails a step whose command cannot be made, and parks what cannot be undone", () => {
    const broken = beginning
      .step("a", bookFlight, {
        send: () => {
          throw new Error("a mistake")
        },
        retry: { attempts: 1 },
        compensate: Saga.by(
          cancelFlight,
          ({ own }) => {
            throw new Error(`nothing to cancel: ${Option.isNone(own)}`)
          },
          { retry: { attempts: 1 } }
        )
      })
      .end()
    const run = begin([broken])
    expect(run.last(5)).toEqual([
      "StepBegun a",
      "StepFailed a",
      "CompensationBegun a",
      "CompensationFailed a",
      "SagaParked"
    ])
    expect(run.state().compensations[0]?.error).toBe("its command cannot be made: nothing to cancel: true")
  })
})
