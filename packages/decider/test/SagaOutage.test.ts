/** What a saga does about what is down: when it counts as down, how long it waits, and when it asks again. */
import { Saga } from "@eventfold/decider"
import { DateTime } from "effect"
import { describe, expect, it } from "vitest"
import { begin, type Run } from "./SagaRun.ts"
import { bookFlight, bookHotel, cancelFlight, cancelHotel, forgetTrip, Input } from "./Trips.ts"

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

  it("looks again as soon as it may once a person has had it tried again, and seldom after that", () => {
    const until = (run: Run) => run.history.at(-1)
    const urged = begin([patient]).postpone(0, 60_000).tell(10, { _tag: "Retry" }).postpone(10, 50_000)
    expect(until(urged)).toMatchObject({ _tag: "StepPostponed", until: DateTime.makeUnsafe(60_000) })
    const again = urged.proceed(60).postpone(60, 60_000)
    expect(until(again)).toMatchObject({ _tag: "StepPostponed", until: DateTime.makeUnsafe(3_660_000) })
  })
})

/** A trip whose hotel is cancelled at what can be down. */
const twice = (longest: "1 hour" | "24 hours") =>
  Saga.make({ name: "trip", input: Input })
    .undo(Saga.by(forgetTrip, ({ at, input }) => ({ _tag: "ForgetTrip", ...input, occurredAt: at })))
    .step("flight", bookFlight, {
      send: ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at }),
      compensate: Saga.by(cancelFlight, ({ at, input }) => ({ _tag: "CancelFlight", ...input, occurredAt: at }))
    })
    .step("hotel", bookHotel, {
      send: ({ at, input }) => ({ _tag: "BookHotel", ...input, occurredAt: at }),
      compensate: Saga.by(cancelHotel, ({ at, input }) => ({ _tag: "CancelHotel", ...input, occurredAt: at }), {
        outage: { every: "1 hour", longest, exhausted: "waits" },
        breaker: "hotels"
      })
    })
    .end()

describe("a compensation that waits for what is down", () => {
  const room = { number: 2 }
  const postponed = (longest: "1 hour" | "24 hours" = "24 hours") =>
    begin([twice(longest)])
      .answer(1, flight)
      .tell(1, { _tag: "Cancel", reason: "ill" })
      .answer(2, room)
      .postpone(3, 60_000)

  it("is passed over while others are to be done, in reverse, and tried again after the last of them", () => {
    const run = postponed()
    expect(run.last(2)).toEqual(["CompensationPostponed hotel", "CompensationBegun flight"])
    const after = run.answer(4, flight).answer(5, flight)
    expect(after.last(4)).toEqual([
      "CompensationDone flight",
      "CompensationBegun start",
      "CompensationDone start",
      "CompensationBegun hotel"
    ])
    expect(after.answer(6, room).next()).toEqual({ _tag: "Ended", status: "compensated" })
    const waiting = after.postpone(6, 60_000)
    expect(waiting.last(1)).toEqual(["CompensationPostponed hotel"])
    expect(waiting.next()).toMatchObject({ _tag: "Wait", step: "hotel", until: DateTime.makeUnsafe(3_606_000) })
    expect(waiting.proceed(3_606).send()).toMatchObject({ step: "hotel", attempt: 1 })
  })

  it("parks the saga when it is given up, counted from its first wait on", () => {
    const waiting = postponed("1 hour").answer(4, flight).answer(5, flight).postpone(6, 60_000)
    expect(waiting.next()).toMatchObject({ _tag: "Wait", until: DateTime.makeUnsafe(3_603_000) })
    const parked = waiting.proceed(3_603).postpone(3_603, 60_000)
    expect(parked.last(2)).toEqual(["CompensationFailed hotel", "SagaParked"])
  })

  it("is passed over, too, while another one waits for an attempt, and is given its turn after that one is given up", () => {
    const run = postponed().fail(4)
    expect(run.next()).toMatchObject({ _tag: "Wait", step: "flight", until: DateTime.makeUnsafe(5_000) })
    const given = run.proceed(5).failForGood(5)
    expect(given.last(2)).toEqual(["CompensationFailed flight", "CompensationBegun start"])
    expect(given.answer(30, flight).last(1)).toEqual(["CompensationBegun hotel"])
  })

  it("waits no longer than the first of several that are down: whoever wakes a saga knows of its last wait", () => {
    const [often, seldom] = (["10 minutes", "1 hour"] as const).map((every) => ({ breaker: "b", outage: { every } }))
    const both = Saga.make({ name: "trip", input: Input })
      .step("flight", bookFlight, {
        send: ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at }),
        compensate: Saga.by(
          cancelFlight,
          ({ at, input }) => ({ _tag: "CancelFlight", ...input, occurredAt: at }),
          seldom
        )
      })
      .step("hotel", bookHotel, {
        send: ({ at, input }) => ({ _tag: "BookHotel", ...input, occurredAt: at }),
        compensate: Saga.by(cancelHotel, ({ at, input }) => ({ _tag: "CancelHotel", ...input, occurredAt: at }), often)
      })
      .end()
    const undoing = begin([both]).answer(1, flight).tell(1, { _tag: "Cancel", reason: "ill" }).answer(2, room)
    const waiting = undoing.postpone(3, 1_000).postpone(4, 1_000)
    expect(waiting.history.at(-1)).toMatchObject({ step: "flight", until: DateTime.makeUnsafe(603_000) })
    const again = waiting.proceed(603)
    expect(again.send().step).toBe("hotel")
    const other = again.postpone(604, 1_000)
    expect(other.send().step).toBe("flight")
    expect(other.answer(605, flight).answer(606, room).last(1)).toEqual(["SagaCompensated"])
  })

  it("can be tried again, or skipped, by a person while another one is under way, whose outcome counts", () => {
    const again = postponed().tell(4, { _tag: "Retry" })
    expect(again.send()).toMatchObject({ step: "flight", action: "compensate" })
    expect(again.answer(5, flight).last(2)).toEqual(["CompensationDone flight", "CompensationBegun hotel"])
    const skipped = postponed().tell(4, { _tag: "Skip", step: "hotel" })
    expect(skipped.answer(5, flight).answer(6, flight).last(1)).toEqual(["SagaCompensated"])
  })
})

describe("a step whose context is away", () => {
  /** When it is asked while nobody is there, until a second, and the run after that. */
  const asked = (begun: Run, until: number) => {
    const times: Array<number> = [0]
    let run = begun.away(0)
    for (let next = run.next(); next._tag === "Wait"; next = run.next()) {
      const at = next.until.epochMilliseconds / 1_000
      if (at > until) break
      times.push(at)
      if (times.length > 1_000) throw new Error("it is asked too often")
      run = run.proceed(at).away(at)
    }
    return { times, run }
  }

  it("is asked again after waits that grow to five minutes, however seldom what lies behind it is asked", () => {
    const growing = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 812, 1_112]
    for (const sagas of [undefined, [patient]]) expect(asked(begin(sagas), 1_200).times).toEqual(growing)
  })

  it("is asked no sooner than somebody says that it may be back, and as often as its outage says where that is more often", () => {
    expect(begin().away(0, 60_000).next()).toMatchObject({ _tag: "Wait", until: DateTime.makeUnsafe(60_000) })
    const often = Saga.make({ name: "trip", input: Input })
      .step("flight", bookFlight, {
        send: ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at }),
        compensate: Saga.nothing("nobody minds"),
        outage: { every: "10 seconds" }
      })
      .end()
    expect(asked(begin([often]), 40).times).toEqual([0, 1, 2, 4, 8, 16, 26, 36])
  })

  it("counts no attempt, and goes on when it is back, with all its attempts", () => {
    const { run } = asked(begin(), 3_600)
    const next = run.next()
    const at = next._tag === "Wait" ? next.until.epochMilliseconds / 1_000 : Number.NaN
    const back = run.proceed(at)
    expect(back.send()).toMatchObject({ attempt: 1, commandId: begin().send().commandId })
    expect(back.answer(at, flight).last(2)).toEqual(["StepAnswered flight", "StepBegun hotel"])
    // Five attempts, as if nothing had been.
    expect(back.failForGood(at).last(2)).toEqual(["StepFailed flight", "CompensationBegun flight"])
    expect(back.failForGood(at).history.filter(({ _tag }) => _tag === "StepFailed")).toHaveLength(5)
  })

  it("is undone at once when it is refused after it is back", () => {
    expect(begin().away(0).proceed(1).refuse(1, "full").last(2)).toEqual([
      "StepRefused flight",
      "CompensationBegun start"
    ])
  })

  it("is given up at the end of its outage, and what it may have done is undone", () => {
    const { run, times } = asked(begin(), 86_399)
    expect(times.at(-1)).toBeLessThan(86_400)
    const ended = run.proceed(86_400).away(86_400)
    expect(ended.last(2)).toEqual(["StepFailed flight", "CompensationBegun flight"])
  })

  it("is waited for without an end behind the pivot", () => {
    const forward = Saga.make({ name: "trip", input: Input })
      .pivot()
      .step("flight", bookFlight, {
        send: ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at }),
        outage: { longest: "1 minute" }
      })
      .end()
    const { run } = asked(begin([forward]), 7_200)
    expect(run.last(1)).toEqual(["StepPostponed flight"])
    const retried = run.tell(7_200, { _tag: "Retry" })
    expect(retried.answer(7_200, flight).last(1)).toEqual(["SagaCompleted"])
  })
})

describe("a compensation whose context is away", () => {
  const undoing = () => begin().answer(0, flight).refuse(0, "full")

  it("is passed over while others are to be done, and done when it is back", () => {
    const run = undoing().away(0)
    expect(run.last(2)).toEqual(["CompensationPostponed flight", "CompensationBegun start"])
    const waiting = run.answer(1, flight).away(1)
    expect(waiting.next()).toMatchObject({ _tag: "Wait", step: "flight", until: DateTime.makeUnsafe(2_000) })
    expect(waiting.proceed(2).answer(2, flight).last(1)).toEqual(["SagaCompensated"])
  })

  it("is parked for a person only at the end of its outage", () => {
    let run = undoing().away(0).answer(0, flight)
    let at = 0
    for (let turn = 0; turn < 1_000 && run.state().status === "active"; turn += 1) {
      const next = run.next()
      if (next._tag === "Wait") at = next.until.epochMilliseconds / 1_000
      run = next._tag === "Send" ? run.away(at) : run.proceed(at)
    }
    expect([at, run.last(2)]).toEqual([86_400, ["CompensationFailed flight", "SagaParked"]])
  })
})
