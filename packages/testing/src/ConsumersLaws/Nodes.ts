/** Laws of nodes: who is there, for how long, and for whom they would work. */
import { Consumers } from "@eventfold/subscriptions"
import { DateTime, Effect } from "effect"
import { expect, expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

/** A node says that it is there; answers those of the law's own nodes that are. */
const attending = Effect.fnUntraced(function* (
  prefix: string,
  end: string,
  hosts: ReadonlyArray<string>,
  seconds: number = 3600
) {
  const { nodes } = yield* (yield* Consumers).attend(`${prefix} ${end}`, hosts, `${seconds} seconds`)
  return nodes.flatMap(({ hosts, node }) =>
    node.startsWith(`${prefix} `) ? [{ node: node.slice(prefix.length + 1), hosts }] : []
  )
})

/** The laws. */
export const nodes = [
  make(
    "nodes that are there are told by name, each with what it said last, whoever asks among them",
    Effect.gen(function* () {
      const prefix = yield* Scenario.name
      yield* expectEqual("the first alone", yield* attending(prefix, "b", ["one", "two"]), [
        { node: "b", hosts: ["one", "two"] }
      ])
      yield* attending(prefix, "B", [])
      yield* expectEqual("all of them", yield* attending(prefix, "a", ['with "quotes", {and} \\ more']), [
        { node: "B", hosts: [] },
        { node: "a", hosts: ['with "quotes", {and} \\ more'] },
        { node: "b", hosts: ["one", "two"] }
      ])
      yield* expectEqual("the first once it has changed", (yield* attending(prefix, "b", ["three"])).at(-1), {
        node: "b",
        hosts: ["three"]
      })
    })
  ),

  make(
    "a node that has left is there no more, nor is one whose time is up; both can come again",
    Effect.gen(function* () {
      const port = yield* Consumers
      const prefix = yield* Scenario.name
      const namesOf = (found: ReadonlyArray<{ readonly node: string }>) => found.map(({ node }) => node)
      yield* attending(prefix, "a", ["one"])
      yield* attending(prefix, "late", ["one"], 0)
      yield* expectEqual("those who are there", namesOf(yield* attending(prefix, "b", ["one"])), ["a", "b"])
      yield* port.depart(`${prefix} a`)
      yield* port.depart(`${prefix} nobody`)
      yield* expectEqual("those who are left", namesOf(yield* attending(prefix, "b", ["one"])), ["b"])
      yield* attending(prefix, "late", ["one"])
      yield* expectEqual("those who came again", namesOf(yield* attending(prefix, "a", ["one"])), ["a", "b", "late"])
    })
  ),

  make(
    "a node is told what time it is for the store, by which leases end",
    Effect.gen(function* () {
      const port = yield* Consumers
      const prefix = yield* Scenario.name
      const [ended, running] = [yield* Scenario.leased("one", 0), yield* Scenario.leased("one", "1 hour")]
      const { now } = yield* port.attend(`${prefix} a`, [], "1 hour")
      const untilOf = Effect.fnUntraced(function* (consumer: string) {
        const [state] = yield* Scenario.states(consumer)
        return state?.leasedUntil ?? DateTime.makeUnsafe(Number.NaN)
      })
      yield* expect(
        DateTime.isLessThanOrEqualTo(yield* untilOf(ended.consumer), now),
        "a lease of no time must be over"
      )
      yield* expect(DateTime.isGreaterThan(yield* untilOf(running.consumer), now), "a lease of an hour must run")
    })
  )
]
