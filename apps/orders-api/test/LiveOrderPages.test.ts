/** When a live list tells of a page, when that there is none, and when nothing at all. */
import { assert, describe, it } from "@effect/vitest"
import { OrderList } from "@eventfold/domain-ordering"
import { QueryBus, ReadModelFailure } from "@eventfold/event-store"
import { ConsumerProgress, Freshness } from "@eventfold/subscriptions"
import { type Duration, Effect, Layer, Option, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as LiveOrders from "../src/queries/LiveOrders.ts"
import { findOrders } from "../src/queries/OrderQueries.ts"

const question = { _tag: "FindOrders", tenant: "main", limit: 10 } as const

/** A list of nothing that says how many there are elsewhere; undefined: it cannot be read. */
interface List {
  total: number | undefined
  position: number
}

const answering = (list: List) =>
  QueryBus.layer([
    QueryBus.handler(findOrders, () =>
      Effect.gen(function* () {
        const { position, total } = list
        if (total === undefined) return yield* new ReadModelFailure({ readModel: "order_list", cause: "gone" })
        const seen = yield* Freshness.Current
        if (seen !== undefined) Freshness.note(seen, { readModel: "order_list", upToDate: true, position })
        return { rows: [], total }
      })
    )
  ])

/** Lets everybody do what can be done now. */
const settle = Effect.repeat(Effect.yieldNow, { times: 200 })

const pass = (duration: Duration.Input) => Effect.andThen(TestClock.adjust(duration), settle)

/** What a client is told of a list: positions of pages, and `alive`. */
const toldOf = Effect.fnUntraced(function* (after?: number) {
  const told: Array<number | "alive"> = []
  yield* LiveOrders.pages(question, after).pipe(
    Stream.runForEach((one) =>
      Effect.sync(() => told.push(Option.match(one, { onNone: () => "alive", onSome: ({ position }) => position })))
    ),
    Effect.forkChild
  )
  yield* settle
  return told
})

const changed = (title: string) =>
  Effect.andThen(
    Effect.flatMap(ConsumerProgress, (progress) =>
      progress.tell({ consumer: `projection:${title}:1`, title, slice: 0, from: 0, position: 1, changed: [] })
    ),
    settle
  )

const given = <A, E>(list: List, test: Effect.Effect<A, E, ConsumerProgress | QueryBus>) =>
  Effect.provide(test, Layer.merge(ConsumerProgress.layer, answering(list)))

describe("a live list", () => {
  it.effect("is told at once, when this process has changed it, and within a second when another has", () => {
    const list: List = { total: 1, position: 7 }
    return given(
      list,
      Effect.gen(function* () {
        const told = yield* toldOf()
        assert.deepStrictEqual(told, [7])
        Object.assign(list, { total: 2, position: 8 })
        yield* changed("order_detail")
        assert.deepStrictEqual(told, [7])
        yield* changed(OrderList.readModel.name)
        assert.deepStrictEqual(told, [7, 8])
        Object.assign(list, { total: 3, position: 9 })
        yield* pass("1 second")
        assert.deepStrictEqual(told, [7, 8, 9])
        // Something happened that the page does not show.
        Object.assign(list, { position: 10 })
        yield* pass("1 second")
        assert.deepStrictEqual(told, [7, 8, 9])
      })
    )
  })

  it.effect("is said to be alive when nothing was told for 15 seconds, also while it cannot be read", () => {
    const list: List = { total: 1, position: 7 }
    return given(
      list,
      Effect.gen(function* () {
        const told = yield* toldOf()
        yield* pass("14 seconds")
        assert.deepStrictEqual(told, [7])
        yield* pass("1 second")
        assert.deepStrictEqual(told, [7, "alive"])
        list.total = undefined
        yield* pass("15 seconds")
        assert.deepStrictEqual(told, [7, "alive", "alive"])
        Object.assign(list, { total: 2, position: 9 })
        yield* pass("1 second")
        assert.deepStrictEqual(told, [7, "alive", "alive", 9])
      })
    )
  })

  it.effect("begun after a position is told when there is something beyond it", () => {
    const list: List = { total: 1, position: 7 }
    return given(
      list,
      Effect.gen(function* () {
        const told = yield* toldOf(7)
        const older = yield* toldOf(6)
        // Something comes at once in any case: the headers of an answer do not come before its first words.
        assert.deepStrictEqual([told, older], [["alive"], [7]])
        yield* pass("13 seconds")
        assert.deepStrictEqual(told, ["alive"])
        Object.assign(list, { position: 8 })
        yield* pass("1 second")
        assert.deepStrictEqual([told, older], [["alive", 8], [7]])
      })
    )
  })
})
