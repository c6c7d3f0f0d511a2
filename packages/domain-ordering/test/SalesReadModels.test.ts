/** The read models that add orders up: sales by day, product, region and segment. */
import { assert, describe, it } from "@effect/vitest"
import { Personal, Projection } from "@eventfold/decider"
import {
  SalesByDay,
  SalesByProduct,
  SalesByProductDay,
  SalesByRegion,
  SalesBySegment
} from "@eventfold/domain-ordering"
import type { Currency } from "@eventfold/shared-kernel"
import { effort, ProjectionSpec } from "@eventfold/testing"
import { Histories, type History, inStreams, orderId, renamed } from "./ManyOrders.ts"
import { add, after, cancel, customerId, draft, place, product } from "./Scenario.ts"
import { addedUp, expectSame, order, orders, rowOf, rowsAfter, sales, soldIn } from "./SoldOrders.ts"

const options = { arbitrary: { runs: 40 * effort, size: 30 } }

describe("sales by day", () => {
  it("count on the UTC day of the placing, per currency, and take out there what is cancelled later", () => {
    ProjectionSpec.given(SalesByDay.SalesByDay)
      .when(inStreams(SalesByDay.SalesByDay, ...orders))
      .thenRows([
        { day: "2024-05-01", currency: "USD", ...sales(2, 1, 300_00, 250_00) },
        { day: "2024-05-01", currency: "JPY", ...sales(1, 0, 2_000, 2_000) },
        { day: "2024-05-02", currency: "USD", ...sales(1, 0, 1_000_01, 1_000_01) }
      ])
      .thenRemembers([
        { orderId: orderId(3), amount: 2_000, day: "2024-05-01", currency: "JPY" },
        { orderId: orderId(4), amount: 1_000_01, day: "2024-05-02", currency: "USD" }
      ])
    assert.isUndefined(Projection.inlineProblem(SalesByDay.SalesByDay))
    assert.strictEqual(SalesByDay.SalesByDay.datedBy, "day")
  })

  it("are exact up to the last minor unit", () => {
    const most = Number.MAX_SAFE_INTEGER
    ProjectionSpec.given(SalesByDay.SalesByDay)
      .when(inStreams(SalesByDay.SalesByDay, order(1, 1, most - 1), order(2, 1, 1)))
      .thenRows([{ day: "2024-05-01", currency: "USD", ...sales(2, 0, most, most) }])
  })

  it("leave drafts out, and what is cancelled before it is placed", () => {
    ProjectionSpec.given(SalesByDay.SalesByDay)
      .when(inStreams(SalesByDay.SalesByDay, after(draft, add(1), cancel).events))
      .thenNothing()
  })

  it.prop(
    "are what adding up the whole history says",
    { histories: Histories },
    ({ histories }) =>
      expectSame(
        rowsAfter(SalesByDay.SalesByDay, histories),
        addedUp(
          soldIn(histories).map((sold) => {
            const { occurredAt, total } = sold.placed
            const day = JSON.stringify(occurredAt).slice(1, 11)
            return [{ day, currency: total.currency }, rowOf(sold, total.amount)]
          })
        )
      ),
    options
  )
})

describe("sales by product", () => {
  it("count the lines of each product and their pieces", () => {
    const { events } = after(draft, add(1, 3, 1_000, 10), add(2, 1, 500), place)
    const row = (number: number, currency: Currency.Currency) => ({ productId: product(number), currency })
    ProjectionSpec.given(SalesByProduct.SalesByProduct)
      .when(inStreams(SalesByProduct.SalesByProduct, renamed(events, 9), ...orders.slice(0, 2)))
      .thenRows([
        { ...row(1, "USD"), ...sales(2, 0, 277_00, 277_00), grossPieces: 4, netPieces: 4 },
        { ...row(2, "USD"), ...sales(2, 1, 55_00, 5_00), grossPieces: 2, netPieces: 1 }
      ])
  })

  it.prop(
    "are what adding up the whole history says",
    { histories: Histories },
    ({ histories }) =>
      expectSame(
        rowsAfter(SalesByProduct.SalesByProduct, histories),
        addedUp(
          soldIn(histories).flatMap((sold) =>
            sold.placed.lines.map(({ productId, quantity, total }) => [
              { productId, currency: total.currency },
              {
                ...rowOf(sold, total.amount),
                grossPieces: quantity,
                netPieces: sold.cancelled ? 0 : quantity
              }
            ])
          )
        )
      ),
    options
  )
})

describe("sales by product and day", () => {
  it("count pieces on the UTC day of the placing, and take out there what is cancelled later", () => {
    const { SalesByProductDay: projection } = SalesByProductDay
    const { events } = after(draft, add(1, 3, 1_000, 10), add(2, 1, 500), place)
    const row = (number: number, day: string, grossPieces: number, netPieces: number) => ({
      productId: product(number),
      day,
      grossPieces,
      netPieces
    })
    ProjectionSpec.given(projection)
      .when(inStreams(projection, renamed(events, 9), ...orders.slice(0, 2)))
      .thenRows([
        row(1, "1996-07-05", 3, 3),
        row(1, "2024-05-01", 1, 1),
        row(2, "1996-07-05", 1, 1),
        row(2, "2024-05-01", 1, 0)
      ])
    assert.isUndefined(Projection.inlineProblem(projection))
    assert.strictEqual(projection.datedBy, "day")
  })

  it.prop(
    "are what adding up the whole history says",
    { histories: Histories },
    ({ histories }) =>
      expectSame(
        rowsAfter(SalesByProductDay.SalesByProductDay, histories),
        addedUp(
          soldIn(histories).flatMap(({ cancelled, placed: { lines, occurredAt } }) =>
            lines.map(({ productId, quantity }) => [
              { productId, day: JSON.stringify(occurredAt).slice(1, 11) },
              { grossPieces: quantity, netPieces: cancelled ? 0 : quantity }
            ])
          )
        )
      ),
    options
  )
})

describe("sales by region", () => {
  const forgotten = (history: History) =>
    history.map((event) =>
      event._tag === "OrderPlaced" ? { ...event, shippingAddress: Personal.redacted(customerId) } : event
    )

  it("count by the country of the address, and by none where the address is forgotten", () => {
    ProjectionSpec.given(SalesByRegion.SalesByRegion)
      .when(inStreams(SalesByRegion.SalesByRegion, ...orders.slice(0, 3), forgotten(order(4, 2, 7_00))))
      .thenRows([
        { region: "Germany", currency: "USD", ...sales(2, 1, 300_00, 250_00) },
        { region: "Germany", currency: "JPY", ...sales(1, 0, 2_000, 2_000) },
        { region: "unknown", currency: "USD", ...sales(1, 0, 7_00, 7_00) }
      ])
  })

  it.prop(
    "are what adding up the whole history says",
    { histories: Histories },
    ({ histories }) =>
      expectSame(
        rowsAfter(
          SalesByRegion.SalesByRegion,
          histories.map((history, index) => (index % 2 === 0 ? history : forgotten(history)))
        ),
        addedUp(
          soldIn(histories).map((sold) => {
            const known = histories.findIndex(([event]) => event?.orderId === sold.placed.orderId) % 2 === 0
            const { amount, currency } = sold.placed.total
            return [{ region: known ? "Germany" : "unknown", currency }, rowOf(sold, amount)]
          })
        )
      ),
    options
  )
})

describe("sales by segment", () => {
  it("tell orders apart at 100 and 1,000 major units of their currency", () => {
    const of = (amount: number, currency: Currency.Currency) => SalesBySegment.segmentOf({ amount, currency })
    assert.deepStrictEqual([of(100_00, "USD"), of(100_01, "USD")], ["basic", "standard"])
    assert.deepStrictEqual([of(1_000_00, "USD"), of(1_000_01, "USD")], ["standard", "premium"])
    assert.deepStrictEqual([of(1_000, "JPY"), of(1_001, "JPY"), of(100, "JPY")], ["standard", "premium", "basic"])
    assert.deepStrictEqual([of(1_000_000, "KWD"), of(1_000_001, "KWD")], ["standard", "premium"])
    ProjectionSpec.given(SalesBySegment.SalesBySegment)
      .when(inStreams(SalesBySegment.SalesBySegment, ...orders))
      .thenRows([
        { segment: "standard", currency: "USD", ...sales(1, 0, 250_00, 250_00) },
        { segment: "basic", currency: "USD", ...sales(1, 1, 50_00, 0) },
        { segment: "premium", currency: "JPY", ...sales(1, 0, 2_000, 2_000) },
        { segment: "premium", currency: "USD", ...sales(1, 0, 1_000_01, 1_000_01) }
      ])
  })

  it.prop(
    "are what adding up the whole history says",
    { histories: Histories },
    ({ histories }) =>
      expectSame(
        rowsAfter(SalesBySegment.SalesBySegment, histories),
        addedUp(
          soldIn(histories).map((sold) => {
            const { amount, currency } = sold.placed.total
            const major = amount / (currency === "JPY" ? 1 : 100)
            const segment = major > 1_000 ? "premium" : major > 100 ? "standard" : "basic"
            return [{ segment, currency }, rowOf(sold, amount)]
          })
        )
      ),
    options
  )
})
