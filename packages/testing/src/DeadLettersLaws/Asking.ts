/** Laws of what is asked about letters: which partitions are held, what blocks a reader, lists and counts. */
import { DeadLetters } from "@eventfold/subscriptions"
import { Effect, Option } from "effect"
import { expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

const { by, expectListed, letter, park, parkAt, positionsOf, waiting } = Scenario

const place = Effect.all({ consumer: Scenario.consumer, tenant: Scenario.tenant })

const held = (tenant: string, partition: string) => ({ tenant, partition })

/** The laws of held partitions. */
export const holding = [
  make(
    "a consumer has letters as long as one of them is not discarded",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const any = port.any(of.consumer)
      yield* expectEqual("before there is one", yield* any, false)
      yield* parkAt([1], of)
      yield* park([yield* waiting({ ...of, position: 2 })])
      yield* expectEqual("with two", yield* any, true)
      yield* port.discard(of.consumer, 1, by)
      yield* expectEqual("with one that waits, and one discarded", yield* any, true)
      yield* port.resolve(of.consumer, [2])
      yield* expectEqual("with one discarded", yield* any, false)
      yield* expectEqual("of another consumer", yield* port.any(yield* Scenario.consumer), false)
    })
  ),

  make(
    "a partition is held by any letter that is not discarded, for its own consumer and in its own tenant only",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const elsewhere = yield* Scenario.tenant
      yield* parkAt([1, 2], { ...of, partition: "failed" })
      yield* park([yield* waiting({ ...of, position: 3, partition: "waiting" })])
      yield* parkAt([4], { ...of, partition: "discarded" })
      yield* port.discard(of.consumer, 4, by)
      const names = ["discarded", "waiting", "none", "failed", "failed"]
      const asked = [...names.map((name) => held(of.tenant, name)), held(elsewhere, "failed")]
      const found = yield* port.heldOf(of.consumer, asked)
      const byName = found.toSorted((a, b) => (a.partition < b.partition ? -1 : 1))
      yield* expectEqual("those held", byName, [held(of.tenant, "failed"), held(of.tenant, "waiting")])
      yield* expectEqual("for another consumer", yield* port.heldOf(yield* Scenario.consumer, asked), [])
      yield* expectEqual("of none", yield* port.heldOf(of.consumer, []), [])
    })
  ),

  make(
    "held partitions are listed by their first letter that is not discarded",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const elsewhere = yield* Scenario.tenant
      yield* parkAt([5, 2], { ...of, partition: "b" })
      yield* parkAt([3, 9], { ...of, partition: "a" })
      yield* parkAt([4], { ...of, tenant: elsewhere, partition: "a" })
      yield* parkAt([1], { ...of, partition: "c" })
      yield* port.discard(of.consumer, 1, by)
      yield* port.discard(of.consumer, 2, by)
      const expected = [
        { ...held(of.tenant, "a"), position: 3 },
        { ...held(elsewhere, "a"), position: 4 },
        { ...held(of.tenant, "b"), position: 5 }
      ]
      yield* expectEqual("those held", yield* port.held(of.consumer, 10), expected)
      yield* expectEqual("the first two", yield* port.held(of.consumer, 2), expected.slice(0, 2))
    })
  ),

  make(
    "the queue of a partition has its letters that are not discarded, in order, page by page",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      yield* parkAt([10, 9, 2], of)
      yield* park([yield* waiting({ ...of, position: 11 }), yield* waiting({ ...of, position: 100 })])
      yield* parkAt([3], { ...of, partition: "other" })
      yield* parkAt([4], { ...of, tenant: yield* Scenario.tenant })
      yield* parkAt([5], { ...of, consumer: yield* Scenario.consumer })
      yield* port.discard(of.consumer, 9, by)
      const page = (after: number, limit: number) =>
        Effect.map(port.queue(of.consumer, held(of.tenant, "order-1"), { after, limit }), positionsOf)
      yield* expectEqual("the whole queue", yield* page(0, 10), [2, 10, 11, 100])
      yield* expectEqual("the first two", yield* page(0, 2), [2, 10])
      yield* expectEqual("those behind", yield* page(10, 2), [11, 100])
      yield* expectEqual("behind the last one", yield* page(100, 2), [])
    })
  ),

  make(
    "a reader is blocked by the first letter of its streams that is not discarded, up to where it wants to be",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const stream = (id: string) => ({ tenant: of.tenant, category: "order", id })
      yield* parkAt([8, 5, 3], { ...of, stream: stream("a") })
      yield* parkAt([4], { ...of, stream: stream("b") })
      yield* park([yield* waiting({ ...of, position: 2, stream: stream("c") })])
      yield* parkAt([1], { ...of, stream: { ...stream("a"), category: "account" } })
      yield* parkAt([1], { ...of, consumer: yield* Scenario.consumer, stream: stream("a") })
      yield* port.discard(of.consumer, 3, by)
      const blocking = (ids: ReadonlyArray<string>, upTo: number) =>
        Effect.map(
          port.blocking(of.consumer, ids.map(stream), upTo),
          Option.map(({ position }) => position)
        )
      yield* expectEqual("of one stream", yield* blocking(["a"], 100), Option.some(5))
      yield* expectEqual("of two", yield* blocking(["a", "b"], 100), Option.some(4))
      yield* expectEqual("just there", yield* blocking(["a"], 5), Option.some(5))
      yield* expectEqual("before it", yield* blocking(["a"], 4), Option.none())
      yield* expectEqual("by one that waits", yield* blocking(["c"], 2), Option.some(2))
      yield* expectEqual("of a stream without letters", yield* blocking(["d"], 100), Option.none())
      yield* expectEqual("of no stream", yield* blocking([], 100), Option.none())
    })
  )
]

/** The laws of lists and counts. */
export const listing = [
  make(
    "letters are listed by position, then by consumer; which ones can be kept to a consumer, a tenant and a partition",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const other = { ...of, consumer: `${of.consumer}\u{1f600}` }
      const another = { ...of, consumer: `${of.consumer}\uffee` }
      yield* parkAt([10, 9], of)
      for (const place of [other, another]) yield* parkAt([9], { ...place, partition: "b" })
      yield* parkAt([9], { ...of, consumer: yield* Scenario.consumer, tenant: yield* Scenario.tenant })
      const all = yield* port.list({ tenant: of.tenant, limit: 10 })
      yield* expectEqual(
        "those of the tenant",
        all.map(({ consumer, position }) => [position, consumer] as const),
        [
          [9, of.consumer],
          [9, another.consumer],
          [9, other.consumer],
          [10, of.consumer]
        ]
      )
      yield* expectListed("those of a consumer", { consumer: of.consumer }, [9, 10])
      yield* expectListed("those of a partition", { tenant: of.tenant, partition: "b" }, [9, 9])
      yield* expectListed("of both", { tenant: of.tenant, partition: "b", consumer: other.consumer }, [9])
    })
  ),

  make(
    "a list has the letters of one state, or all that are not discarded",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      yield* parkAt([1, 2], of)
      yield* park([yield* waiting({ ...of, position: 3 }), yield* waiting({ ...of, position: 4 })])
      for (const position of [2, 4]) yield* port.discard(of.consumer, position, by)
      yield* expectListed("those failed", { consumer: of.consumer, state: "failed" }, [1])
      yield* expectListed("those waiting", { consumer: of.consumer, state: "waiting" }, [3])
      yield* expectListed("those discarded", { consumer: of.consumer, state: "discarded" }, [2, 4])
      yield* expectListed("all others", { consumer: of.consumer }, [1, 3])
    })
  ),

  make(
    "pages of a list follow one another, with every letter once, also where positions are equal",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const consumers = ["b", "a", "c"].map((end) => `${of.consumer}-${end}`)
      for (const consumer of consumers) yield* parkAt([1, 2, 3], { ...of, consumer })
      const seen: Array<string> = []
      let after: { readonly position: number; readonly consumer: string } | undefined
      for (let pages = 0; pages < 6; pages++) {
        const from = after === undefined ? {} : { after }
        const page = yield* port.list({ tenant: of.tenant, limit: 2, ...from })
        seen.push(...page.map(({ consumer, position }) => `${position} ${consumer}`))
        after = page.at(-1) ?? after
      }
      const expected = [1, 2, 3].flatMap((position) => consumers.map((name) => `${position} ${name}`).toSorted())
      yield* expectEqual("the letters", seen, expected)
    })
  ),

  make(
    "letters are counted per consumer and state; a consumer without letters is not counted",
    Effect.gen(function* () {
      const port = yield* DeadLetters
      const of = yield* place
      const [first, second, third] = ["a", "b", "c"].map((end) => `${of.consumer}-${end}`)
      if (first === undefined || second === undefined || third === undefined) return
      yield* parkAt([1], { ...of, consumer: third })
      yield* port.resolve(third, [1])
      yield* parkAt([1], { ...of, consumer: second })
      yield* port.discard(second, 1, by)
      yield* parkAt([1, 2, 3, 4, 5, 6], { ...of, consumer: first })
      yield* park(
        yield* Effect.forEach([7, 8, 9], (position) => letter({ ...of, consumer: first, position, failure: undefined }))
      )
      yield* port.discard(first, 1, by)
      yield* port.discard(first, 9, by)
      const counts = (yield* port.counts).filter(({ consumer }) => consumer.startsWith(of.consumer))
      yield* expectEqual("the counts", counts, [
        { consumer: first, failed: 5, waiting: 2, discarded: 2 },
        { consumer: second, failed: 0, waiting: 0, discarded: 1 }
      ])
    })
  )
]
