/** Laws of starting, ending and listing timers. */
import { Timers } from "@eventfold/processes"
import { Effect } from "effect"
import { expectEqual, expectFailure, make } from "../Law.ts"
import { at, list, manager, names, run, schedule, timer } from "./Scenario.ts"

/** The laws of starting, ending and listing. */
export const scheduling = [
  make(
    "a timer that was started is listed as it is; started again it is put to the new time, also in the same call",
    Effect.gen(function* () {
      const of = yield* manager
      const fresh = { attempts: 0, error: undefined }
      yield* schedule(timer(of, "pay", 30))
      yield* expectEqual("the first", yield* list(of), [{ ...timer(of, "pay", 30), tryAt: at(30), ...fresh }])
      yield* schedule(timer(of, "pay", 90))
      yield* expectEqual("put off", yield* list(of), [{ ...timer(of, "pay", 90), tryAt: at(90), ...fresh }])
      yield* schedule(timer(of, "pay", 70), timer(of, "pay", 10))
      yield* expectEqual("put forward", yield* list(of), [{ ...timer(of, "pay", 10), tryAt: at(10), ...fresh }])
    })
  ),

  make(
    "timers are listed by due time, tenant, process and name, byte by byte, and page by page each once",
    Effect.gen(function* () {
      const of = yield* manager
      const first = timer(of, "z", 1)
      const sorted = [
        first,
        timer(of, "B", 2),
        timer(of, "a", 2),
        timer(of, "a-1", 2),
        timer(of, "\uffee", 2),
        timer(of, "\u{1f600}", 2),
        timer(of, "a", 2, { process: "p2" }),
        timer(of, "a", 2, { tenant: "other" }),
        timer(of, "a", 3, { process: "p0" })
      ]
      yield* schedule(...sorted.toReversed())
      const inOrder = sorted.map(({ process, tenant, timer }) => `${tenant} ${process} ${timer}`)
      const shown = (found: ReadonlyArray<{ tenant: string; process: string; timer: string }>) =>
        found.map(({ process, tenant, timer }) => `${tenant} ${process} ${timer}`)
      yield* expectEqual("all of them", shown(yield* list(of)), inOrder)
      const paged: Array<string> = []
      let page = yield* list(of, { limit: 2 })
      while (page.length > 0 && paged.length <= sorted.length) {
        paged.push(...shown(page))
        page = yield* list(of, { limit: 2, after: page.at(-1) })
      }
      yield* expectEqual("page by page", paged, inOrder)
    })
  ),

  make(
    "only what is asked for is listed: by tenant, process, purpose and due time",
    Effect.gen(function* () {
      const of = yield* manager
      yield* schedule(
        timer(of, "a", 10),
        timer(of, "b", 20, { tenant: "other" }),
        timer(of, "c", 30, { process: "p2" }),
        timer(of, "d", 40, { purpose: "watch" })
      )
      yield* expectEqual("of nothing else", names(yield* list(of)), ["a", "b", "c"])
      yield* expectEqual("of a tenant", names(yield* list(of, { tenant: "other" })), ["b"])
      yield* expectEqual("of a process", names(yield* list(of, { process: "p2" })), ["c"])
      yield* expectEqual("of the other purpose", names(yield* list(of, { purpose: "watch" })), ["d"])
      yield* expectEqual("due before", names(yield* list(of, { dueBefore: at(30) })), ["a", "b"])
    })
  ),

  make(
    "a timer that is cancelled is gone, and who cancels is told how many there were",
    Effect.gen(function* () {
      const port = yield* Timers
      const of = yield* manager
      yield* schedule(timer(of, "a", 1), timer(of, "b", 1), timer(of, "b", 1, { purpose: "watch" }))
      yield* expectEqual("how many", yield* port.cancel([timer(of, "b", 9), timer(of, "none", 1)]), 1)
      yield* expectEqual("what is left", names(yield* list(of)), ["a"])
      yield* expectEqual("what else is left", names(yield* list(of, { purpose: "watch" })), ["b"])
      yield* expectEqual("how many again", yield* port.cancel([timer(of, "b", 1)]), 0)
      yield* expectEqual("how many of none", yield* port.cancel([]), 0)
    })
  ),

  make(
    "all timers of a process end together, whatever they are for, and no others",
    Effect.gen(function* () {
      const port = yield* Timers
      const of = yield* manager
      const gone = [timer(of, "a", 1), timer(of, "b", 2), timer(of, "c", 1, { purpose: "watch" })]
      yield* schedule(...gone, timer(of, "a", 1, { process: "p2" }), timer(of, "a", 2, { tenant: "other" }))
      const process = { tenant: "acme", manager: of, process: "p1" }
      yield* expectEqual("how many", yield* port.cancelAll(process), 3)
      const left = (yield* list(of)).map(({ process, tenant }) => `${tenant} ${process}`)
      yield* expectEqual("what is left", left, ["acme p2", "other p1"])
      yield* expectEqual("what is watched", yield* list(of, { purpose: "watch" }), [])
    })
  ),

  make(
    "a transaction that fails starts and ends nothing",
    Effect.gen(function* () {
      const port = yield* Timers
      const of = yield* manager
      yield* schedule(timer(of, "a", 1), timer(of, "b", 1, { process: "p2" }))
      const work = Effect.gen(function* () {
        yield* port.cancel([timer(of, "a", 1)])
        yield* port.cancelAll({ tenant: "acme", manager: of, process: "p2" })
        yield* schedule(timer(of, "c", 1))
        yield* expectEqual("what it sees itself", names(yield* list(of)), ["c"])
        return yield* Effect.fail("no" as const)
      })
      yield* expectEqual("how it ends", yield* expectFailure("the work", run(work)), "no")
      yield* expectEqual("what there is", names(yield* list(of)), ["a", "b"])
    })
  ),

  make(
    "a name that not every store keeps is refused, and nothing is started",
    Effect.gen(function* () {
      const of = yield* manager
      for (const name of ["", "a\u0000b", "\ud800", "x".repeat(129)]) {
        const refused = yield* expectFailure(
          `starting ${JSON.stringify(name)}`,
          schedule(timer(of, "a", 1), timer(of, name, 1))
        )
        yield* expectEqual("whether trying again helps", refused.retryable, false)
      }
      yield* expectEqual("what there is", yield* list(of), [])
      yield* schedule(timer(of, "x".repeat(128), 1))
    })
  )
]
