/** Values as text, and the difference of two values. */
import { assert, describe, it } from "@effect/vitest"
import { BigDecimal, DateTime, Duration, HashSet, Option, Redacted, Result, Schema } from "effect"
import * as Difference from "../src/Difference.ts"
import { print } from "../src/ReadableValue.ts"

class Point {
  readonly x = 1
  readonly y = 2
}
class OutOfStock extends Schema.TaggedError<OutOfStock>()("OutOfStock", { sku: Schema.String }) {}

describe("a value as text", () => {
  it.each([
    [undefined, "undefined"],
    [null, "null"],
    [-0, "-0"],
    [12n, "12n"],
    ["a\u0000\n", '"a\\u0000\\n"'],
    [[], "[]"],
    [{}, "{}"],
    [{ a: 1, "b c": undefined }, '{ a: 1, "b c": undefined }'],
    [{ _tag: "Placed", id: 1 }, "Placed { id: 1 }"],
    [new Point(), "Point { x: 1, y: 2 }"],
    [new OutOfStock({ sku: "s" }), 'OutOfStock { sku: "s" }'],
    [new RangeError("too far"), 'RangeError { message: "too far" }'],
    [Option.some({ a: 1 }), "some({ a: 1 })"],
    [Option.none(), "none()"],
    [Result.succeed(1), "success(1)"],
    [Result.fail("no"), 'failure("no")'],
    [new Map([["a", 1]]), 'Map[["a", 1]]'],
    [new Set([1, 2]), "Set[1, 2]"],
    [DateTime.makeUnsafe(0), "DateTime.Utc(1970-01-01T00:00:00.000Z)"],
    [DateTime.toDateUtc(DateTime.makeUnsafe(0)), "Date(1970-01-01T00:00:00.000Z)"],
    [Redacted.make("secret"), "<redacted>"],
    [function named() {}, "[function named]"]
  ])("%o is written so that it can be told apart", (value, text) => {
    assert.strictEqual(print(value), text)
  })

  it("names values that print themselves", () => {
    assert.include(print(Duration.seconds(2)), "2")
    assert.include(print(BigDecimal.make(15n, 1)), "1.5")
    assert.include(print(HashSet.make("member")), '"member"')
  })

  it("is written over several lines when it is long", () => {
    const long = { name: "x".repeat(40), place: "y".repeat(40), inner: [{ a: 1 }] }
    assert.strictEqual(
      print(long),
      `{\n  name: "${"x".repeat(40)}"\n  place: "${"y".repeat(40)}"\n  inner: [{ a: 1 }]\n}`
    )
  })

  it("is cut when it is endless, and says so", () => {
    assert.match(print("x".repeat(5000)), /^"x{2000}"… \(5000 characters\)$/u)
    const circle: Array<unknown> = [1]
    circle.push(circle)
    assert.strictEqual(print(circle), "[1, [circular]]")
  })

  it("shows one value in two places twice: that is no circle", () => {
    const shared = { a: 1 }
    assert.strictEqual(print([shared, shared]), "[{ a: 1 }, { a: 1 }]")
  })
})

describe("a difference", () => {
  it("is none between equal values, of whatever kind", () => {
    assert.isUndefined(Difference.between({ at: DateTime.makeUnsafe(1) }, { at: DateTime.makeUnsafe(1) }))
    assert.isUndefined(Difference.between([Option.some({ a: 1 })], [Option.some({ a: 1 })]))
  })

  it("shows the lines around it and counts the rest", () => {
    const items = Array.from({ length: 30 }, (_, index) => ({ item: index }))
    const changed = items.with(14, { item: 99 })
    assert.strictEqual(
      Difference.between(items, changed),
      [
        "  … 11 lines alike",
        ...[10, 11, 12, 13].map((item) => `    { item: ${item} }`),
        "-   { item: 14 }",
        "+   { item: 99 }",
        ...[15, 16, 17, 18].map((item) => `    { item: ${item} }`),
        "  … 12 lines alike"
      ].join("\n")
    )
  })

  it("says so when two values read alike without being equal", () => {
    class Pair {
      readonly a = () => 1
    }
    assert.include(Difference.between(new Pair(), new Pair()) ?? "", "both read alike, but they are not equal")
  })

  it("is cut when it is very long", () => {
    const numbers = (from: number) => Array.from({ length: 500 }, (_, index) => from + index)
    const difference = Difference.between(numbers(0), numbers(1000)) ?? ""
    assert.match(difference, /\n… \d+ more lines$/u)
    assert.isBelow(difference.split("\n").length, 210)
  })
})
