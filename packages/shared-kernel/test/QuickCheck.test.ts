/** Checks that answer sooner say what the checks behind them say. */
import { assert, describe, it } from "@effect/vitest"
import { OrderId, Quantity, Text } from "@eventfold/shared-kernel"
import { Result, Schema } from "effect"
import * as QuickCheck from "../src/QuickCheck.ts"

const id = "order_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55"

describe("a quick check", () => {
  const asked: Array<number> = []
  const slow = Schema.makeFilter((value: number) => asked.push(value) > 0 && value < 10, { message: "too much" })
  const Small = Schema.Number.check(QuickCheck.make(slow, (value) => value < 5))
  const decode = Schema.decodeUnknownResult(Small)

  it("asks the check behind it only about what it does not accept itself", () => {
    asked.length = 0
    assert.deepStrictEqual([decode(1), decode(7)].map(Result.isSuccess), [true, true])
    assert.deepStrictEqual(asked, [7])
  })

  it("refuses in the words of the check behind it", () => {
    assert.strictEqual(Result.getOrThrow(Result.flip(decode(10))).message, "too much")
  })
})

describe("an identifier", () => {
  it("is checked again, although a program that switched checks off decoded another before", () => {
    const unchecked = Schema.decodeUnknownSync(OrderId)("17", { disableChecks: true })
    assert.isFalse(Schema.is(OrderId)(unchecked))
    assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(OrderId)(unchecked)))
    assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(OrderId)("17")))
  })

  it("is told from its neighbours, however often each is asked about", () => {
    const texts = [id, id, id.toUpperCase(), `${id}0`, id, id.slice(0, -1), `${id.slice(0, -1)}g`, id]
    assert.deepStrictEqual(
      texts.map((text) => Schema.is(OrderId)(text)),
      [true, true, false, false, true, false, false, true]
    )
  })
})

describe("whole numbers and text", () => {
  it("are refused at just the bounds they name", () => {
    const whole = [1, 1_000_000, 0, -0, 1_000_001, 1.5, Number.NaN, Number.POSITIVE_INFINITY, -1]
    assert.deepStrictEqual(
      whole.map((value) => Schema.is(Quantity.Quantity)(value)),
      whole.map((_, index) => index < 2)
    )
    const texts = ["abc", "a\u00a0c", "😀😀😀", "", "abcd", "😀😀😀😀", "a\u0000b", "\u00a0a", "a\ud800"]
    assert.deepStrictEqual(
      texts.map((text) => Schema.is(Text.line(3))(text)),
      texts.map((_, index) => index < 3)
    )
  })
})
