/** Laws of taking what is due, once, and of putting it back. */
import { Timers } from "@eventfold/processes"
import { DateTime, Effect } from "effect"
import { expectEqual, expectFailure, make } from "../Law.ts"
import { at, claim, list, manager, names, run, schedule, timer } from "./Scenario.ts"

const nextOf = (manager: string, purpose: "timer" | "watch" = "timer") =>
  Effect.flatMap(Timers, (port) =>
    Effect.map(port.next({ purpose, managers: [manager] }), (next) =>
      next === undefined ? undefined : DateTime.formatIso(next)
    )
  )

/** The laws of claiming and putting back. */
export const claiming = [
  make(
    "what is due is claimed once, the earliest first, and nothing before its time",
    Effect.gen(function* () {
      const of = yield* manager
      yield* schedule(timer(of, "late", 30), timer(of, "early", 10), timer(of, "middle", 20), timer(of, "never", 31))
      yield* expectEqual("too early", yield* claim(of, 9), [])
      yield* expectEqual("at the instant", names(yield* claim(of, 10)), ["early"])
      const found = yield* claim(of, 30)
      yield* expectEqual("later", names(found), ["middle", "late"])
      const fresh = { attempts: 0, error: undefined }
      yield* expectEqual("what is told", found[0], { ...timer(of, "middle", 20), tryAt: at(20), ...fresh })
      yield* expectEqual("again", yield* claim(of, 30), [])
      yield* expectEqual("what is left", names(yield* list(of)), ["never"])
    })
  ),

  make(
    "no more is claimed than asked for, and that is the earliest",
    Effect.gen(function* () {
      const of = yield* manager
      yield* schedule(...Array.from({ length: 9 }, (_, index) => timer(of, `t${index}`, 9 - index)))
      yield* expectEqual("the first two", names(yield* claim(of, 100, 2)), ["t8", "t7"])
      yield* expectEqual("the next three", names(yield* claim(of, 100, 3)), ["t6", "t5", "t4"])
    })
  ),

  make(
    "only what is asked for is claimed: of these process managers, for this purpose",
    Effect.gen(function* () {
      const port = yield* Timers
      const [one, two] = [yield* manager, yield* manager]
      yield* schedule(timer(one, "a", 1), timer(two, "b", 1), timer(one, "c", 1, { purpose: "watch" }))
      yield* expectEqual("of none", yield* port.claimDue({ purpose: "timer", managers: [], now: at(9), limit: 9 }), [])
      yield* expectEqual("of one", names(yield* claim(one, 9)), ["a"])
      const both = { managers: [one, two], now: at(9), limit: 9 }
      yield* expectEqual("watches", names(yield* port.claimDue({ ...both, purpose: "watch" })), ["c"])
      yield* expectEqual("of both", names(yield* port.claimDue({ ...both, purpose: "timer" })), ["b"])
    })
  ),

  make(
    "of many who claim at the same moment each timer goes to one",
    Effect.gen(function* () {
      const of = yield* manager
      const all = Array.from({ length: 30 }, (_, index) => timer(of, `t${10 + index}`, index))
      yield* schedule(...all)
      const claims = Array.from({ length: 12 }, () => run(claim(of, 100, 4)))
      const claimed = (yield* Effect.all(claims, { concurrency: "unbounded" })).flat()
      const rest = yield* claim(of, 100)
      yield* expectEqual(
        "what was claimed",
        names([...claimed, ...rest]).toSorted(),
        all.map(({ timer }) => timer)
      )
    })
  ),

  make(
    "what was claimed in a transaction that fails is there again",
    Effect.gen(function* () {
      const of = yield* manager
      yield* schedule(timer(of, "a", 1))
      const work = Effect.gen(function* () {
        yield* expectEqual("what it claims", names(yield* claim(of, 5)), ["a"])
        return yield* Effect.fail("no" as const)
      })
      yield* expectEqual("how it ends", yield* expectFailure("the work", run(work)), "no")
      yield* expectEqual("what the next one claims", names(yield* claim(of, 5)), ["a"])
    })
  ),

  make(
    "a timer that is put back keeps its due time, says why, and is tried at its new time",
    Effect.gen(function* () {
      const port = yield* Timers
      const of = yield* manager
      yield* schedule(timer(of, "a", 1), timer(of, "b", 5))
      const [taken] = yield* claim(of, 1)
      if (taken !== undefined) yield* port.defer(taken, at(60), "no\u0000 answer")
      const back = { ...timer(of, "a", 1), tryAt: at(60), attempts: 1, error: "no  answer" }
      yield* expectEqual("how it stands", (yield* list(of))[0], back)
      yield* expectEqual("before its new time", names(yield* claim(of, 58)), ["b"])
      const again = yield* claim(of, 60)
      yield* expectEqual("at its new time", again, [back])
      yield* Effect.forEach(again, (one) => port.defer(one, at(70), "still none"))
      yield* expectEqual("how often", (yield* list(of))[0]?.attempts, 2)
    })
  ),

  make(
    "a timer that was started while another of its name was away is not put back over",
    Effect.gen(function* () {
      const port = yield* Timers
      const of = yield* manager
      yield* schedule(timer(of, "a", 1))
      const taken = yield* claim(of, 1)
      yield* schedule(timer(of, "a", 90))
      yield* Effect.forEach(taken, (one) => port.defer(one, at(60), "late"))
      yield* expectEqual("how it stands", yield* list(of), [
        { ...timer(of, "a", 90), tryAt: at(90), attempts: 0, error: undefined }
      ])
    })
  ),

  make(
    "the time of the next try is told, of these process managers and for this purpose",
    Effect.gen(function* () {
      const port = yield* Timers
      const of = yield* manager
      yield* expectEqual("of none", yield* nextOf(of), undefined)
      yield* schedule(timer(of, "a", 40), timer(of, "b", 20), timer(of, "c", 10, { purpose: "watch" }))
      yield* expectEqual("of two", yield* nextOf(of), "2026-01-15T12:00:20.000Z")
      yield* expectEqual("of the other purpose", yield* nextOf(of, "watch"), "2026-01-15T12:00:10.000Z")
      yield* Effect.forEach(yield* claim(of, 20), (one) => port.defer(one, at(50), "later"))
      yield* expectEqual("of one put back", yield* nextOf(of), "2026-01-15T12:00:40.000Z")
    })
  )
]
