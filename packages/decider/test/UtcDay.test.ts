import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, DateTime, Schema } from "effect"
import { UtcDay } from "../src/index.ts"

const isDay = Schema.is(UtcDay.UtcDay)

describe("a day in UTC", () => {
  it("is a day of the calendar, and no other text", () => {
    for (const day of ["0000-01-01", "2024-02-29", "9999-12-31"]) assert.isTrue(isDay(day), day)
    const others = ["", "2023-02-29", "2024-2-9", "2024-13-01", "2024-01-32", "20240101", "2024-01-01T00:00", "x"]
    for (const text of others) assert.isFalse(isDay(text), text)
  })

  it("is the one an instant is in, up to its last millisecond", () => {
    const of = (text: string) => UtcDay.of(DateTime.makeUnsafe(text))
    assert.strictEqual(of("2024-05-01T00:00:00Z"), "2024-05-01")
    assert.strictEqual(of("2024-05-01T23:59:59.999Z"), "2024-05-01")
    assert.strictEqual(of("2024-05-01T23:00:00-02:00"), "2024-05-02")
    assert.isFalse(isDay(of("+010000-01-01T00:00:00Z")))
  })

  it.prop(
    "comes later for a later instant",
    {
      instants: Arbitrary.array(
        Arbitrary.schema(
          Schema.Int.check(Schema.isBetween({ minimum: -62_167_219_200_000, maximum: 253_402_300_799_999 }))
        )
      )
    },
    ({ instants }) => {
      const days = instants.toSorted((a, b) => a - b).map((instant) => UtcDay.of(DateTime.makeUnsafe(instant)))
      assert.isTrue(days.every(isDay))
      assert.deepStrictEqual(days.toSorted(), days)
    }
  )
})
