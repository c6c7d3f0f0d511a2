/** What a saga does about what is down: when it counts as down, how long it waits, and when it asks again. */
import { Saga } from "@eventfold/decider"
import { DateTime } from "effect"
import { describe, expect, it } from "vitest"
import { begin, type Run } from "./SagaRun.ts"
import { bookFlight, bookHotel, Input } from "./Trips.ts"

const flight = { number: 1 }

/** A trip whose flight is tried twice, and after that every hour, for a day. */
const patient = Saga.make({ name: "trip", input: Input })
  .step("flight", bookFlight, {
    send: ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at }),
    compensate: Saga.by(bookFlight, ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at })),
    retry: { attempts: 2 },
    outage: { every: "1 hour", exhausted: "waits" }
  })
  .step("hotel", bookHotel, {
    send: ({ at, input }) => ({ _tag: "BookHotel", ...input, occurredAt: at }),
    compensate: Saga.nothing("nobody minds")
  })
  .end()

describe("a step of a saga whose attempts fail", () => {
  it("takes what uses up its attempts for down when it says so: asks seldom, one attempt each, for so long in all", () => {
    const waiting = begin([patient]).fail(0).proceed(1).fail(1)
    expect(waiting.last(1)).toEqual(["StepPostponed flight"])
    const end = 1 + 86_400
    let [run, at] = [waiting, 1]
    while (run.last(1)[0] === "StepPostponed flight") {
      at = Math.min(at + 3_600, end)
      expect(run.next()).toMatchObject({ _tag: "Wait", until: DateTime.makeUnsafe(at * 1_000) })
      run = run.proceed(at)
      expect(run.send().attempt).toBe(2)
      // Whether the time is up or somebody says that it failed.
      run = at % 60 === 1 ? run.proceed(at + 30) : run.fail(at + 30)
      at += 30
    }
    expect(run.last(2)).toEqual(["StepFailed flight", "CompensationBegun flight"])
    expect(at).toBe(end + 30)
    expect(waiting.proceed(3_601).answer(3_602, flight).last(1)).toEqual(["StepBegun hotel"])
  })

  it("waits from the first time on, whatever else fails meanwhile", () => {
    const run = begin().postpone(0, 3_600_000).proceed(3_600).fail(3_600).proceed(3_601)
    const last = run.postpone(3_601, 82_800_000)
    expect(last.next()).toMatchObject({ _tag: "Wait", until: DateTime.makeUnsafe(86_400_000) })
    const given = last.proceed(86_400).postpone(86_400, 1_000)
    expect(given.last(2)).toEqual(["StepFailed flight", "CompensationBegun flight"])
  })

  it("waits as long as it may, and no longer, where that is shorter than the wait between two attempts", () => {
    const short = Saga.make({ name: "trip", input: Input })
      .step("flight", bookFlight, {
        send: ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at }),
        compensate: Saga.nothing("nobody minds"),
        outage: { every: "1 hour", longest: "10 minutes" }
      })
      .end()
    const waiting = begin([short]).postpone(0, 1_000)
    expect(waiting.next()).toMatchObject({ _tag: "Wait", until: DateTime.makeUnsafe(600_000) })
    expect(waiting.proceed(600).answer(601, flight).last(1)).toEqual(["SagaCompleted"])
    expect(waiting.proceed(600).postpone(600, 1_000).last(2)).toEqual(["StepFailed flight", "SagaCompensated"])
  })

  it("looks again soon while another one finds out whether it is back", () => {
    const { attempt, commandId } = begin([patient]).send()
    const probing = { _tag: "Postpone", commandId, attempt, reason: "half-open", retryAfter: 2_000 } as const
    const at = (run: Run) => {
      const next = run.next()
      return next._tag === "Wait" ? next.until.epochMilliseconds : next._tag
    }
    expect(at(begin([patient]).tell(0, probing))).toBe(3_600_000)
    expect(at(begin([patient]).tell(0, { ...probing, isProbed: true }))).toBe(2_000)
  })
})
