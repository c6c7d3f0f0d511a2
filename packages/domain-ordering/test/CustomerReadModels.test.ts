/** What customers have ordered: their totals, and the dashboard that is put together of them. */
import { assert, describe, it } from "@effect/vitest"
import { CustomerDashboard, CustomerTotals, type OrderList } from "@eventfold/domain-ordering"
import type { Currency } from "@eventfold/shared-kernel"
import { effort, ProjectionSpec } from "@eventfold/testing"
import { at, Histories, inStreams, orderId, renamed } from "./ManyOrders.ts"
import { add, after, customerId, draft, otherCustomerId } from "./Scenario.ts"
import { addedUp, expectSame, orders, rowOf, rowsAfter, sales, soldIn } from "./SoldOrders.ts"

const options = { arbitrary: { runs: 40 * effort, size: 30 } }

describe("the totals of customers", () => {
  it("count orders by how they stand, and leave drafts out", () => {
    ProjectionSpec.given(CustomerTotals.CustomerTotals)
      .when(
        inStreams(CustomerTotals.CustomerTotals, ...orders, renamed(after(draft, add(1)).events, 9, otherCustomerId))
      )
      .thenRows([
        { customerId, currency: "USD", active: 1, completed: 1, ...sales(3, 1, 1_300_01, 1_250_01) },
        { customerId, currency: "JPY", active: 1, completed: 0, ...sales(1, 0, 2_000, 2_000) }
      ])
  })

  it("hold an order back that was placed and not drafted", () => {
    const [, ...rest] = inStreams(CustomerTotals.CustomerTotals, ...orders.slice(0, 1))
    ProjectionSpec.given(CustomerTotals.CustomerTotals).when(rest).thenFailedAt(1).thenNothing()
  })

  it.prop(
    "are what adding up the whole history says",
    { histories: Histories },
    ({ histories }) =>
      expectSame(
        rowsAfter(CustomerTotals.CustomerTotals, histories),
        addedUp(
          soldIn(histories).map((sold) => {
            const { amount, currency } = sold.placed.total
            const active = !sold.cancelled && !sold.delivered
            return [
              { customerId: sold.customerId, currency },
              { active: Number(active), completed: Number(sold.delivered), ...rowOf(sold, amount) }
            ]
          })
        )
      ),
    options
  )
})

describe("the dashboard of a customer", () => {
  it("has an average per currency rounded half-even, ten orders and when the last one was placed", () => {
    const row = (currency: Currency.Currency, orders: number, cancelled: number, net: number) => ({
      customerId,
      currency,
      active: orders - cancelled,
      completed: 0,
      ...sales(orders, cancelled, net, net)
    })
    const listed = (number: number): OrderList.OrderListRow => ({
      orderId: orderId(number),
      customerId,
      status: "placed",
      currency: "USD",
      total: 1,
      lineCount: 1,
      draftedAt: at(1),
      place: number,
      placedAt: at(20 - number),
      updatedAt: at(20),
      version: 3
    })
    const recent = Array.from({ length: 11 }, (_, index) => listed(index))
    const dashboard = CustomerDashboard.of(
      customerId,
      [row("USD", 3, 1, 5), row("JPY", 2, 0, 7), row("EUR", 1, 1, 0)],
      recent
    )
    assert.deepStrictEqual(
      dashboard.totals.map(({ average, currency, net }) => [currency, net.amount, average?.amount]),
      [
        ["EUR", 0, undefined],
        ["JPY", 7, 4],
        ["USD", 5, 2]
      ]
    )
    assert.strictEqual(dashboard.recent.length, CustomerDashboard.recentOrders)
    assert.deepStrictEqual(dashboard.lastOrderAt, at(20))
    assert.isFalse("lastOrderAt" in CustomerDashboard.of(customerId, [], []))
  })
})
