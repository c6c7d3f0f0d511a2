/** Laws of noting letters, of what becomes of them, and of transactions. */
import { DeadLetters, type NewLetter } from "@eventfold/subscriptions"
import { Effect, Option } from "effect"
import { expect, expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { by, expectListed, letter, park, parkAt, positionsOf, run, waiting } = Scenario

/** A consumer and a tenant of its own. */
const place = Effect.all({ consumer: Scenario.consumer, tenant: Scenario.tenant })

/** What was said of a letter when it was noted, of what is kept of it. */
const saidOf = Option.map(
  ({ attempts: _, discarded: __, notedAt: ___, triedAt: ____, ...said }: NewLetter & Kept) => said
)

interface Kept {
  readonly attempts: unknown
  readonly discarded: unknown
  readonly notedAt: unknown
  readonly triedAt: unknown
}

/** The laws of letters one by one. */
export const noting = [
  make(
    "a letter comes back as it was noted, and nothing comes back where none was",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const odd = { tenant: of.tenant, category: "order", id: 'it\'s "odd" \\ \n\u{1f600}' }
      const failed = yield* letter({
        ...of,
        position: 7,
        partition: 'customer:it\'s "odd" \\ \n\u{1f600}',
        stream: odd
      })
      const transient = { kind: "transient", name: "", message: "", stack: "" } as const
      const other = yield* letter({ ...of, position: Number.MAX_SAFE_INTEGER, failure: transient })
      const behind = yield* waiting({ ...of, position: 8 })
      yield* park([failed, other, behind])
      yield* park([])
      for (const one of [failed, other, behind]) {
        yield* expectEqual("what is kept", saidOf(yield* port.find(of.consumer, one.position)), Option.some(one))
      }
      yield* expectEqual("at another position", yield* port.find(of.consumer, 9), Option.none())
      yield* expectEqual("of another consumer", yield* port.find(yield* Scenario.consumer, 7), Option.none())
    })
  ),

  make(
    "a letter that failed has been tried once, one that waits never",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      yield* park([yield* letter({ ...of, position: 1 }), yield* waiting({ ...of, position: 2 })])
      const [failed, behind] = yield* port.list({ ...of, limit: 10 })
      yield* expectEqual("the attempts of the one that failed", failed?.attempts, 1)
      yield* expect(failed?.triedAt !== undefined, "it is known when it was tried")
      yield* expectEqual("the attempts of the one that waits", behind?.attempts, 0)
      yield* expectEqual("when it was tried", behind?.triedAt, undefined)
      yield* expectEqual("whether one of them is discarded", failed?.discarded ?? behind?.discarded, undefined)
    })
  ),

  make(
    "a letter that fails again says why it failed last, and counts how often it was tried",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const first = yield* waiting({ ...of, position: 1 })
      yield* park([first])
      const noted = Option.map(yield* port.find(of.consumer, 1), ({ notedAt }) => notedAt)
      for (const attempts of [1, 2, 3]) {
        const again = { ...first, failure: { ...Scenario.failure, name: `attempt ${attempts}` } }
        yield* park([again])
        const found = yield* port.find(of.consumer, 1)
        yield* expectEqual("what is kept", saidOf(found), Option.some(again))
        yield* expectEqual(
          "the attempts",
          Option.map(found, (one) => one.attempts),
          Option.some(attempts)
        )
        yield* expectEqual(
          "when it was noted",
          Option.map(found, ({ notedAt }) => notedAt),
          noted
        )
        yield* expect(
          Option.exists(found, ({ triedAt }) => triedAt !== undefined),
          "it is known when it was tried last"
        )
      }
      yield* expectListed("the letters", { consumer: of.consumer }, [1])
    })
  ),

  make(
    "noting an event again that waits changes nothing",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const failed = yield* letter({ ...of, position: 1 })
      yield* park([failed])
      const before = yield* port.find(of.consumer, 1)
      yield* park([{ ...failed, failure: undefined }, yield* waiting({ ...of, position: 2 })])
      yield* expectEqual("the letter", yield* port.find(of.consumer, 1), before)
      yield* expectListed("the letters", { consumer: of.consumer }, [1, 2])
    })
  ),

  make(
    "a letter is discarded once: it says who did it and why, and stays so when it is noted again",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const [failed] = yield* parkAt([4], of)
      yield* expectEqual("whether it was", yield* port.discard(of.consumer, 4, by), true)
      const found = yield* port.find(of.consumer, 4)
      yield* expectEqual("what is said of it", saidOf(found), Option.fromUndefinedOr(failed))
      const discarding = Option.getOrUndefined(found)?.discarded
      yield* expectEqual("who did it", discarding?.by, by.by)
      yield* expectEqual("why", discarding?.reason, by.reason)
      const again = { by: "user-8", reason: "again" }
      yield* expectEqual("whether it was again", yield* port.discard(of.consumer, 4, again), false)
      yield* expectEqual("whether one that is not there was", yield* port.discard(of.consumer, 5, by), false)
      yield* park(failed === undefined ? [] : [failed])
      yield* expectEqual("the letter", yield* port.find(of.consumer, 4), found)
    })
  ),

  make(
    "letters that are resolved are gone, whether they failed, waited or were discarded, and the others stay",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const other = { ...of, consumer: yield* Scenario.consumer }
      yield* parkAt([1, 2, 3, 4], of)
      yield* parkAt([1, 2], other)
      yield* park([yield* waiting({ ...of, position: 5 })])
      yield* port.discard(of.consumer, 2, by)
      yield* port.resolve(of.consumer, [2, 5, 1, 99])
      yield* port.resolve(of.consumer, [])
      yield* expectListed("those left", { consumer: of.consumer }, [3, 4])
      yield* expectListed("those discarded", { consumer: of.consumer, state: "discarded" }, [])
      yield* expectListed("those of another consumer", { consumer: other.consumer }, [1, 2])
    })
  ),

  make(
    "when the letters of a consumer are removed, those of the others stay",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const other = { ...of, consumer: yield* Scenario.consumer }
      yield* parkAt([1, 2], of)
      yield* parkAt([1, 2], other)
      yield* port.discard(of.consumer, 1, by)
      yield* port.removeAll(of.consumer)
      yield* expectListed("those of the one", { consumer: of.consumer }, [])
      yield* expectListed("those discarded", { consumer: of.consumer, state: "discarded" }, [])
      yield* expectListed("those of the other", { consumer: other.consumer }, [1, 2])
    })
  ),

  make(
    "a transaction that fails changes no letter, and one that succeeds changes them all",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const gone = { ...of, consumer: yield* Scenario.consumer }
      yield* parkAt([1, 2, 3], of)
      yield* parkAt([1], gone)
      const [again, added] = [yield* letter({ ...of, position: 1 }), yield* letter({ ...of, position: 4 })]
      const all = Effect.flatMap(port.list({ tenant: of.tenant, limit: 10 }), (open) =>
        Effect.map(port.list({ tenant: of.tenant, state: "discarded", limit: 10 }), (discarded) => [open, discarded])
      )
      const before = yield* all
      const body = Effect.gen(function* () {
        yield* park([again, added])
        yield* port.discard(of.consumer, 2, by)
        yield* port.resolve(of.consumer, [3])
        yield* port.removeAll(gone.consumer)
      })
      yield* Effect.exit(run(Effect.andThen(body, Effect.fail("no"))))
      yield* expectEqual("the letters after it failed", yield* all, before)
      yield* run(body)
      const after = yield* all
      yield* expectEqual("the letters after it succeeded", after.map(positionsOf), [[1, 4], [2]])
      yield* expectEqual(
        "the attempts",
        after[0]?.map(({ attempts }) => attempts),
        [2, 1]
      )
    })
  )
]
