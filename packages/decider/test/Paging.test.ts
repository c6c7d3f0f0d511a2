/** Pages of rows in memory: their order, where they begin, and which cursors they take. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result } from "effect"
import { Base64Url } from "effect/encoding"
import { Paging, Rows, Sorting, Specification } from "../src/index.ts"
import { active, newestFirst, OrderRow, orders, row } from "./OrderRows.ts"

const order = orders.field
const march = (day: number) => DateTime.makeUnsafe({ year: 2026, month: 3, day })
const byTotal = [Sorting.ascending(order("total"))]

const rows = [
  row("d", { total: null, placedAt: march(1) }),
  row("b", { total: 7, placedAt: null }),
  row("a", { total: 7, placedAt: march(2) }),
  row("c", { total: -1, placedAt: march(2) }),
  row("e", { total: null, placedAt: march(3) })
]

const page = (request: Partial<Paging.PageRequest<OrderRow>>, all = rows) =>
  Paging.page(orders, all, { where: Specification.everything, limit: 2, ...request })

const idsOf = (found: Paging.Page<OrderRow>) => found.rows.map(({ id }) => id).join("")

const ruleOf = (result: Result.Result<unknown, Paging.PageRefused>) =>
  Result.match(result, { onFailure: ({ field, rule }) => `${field} ${rule}`, onSuccess: () => "none" })

const pagesBy = (sort: ReadonlyArray<Sorting.SortTerm<OrderRow>>, limit = 2) => {
  const pages: Array<string> = []
  for (let after: string | undefined; ;) {
    const found = Result.getOrThrow(page({ sort, limit, after }))
    pages.push(idsOf(found))
    if (found.next === undefined) return pages
    after = found.next
  }
}

describe("the order of pages", () => {
  it("is by the fields, then by the key in the direction of the last one, and null is last in both directions", () => {
    assert.deepStrictEqual(pagesBy([]), ["ab", "cd", "e"])
    assert.deepStrictEqual(pagesBy(byTotal), ["ca", "bd", "e"])
    assert.deepStrictEqual(pagesBy([Sorting.descending(order("total"))]), ["ba", "ce", "d"])
    assert.deepStrictEqual(pagesBy(newestFirst), ["ec", "ad", "b"])
    assert.deepStrictEqual(pagesBy([...newestFirst, Sorting.ascending(order("id"))]), ["ea", "cd", "b"])
    assert.deepStrictEqual(pagesBy(byTotal, 5), ["cabde"])
  })
})

describe("a page", () => {
  it("begins after the row the page before ended with, though that row is gone and others came", () => {
    const first = Result.getOrThrow(page({ sort: byTotal }))
    assert.strictEqual(idsOf(first), "ca")
    const later = [...rows.filter(({ id }) => id !== "a"), row("A", { total: 7 }), row("aa", { total: 7 })]
    const second = Result.getOrThrow(page({ sort: byTotal, after: first.next }, later))
    assert.strictEqual(second.rows.map(({ id }) => id).join(" "), "aa b")
  })

  it("may have another limit than the one before", () => {
    const first = Result.getOrThrow(page({ sort: byTotal }))
    assert.strictEqual(idsOf(Result.getOrThrow(page({ sort: byTotal, limit: 10, after: first.next }))), "bde")
  })

  it("without rows has no next one", () => {
    assert.deepStrictEqual(Result.getOrThrow(page({}, [])), { rows: [], next: undefined })
  })
})

describe("a request for a page is refused", () => {
  const { next: after } = Result.getOrThrow(page({ sort: byTotal, where: active }))

  it("with a limit that is none", () => {
    for (const limit of [0, -1, 1.5, 1001, Number.NaN]) {
      assert.strictEqual(ruleOf(page({ limit })), "limit whole-number-from-1-to-1000")
    }
  })

  it("with a cursor of other rows, of another sort, or of another specification", () => {
    assert.strictEqual(ruleOf(page({ sort: byTotal, where: active, after })), "none")
    assert.strictEqual(ruleOf(page({ sort: newestFirst, where: active, after })), "after of-this-sort")
    assert.strictEqual(ruleOf(page({ sort: byTotal, after })), "after of-this-specification")
    const others = Rows.make("other orders", OrderRow, { key: ["id"] })
    const asked = { where: active, sort: byTotal, limit: 2, after }
    assert.strictEqual(ruleOf(Paging.page(others, rows, asked)), "after of-these-rows")
  })

  it("with a cursor that is none, or that was changed", () => {
    const changed = (change: (json: string) => string) =>
      Base64Url.encode(change(Result.getOrThrow(Base64Url.decodeString(after ?? ""))))
    const texts = [
      "",
      "%%",
      Base64Url.encode("null"),
      changed((json) => json.slice(1)),
      changed((json) => json.replace('"7"', '"seven"')),
      changed((json) => json.replace('"a"]', "null]")),
      changed((json) => json.replace('"a"]', '"a","b"]')),
      changed((json) => json.replace('"7",', ""))
    ]
    for (const text of texts) {
      assert.strictEqual(ruleOf(page({ sort: byTotal, where: active, after: text })), "after a-cursor", text)
    }
  })

  it("with a value in it that no row can hold", () => {
    const where = Specification.eq(order("note"), "\u0000")
    assert.strictEqual(ruleOf(page({ where })), "note text-that-can-be-stored")
  })
})
