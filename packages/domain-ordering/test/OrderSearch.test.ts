/** The search for orders: what finds an order, and what no row of it holds. */
import { assert, describe, it } from "@effect/vitest"
import { Decider, Personal, Projection, Specification } from "@eventfold/decider"
import { Order, OrderSearch } from "@eventfold/domain-ordering"
import { effort, ProjectionSpec } from "@eventfold/testing"
import { DateTime } from "effect"
import { Histories, type History, inStreams, interleaved, orderId, renamed } from "./ManyOrders.ts"
import * as Scenario from "./Scenario.ts"

const { add, after, customerId, draft, place, remove } = Scenario
const options = { arbitrary: { runs: 40 * effort, size: 30 } }
const placed = after(draft, add(1), place).events
const recordedAt = DateTime.makeUnsafe(0)
const stateOf = (history: History) => Decider.fold(Order.Order, history)

describe("the search for orders", () => {
  const hash = (word: string) => `h${Array.from(word, (letter) => letter.charCodeAt(0).toString(16)).join("")}z`
  const search = OrderSearch.make(hash)
  const found = (
    rows: ReadonlyArray<OrderSearch.OrderSearchRow>,
    where: Specification.Specification<OrderSearch.OrderSearchRow>
  ) => rows.filter(Specification.matches(where)).map(({ orderId }) => orderId)
  const rowsAfter = (...histories: ReadonlyArray<History>) => {
    const happened = inStreams(search, ...histories).map(({ category, event, id }, index) => ({
      event,
      recorded: { stream: { tenant: "main", category, id }, version: index + 1, position: index + 1, recordedAt }
    }))
    return Projection.foldBatch(search)(new Map(), happened).changes.flatMap((change) =>
      change._tag === "Upsert" ? [change.row] : []
    )
  }

  it("finds orders by ids, by products that are in them, and by whole words of the address", () => {
    const [first, second] = [
      renamed(after(draft, add(1), add(2), remove(2), place).events, 1),
      renamed(after(draft, add(3)).events, 2, Scenario.otherCustomerId)
    ]
    const rows = rowsAfter(first, second)
    assert.deepStrictEqual(found(rows, OrderSearch.withWords("product 1")), [orderId(1)])
    assert.deepStrictEqual(found(rows, OrderSearch.withWords("product 2")), [])
    assert.deepStrictEqual(found(rows, OrderSearch.withWords("PROD")), [orderId(1), orderId(2)])
    assert.deepStrictEqual(found(rows, OrderSearch.withWords(Scenario.otherCustomerId)), [orderId(2)])
    assert.deepStrictEqual(found(rows, OrderSearch.withAddress(hash, "münster luisenstr")), [orderId(1)])
    assert.deepStrictEqual(found(rows, OrderSearch.withAddress(hash, "mün")), [])
    assert.deepStrictEqual(
      found(
        rows,
        OrderSearch.withAddress((word) => `${hash(word)}x`, "münster")
      ),
      []
    )
  })

  it("holds no word of an address, and no word at all of a forgotten one", () => {
    const [row] = rowsAfter(placed)
    const text = JSON.stringify(row).toLowerCase()
    for (const word of ["toms", "luisenstr", "münster", "44087", "germany"]) assert.notInclude(text, word)
    const forgotten = placed.map((event) =>
      event._tag === "OrderPlaced" ? { ...event, shippingAddress: Personal.redacted(customerId) } : event
    )
    assert.deepStrictEqual(rowsAfter(forgotten)[0]?.addressWords, [])
  })

  it("holds an order back when a hash is not text that can be found", () => {
    ProjectionSpec.given(OrderSearch.make((word) => `${word} ${word}`))
      .when(inStreams(search, placed))
      .thenFailedAt(3)
  })

  it.prop(
    "names the products of each order, for any commands to any orders",
    { histories: Histories },
    ({ histories }) => {
      ProjectionSpec.given(search)
        .when(interleaved(inStreams(search, ...histories)))
        .thenRows(rowsAfter(...histories))
      for (const row of rowsAfter(...histories)) {
        const history = histories.find(([event]) => event?.orderId === row.orderId) ?? []
        const state = stateOf(history)
        const lines = state.status === "none" ? [] : state.lines
        const sorted = (products: ReadonlyArray<{ readonly productId: string }>) =>
          products.map(({ productId }) => productId).toSorted()
        assert.deepStrictEqual(sorted(row.products), sorted(lines))
      }
    },
    options
  )
})
