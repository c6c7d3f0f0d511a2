/** What a saga does about a refusal that may be another one the next time: it asks again, a new command each time. */
import { Saga } from "@eventfold/decider"
import { DateTime, Option } from "effect"
import { describe, expect, it } from "vitest"
import { begin } from "./SagaRun.ts"
import { bookHotel, cancelHotel, forgetTrip, Input } from "./Trips.ts"

const room = { number: 2 }

/** A trip whose hotel is asked three times in all when it is full. */
const patient = Saga.make({ name: "trip", input: Input })
  .undo(Saga.by(forgetTrip, ({ at, input }) => ({ _tag: "ForgetTrip", ...input, occurredAt: at })))
  .step("hotel", bookHotel, {
    send: ({ at, input, round }) => ({ _tag: "BookHotel", tripId: `${input.tripId}/${round}`, occurredAt: at }),
    compensate: Saga.by(cancelHotel, ({ at, input }) => ({ _tag: "CancelHotel", ...input, occurredAt: at })),
    retry: { attempts: 3 },
    refusals: (refusal) => (refusal === "booked already" ? Option.some({ number: 7 }) : Option.none()),
    again: (refusal) => refusal === "full"
  })
  .end()
const full = () => begin([patient]).refuse(0, "full")

describe("a step of a saga that asks again after a refusal", () => {
  it("waits as after a failure, and sends a new command under another id", () => {
    const first = begin([patient]).send()
    expect(full().last(1)).toEqual(["StepRefused hotel"])
    expect(full().next()).toMatchObject({ _tag: "Wait", step: "hotel", until: DateTime.makeUnsafe(1_000) })
    const second = full().proceed(1).send()
    expect(second).toMatchObject({ attempt: 2, payload: { tripId: "t1/1", occurredAt: "1970-01-01T00:00:00.000Z" } })
    expect(second.commandId).not.toBe(first.commandId)
    expect(full().proceed(1).answer(2, room).last(2)).toEqual(["StepAnswered hotel", "SagaCompleted"])
  })

  it("is refused when its attempts are used up, and is not undone: what was refused has done nothing", () => {
    const third = full().proceed(1).refuse(1, "full").proceed(3)
    expect(third.send()).toMatchObject({ attempt: 3, payload: { tripId: "t1/2" } })
    expect(third.refuse(3, "full").last(2)).toEqual(["StepRefused hotel", "CompensationBegun start"])
  })

  it("counts failures among its attempts, and sends the same command again after them", () => {
    const failed = full().proceed(1).fail(1).proceed(3)
    expect(failed.send()).toMatchObject({ attempt: 3, commandId: full().proceed(1).send().commandId })
    expect(failed.refuse(3, "full").last(1)).toEqual(["CompensationBegun start"])
    expect(failed.fail(3).last(2)).toEqual(["StepFailed hotel", "CompensationBegun hotel"])
  })

  it("counts only refusals once an outage is over: failures said nothing of what lies behind it", () => {
    const away = begin([patient]).fail(0).proceed(1).fail(1).proceed(3).postpone(3, 60_000).proceed(63)
    expect(away.send().attempt).toBe(3)
    const first = away.refuse(64, "full")
    const second = first.proceed(65).refuse(65, "full")
    expect([first.next()._tag, second.next()._tag]).toEqual(["Wait", "Wait"])
    expect(second.proceed(70).answer(70, room).last(1)).toEqual(["SagaCompleted"])
    expect(second.proceed(70).refuse(70, "full").last(1)).toEqual(["CompensationBegun start"])
  })

  it("counts only refusals behind the pivot, where failures have no limit", () => {
    const forward = Saga.make({ name: "trip", input: Input })
      .pivot()
      .step("hotel", bookHotel, {
        send: ({ at, input }) => ({ _tag: "BookHotel", ...input, occurredAt: at }),
        retry: { attempts: 2 },
        again: () => true
      })
      .end()
    const failed = begin([forward]).fail(0).proceed(1).fail(1).proceed(3).fail(3).proceed(7)
    const refused = failed.refuse(7, "full")
    expect(refused.next()).toMatchObject({ _tag: "Wait", step: "hotel" })
    expect(refused.proceed(60).refuse(60, "full").next()).toMatchObject({ _tag: "Parked", steps: ["hotel"] })
  })

  it("takes a refusal for an answer where the step says so, in each round", () => {
    expect(full().proceed(1).refuse(1, "booked already").last(2)).toEqual(["StepRefused hotel", "SagaCompleted"])
  })

  it("hears nothing more of the command that was refused", () => {
    const { attempt, commandId } = begin([patient]).send()
    for (const run of [full(), full().proceed(1)]) {
      expect(run.tell(0.5, { _tag: "Answer", commandId, answer: room }).history).toEqual(run.history)
      expect(run.tell(0.5, { _tag: "Fail", commandId, attempt, error: "late" }).history).toEqual(run.history)
    }
  })

  it("is undone when somebody cancels while it waits", () => {
    const cancelled = full().tell(0.5, { _tag: "Cancel", reason: "ill" })
    expect(cancelled.last(2)).toEqual(["SagaCancelRequested", "CompensationBegun hotel"])
  })

  it("is undone even when it was refused where it says so", () => {
    const barring = Saga.make({ name: "trip", input: Input })
      .step("hotel", bookHotel, {
        send: ({ at, input }) => ({ _tag: "BookHotel", ...input, occurredAt: at }),
        compensate: Saga.by(cancelHotel, ({ at, input }) => ({ _tag: "CancelHotel", ...input, occurredAt: at })),
        undoneWhenRefused: true
      })
      .end()
    const refused = begin([barring]).refuse(0, "full")
    expect(refused.last(2)).toEqual(["StepRefused hotel", "CompensationBegun hotel"])
    expect(refused.answer(1, room).last(1)).toEqual(["SagaCompensated"])
  })

  it("can be tried again at once by a person while it waits, with all its attempts", () => {
    const again = full().tell(0.5, { _tag: "Retry" })
    expect(again.send()).toMatchObject({ attempt: 1, payload: { tripId: "t1/1" } })
  })
})
