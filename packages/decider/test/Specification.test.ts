/** Specifications as predicates: what they want, what null means to them, and how they are put together. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result, Schema } from "effect"
import { Rows, SearchTokens, Specification } from "../src/index.ts"
import { active, activeOf, highValue, type OrderRow, orders, pending, recentOf, row } from "./OrderRows.ts"

const order = orders.field
const march = (day: number) => DateTime.makeUnsafe({ year: 2026, month: 3, day })
const wanted = (specification: Specification.Specification<OrderRow>, rows: ReadonlyArray<OrderRow>) =>
  rows.filter(Specification.matches(specification)).map(({ id }) => id)

describe("specifications of orders, put together", () => {
  const rows = [
    row("1", { status: "draft", placedAt: null, total: null }),
    row("2", { status: "placed", placedAt: march(1), total: 100_000 }),
    row("3", { status: "shipped", placedAt: march(3), total: 99_999 }),
    row("4", { status: "delivered", placedAt: march(4), total: 250_000 }),
    row("5", { status: "cancelled", placedAt: march(5) }),
    row("6", { status: "placed", placedAt: march(6), customer: "grace" })
  ]

  it("find active orders, and those of a customer", () => {
    assert.deepStrictEqual(wanted(active, rows), ["1", "2", "3", "6"])
    assert.deepStrictEqual(wanted(activeOf("ada"), rows), ["1", "2", "3"])
  })

  it("find pending orders", () => assert.deepStrictEqual(wanted(pending, rows), ["1", "2", "6"]))

  it("find orders of high value, and active ones among them", () => {
    assert.deepStrictEqual(wanted(highValue, rows), ["2", "4"])
    assert.deepStrictEqual(wanted(Specification.and(highValue, active), rows), ["2"])
  })

  it("find recent orders of a customer", () => {
    assert.deepStrictEqual(wanted(recentOf("ada", march(3)), rows), ["3", "4", "5"])
  })

  it("find all of them, or none", () => {
    assert.deepStrictEqual(wanted(Specification.everything, rows).length, 6)
    assert.deepStrictEqual(wanted(Specification.and(), rows).length, 6)
    assert.deepStrictEqual(wanted(Specification.nothing, rows), [])
    assert.deepStrictEqual(wanted(Specification.or(), rows), [])
    assert.deepStrictEqual(wanted(Specification.oneOf(order("status"), []), rows), [])
  })
})

describe("null", () => {
  const [empty, full] = [row("empty", { total: null }), row("full", { total: 1, note: "a" })]
  const total = order("total")

  it("fulfils no comparison, and fulfils the denial of each", () => {
    for (const compared of [Specification.eq(total, 1), Specification.lte(total, 1), Specification.oneOf(total, [1])]) {
      assert.deepStrictEqual(wanted(compared, [empty, full]), ["full"])
      assert.deepStrictEqual(wanted(Specification.not(compared), [empty, full]), ["empty"])
    }
    assert.deepStrictEqual(wanted(Specification.ne(total, 2), [empty, full]), ["empty", "full"])
  })

  it("is asked for by name, and is what an absent field is", () => {
    assert.deepStrictEqual(wanted(Specification.isNull(total), [empty, full]), ["empty"])
    assert.deepStrictEqual(wanted(Specification.isNotNull(total), [empty, full]), ["full"])
    const express = row("express", { express: false })
    assert.deepStrictEqual(wanted(Specification.isNull(order("express")), [empty, express]), ["empty"])
    assert.isTrue(orders.fields.get("express")?.nullable)
  })

  it("has no text in it, not even the empty one", () => {
    assert.deepStrictEqual(wanted(Specification.contains(order("note"), ""), [empty, full]), ["full"])
  })
})

describe("values", () => {
  const having = (text: string) => row(text, { note: text })
  const note = order("note")

  it("of text are ordered by code point, not by UTF-16 unit", () => {
    const rows = ["", "B", "a", "ä", "\ue000", "\uffff", "\u{10000}", "😀"].map(having)
    for (const [index, { id }] of rows.entries()) {
      assert.deepStrictEqual(
        wanted(Specification.gt(note, id), rows),
        rows.slice(index + 1).map((later) => later.id)
      )
    }
  })

  it("of numbers are ordered with NaN last and one zero", () => {
    const Measured = Rows.make("measured", Schema.Struct({ id: Schema.String, size: Schema.Finite }), { key: ["id"] })
    const size = Measured.field("size")
    const sizeOf = (value: number) => ({ id: "", size: value })
    assert.isTrue(Specification.matches(Specification.eq(size, 0))(sizeOf(-0)))
    assert.isTrue(Specification.matches(Specification.eq(size, Number.NaN))(sizeOf(Number.NaN)))
    assert.isTrue(Specification.matches(Specification.gt(size, Infinity))(sizeOf(Number.NaN)))
    assert.isFalse(Specification.matches(Specification.lt(size, 1))(sizeOf(Number.NaN)))
  })

  it("of text contain signs as they are, in any case when asked for", () => {
    const rows = ["100%", "a_b", "a\\b", "Ä𐐀ß", "STRASSE", "ΟΔΟΣ"].map(having)
    const containing = (text: string, ignoreCase = false) =>
      wanted(Specification.contains(note, text, { ignoreCase }), rows)
    assert.deepStrictEqual(containing("%"), ["100%"])
    assert.deepStrictEqual(containing("_"), ["a_b"])
    assert.deepStrictEqual(containing("\\"), ["a\\b"])
    assert.deepStrictEqual(containing("ä𐐨"), [])
    assert.deepStrictEqual(containing("ä𐐨", true), ["Ä𐐀ß"])
    assert.deepStrictEqual(containing("straße", true), [])
    assert.deepStrictEqual(containing("οδοσ", true), ["ΟΔΟΣ"])
  })

  it("no row can hold are refused, with the field and the rule", () => {
    const refusal = (specification: Specification.Specification<OrderRow>) =>
      Result.match(Specification.check(specification), {
        onFailure: ({ field, rule }) => `${field} ${rule}`,
        onSuccess: () => "none"
      })
    const deep = (part: Specification.Specification<OrderRow>) => Specification.or(active, Specification.not(part))
    assert.strictEqual(refusal(deep(Specification.eq(note, "a\u0000"))), "note text-that-can-be-stored")
    assert.strictEqual(refusal(deep(Specification.contains(note, "\ud83d"))), "note text-that-can-be-stored")
    assert.strictEqual(refusal(Specification.oneOf(note, ["a", "\udc00b"])), "note text-that-can-be-stored")
    const early = DateTime.makeUnsafe(-8_640_000_000_000_000)
    assert.strictEqual(refusal(Specification.lt(order("placedAt"), early)), "placedAt instant-that-can-be-stored")
    assert.strictEqual(refusal(deep(Specification.contains(note, "😀\n"))), "none")
  })
})

describe("search", () => {
  it("has tokens without case, form and punctuation, each its own only token", () => {
    const tokens = SearchTokens.of("Ann-Marie O’Neil", null, "ＡＮＮ ﬁne №7", "ΟΔΟΣ")
    assert.deepStrictEqual(tokens, ["ann", "marie", "o", "neil", "fine", "no7", "οδοσ"])
    for (const token of tokens) assert.deepStrictEqual(SearchTokens.of(token), [token])
    assert.deepStrictEqual(SearchTokens.of("हिन्दी"), ["हिन्दी".normalize("NFKC")])
  })

  it("finds all the words, the last one as a beginning", () => {
    const rows = ["Ann Smith", "Anna Smithers", "Smith, Ann"].map((id) => row(id, { words: SearchTokens.of(id) }))
    const found = (text: string) => wanted(Specification.search(order("words"), text), rows)
    assert.deepStrictEqual(found("ann SMI"), ["Ann Smith", "Smith, Ann"])
    assert.deepStrictEqual(found("an"), ["Ann Smith", "Anna Smithers", "Smith, Ann"])
    assert.deepStrictEqual(found("an smith"), [])
    assert.deepStrictEqual(found(" - "), ["Ann Smith", "Anna Smithers", "Smith, Ann"])
    const whole = (text: string) => wanted(Specification.searchWords(order("words"), text), rows)
    assert.deepStrictEqual(whole("smith ANN"), ["Ann Smith", "Smith, Ann"])
    assert.deepStrictEqual(whole("ann smi"), [])
    assert.deepStrictEqual(whole("an"), [])
    assert.deepStrictEqual(whole(" - "), ["Ann Smith", "Anna Smithers", "Smith, Ann"])
  })
})

describe("the types of a specification", () => {
  it("know the fields of a row and their values", () => {
    // @ts-expect-error a row has no such field
    assert.throws(() => order("colour"), RangeError)
    // @ts-expect-error nothing can be asked about a struct
    assert.throws(() => order("address"), RangeError)
    // @ts-expect-error no order has this status
    assert.strictEqual(Specification.eq(order("status"), "lost")._tag, "Compare")
    // @ts-expect-error null is asked for by isNull
    assert.strictEqual(Specification.eq(order("note"), null)._tag, "Compare")
    // @ts-expect-error a number has no text in it
    assert.strictEqual(Specification.contains(order("total"), "1")._tag, "Contains")
    const narrow = Specification.eq(
      Rows.make("notes", Schema.Struct({ id: Schema.String }), { key: ["id"] }).field("id"),
      "1"
    )
    assert.isTrue(Specification.matches<OrderRow>(narrow)(row("1")))
    // @ts-expect-error what is about orders is not about every row
    const wide: Specification.Specification<{ readonly id: string }> = active
    assert.strictEqual(wide._tag, "Not")
  })

  it("need a key that is there, and values of one kind", () => {
    const Mixed = Schema.Struct({ id: Schema.String, value: Schema.Union([Schema.String, Schema.Finite]) })
    assert.throws(() => Rows.make("mixed", Mixed, { key: ["id"] }), RangeError, "several kinds")
    const Keyless = Schema.Struct({ id: Schema.NullOr(Schema.String) })
    // @ts-expect-error the key cannot be null
    assert.strictEqual(Rows.make("keyless", Keyless, { key: ["id"] }).name, "keyless")
  })
})
