/** The figures: what happened when, per day and per product and day. */
import { assert, describe, it } from "@effect/vitest"
import { Specification } from "@eventfold/decider"
import { type CountEvents, DayFigures, ProductFigures } from "@eventfold/domain-analytics"
import { ProjectionSpec } from "@eventfold/testing"
import { contentIn, events, orderId, product } from "./Scenario.ts"

const none = { orders: 0, ordered: 0, shipments: 0, shipped: 0, cancellations: 0, cancelled: 0 }
const told = (...happened: ReadonlyArray<CountEvents.CountEvent>) =>
  ProjectionSpec.inStream("counted-order", orderId, happened)
const day = (number: number) => `2024-05-0${number}`
const inYen = { ...events.order, content: contentIn("JPY") }

describe("the figures per day", () => {
  it("tell what happened on the day it happened, per currency", () => {
    ProjectionSpec.given(DayFigures.DayFigures)
      .when(told(events.order, events.order, inYen, events.shipment, events.cancellation))
      .thenRows([
        { ...none, day: day(1), currency: "EUR", orders: 2, ordered: 3_720 },
        { ...none, day: day(1), currency: "JPY", orders: 1, ordered: 1_860 },
        { ...none, day: day(2), currency: "EUR", cancellations: 1, cancelled: 1_860 },
        { ...none, day: day(3), currency: "EUR", shipments: 1, shipped: 1_860 }
      ])
  })

  it("are asked for by currency, from one day to another, both included", () => {
    const rows = [1, 2, 3].map((number) => ({ ...none, day: day(number), currency: "EUR" as const }))
    const found = (from?: string, to?: string) =>
      rows.filter(Specification.matches(DayFigures.between("EUR", from, to))).map((row) => row.day)
    assert.deepStrictEqual(found(day(2), day(2)), [day(2)])
    assert.deepStrictEqual(found(day(2)), [day(2), day(3)])
    assert.deepStrictEqual(found(undefined, day(2)), [day(1), day(2)])
    assert.lengthOf(rows.filter(Specification.matches(DayFigures.between("JPY"))), 0)
  })
})

describe("the figures per product and day", () => {
  const pieces = { orderedPieces: 0, shippedPieces: 0, cancelledPieces: 0 }
  const row = (number: number, on: number) => ({
    ...none,
    ...pieces,
    day: day(on),
    currency: "EUR" as const,
    productId: product(number)
  })

  it("count an order for each of its products, with the amounts and the pieces of its lines", () => {
    ProjectionSpec.given(ProductFigures.ProductFigures)
      .when(told(events.order, events.cancellation))
      .thenRows([
        { ...row(1, 1), orders: 1, ordered: 1_240, orderedPieces: 2 },
        { ...row(2, 1), orders: 1, ordered: 620, orderedPieces: 1 },
        { ...row(1, 2), cancellations: 1, cancelled: 1_240, cancelledPieces: 2 },
        { ...row(2, 2), cancellations: 1, cancelled: 620, cancelledPieces: 1 }
      ])
  })

  it("are asked for by product and day", () => {
    const rows = [row(1, 1), row(2, 1), row(1, 2)]
    const found = (asked: Omit<ProductFigures.Asked, "currency">) =>
      rows.filter(Specification.matches(ProductFigures.asked({ currency: "EUR", ...asked })))
    assert.lengthOf(found({}), 3)
    assert.lengthOf(found({ productId: product(1) }), 2)
    assert.deepStrictEqual(found({ productId: product(1), from: day(2), to: day(2) }), [row(1, 2)])
  })
})
