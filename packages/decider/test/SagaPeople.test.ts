/** What people can do about a saga: have it tried again, skip a step, end it. */
import { Saga } from "@eventfold/decider"
import { describe, expect, it } from "vitest"
import { begin } from "./SagaRun.ts"

const flight = { number: 1 }
const booked = () => begin().answer(1, flight).answer(2, { number: 2 })

describe("a person", () => {
  const parked = () => begin().answer(1, flight).refuse(2, "full").failForGood(3).answer(20, flight)

  it("has what failed tried again, under the same id because it may have taken effect", () => {
    const first = begin().answer(1, flight).refuse(2, "full").send().commandId
    const again = parked().tell(60, { _tag: "Retry" })
    expect(again.send()).toMatchObject({ step: "flight", action: "compensate", attempt: 1, commandId: first })
    expect(again.answer(61, flight).next()).toEqual({ _tag: "Ended", status: "compensated" })
  })

  it("has what was refused tried again, under another id because a refusal is remembered", () => {
    const refused = booked().refuse(3, "no paper")
    expect(refused.next()).toMatchObject({ _tag: "Parked", steps: ["ticket"] })
    const again = refused.tell(60, { _tag: "Retry" })
    expect(again.send().commandId).not.toBe(booked().send().commandId)
    expect(again.send().payload).toMatchObject({ occurredAt: "1970-01-01T00:01:00.000Z" })
    expect(again.answer(61, null).next()).toEqual({ _tag: "Ended", status: "completed" })
  })

  it("has nothing tried again while nothing waits or was given up, and is told so", () => {
    const undoing = begin().answer(1, flight).refuse(2, "full")
    for (const busy of [begin(), begin().fail(1).proceed(2), booked(), undoing, undoing.failForGood(3)]) {
      expect(busy.refusal({ _tag: "Retry" })).toBeInstanceOf(Saga.SagaNotStuck)
    }
    const waiting = begin().fail(1)
    expect(waiting.tell(1.5, { _tag: "Retry" }).last(2)).toEqual(["SagaRetried", "StepBegun flight"])
  })

  it("skips what was dealt with by other means, and answers for a step that is skipped", () => {
    expect(parked().tell(60, { _tag: "Skip", step: "flight" }).last(2)).toEqual([
      "StepSkipped flight",
      "SagaCompensated"
    ])
    expect(parked().refusal({ _tag: "Skip", step: "hotel" })).toBeInstanceOf(Saga.StepNotStuck)
    const refused = booked().refuse(3, "no paper")
    expect(refused.refusal({ _tag: "Skip", step: "ticket", answer: 7 })).toBeInstanceOf(Saga.AnswerNeeded)
    expect(refused.refusal({ _tag: "Skip", step: "ticket" })).toBeInstanceOf(Saga.AnswerNeeded)
    expect(refused.tell(60, { _tag: "Skip", step: "ticket", answer: null }).last(1)).toEqual(["SagaCompleted"])
  })

  it("ends it where it stands, once", () => {
    const run = parked().tell(60, { _tag: "Abandon" })
    expect(run.next()).toEqual({ _tag: "Ended", status: "abandoned" })
    expect(run.refusal({ _tag: "Abandon" })).toBeInstanceOf(Saga.SagaEnded)
    expect(run.proceed(61).history).toEqual(run.history)
  })
})
