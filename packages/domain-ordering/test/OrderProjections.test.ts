/** Projections of orders: the list is what folding each order says, and money is exact and per currency. */
import { assert, describe, it } from "@effect/vitest"
import { Projection } from "@eventfold/decider"
import { type OrderEvents, OrderSummary } from "@eventfold/domain-ordering"
import { type CustomerId, type Money, OrderId } from "@eventfold/shared-kernel"
import { effort, ProjectionSpec } from "@eventfold/testing"
import { Arbitrary } from "effect"
import { CustomerTurnover, OrderList } from "./OrderProjections.ts"
import * as Scenario from "./Scenario.ts"
import { Walk, walk } from "./Walks.ts"

const { add, after, cancel, draft, place } = Scenario
const id = (last: number) => OrderId.fromUuid(`0190f5a2-7c4e-7b1a-9d3f-${String(last).padStart(12, "0")}`)
const inOrder = <Event>(orderId: string, events: ReadonlyArray<Event>) =>
  ProjectionSpec.inStream("order", orderId, events)

/** What happens to an order that is placed: one line at a price, in a currency. */
const placed = (orderId: OrderId, customerId: CustomerId, currency: Money.Money["currency"], amount: number) => {
  const common = { orderId, occurredAt: Scenario.occurredAt }
  const line = { ...add(1), ...common, unitPrice: { amount, currency } }
  return after({ ...draft, ...common, customerId, currency }, line, { ...place, ...common }).events
}

/** The same without what the turnover does not want. */
const wanted = (events: ReadonlyArray<OrderEvents.OrderEvent>) =>
  events.filter((event) => event._tag === "OrderDrafted" || event._tag === "OrderPlaced")

const row = {
  orderId: Scenario.orderId,
  customerId: Scenario.customerId,
  status: "placed",
  currency: "USD",
  total: Scenario.usd(1_860),
  lineCount: 1,
  placedAt: Scenario.occurredAt,
  updatedAt: Scenario.occurredAt,
  version: 3
} as const

describe("the list of orders", () => {
  it("tells of each order", () => {
    ProjectionSpec.given(OrderList)
      .when(inOrder(Scenario.orderId, after(draft, add(1), place).events))
      .thenRows([row])
      .thenChanges([Projection.upsert(row)])
  })

  it("changes nothing for what it tells about already", () => {
    ProjectionSpec.given(OrderList, [row])
      .when(inOrder(Scenario.orderId, after(draft, add(1), place).events))
      .thenNothing()
  })

  it("holds an order back whose stream is not named as orders are, and no other", () => {
    const { events } = after(draft, cancel)
    ProjectionSpec.given(OrderList)
      .when([...inOrder("10248", events), ...inOrder(Scenario.orderId, events)])
      .thenFailedAt(1)
      .thenRows([
        {
          orderId: Scenario.orderId,
          customerId: Scenario.customerId,
          status: "cancelled",
          currency: "USD",
          total: Scenario.usd(0),
          lineCount: 0,
          updatedAt: Scenario.occurredAt,
          version: 2
        }
      ])
  })

  it("could run inline, and the turnover could not", () => {
    assert.isUndefined(Projection.inlineProblem(OrderList))
    assert.isDefined(Projection.inlineProblem(CustomerTurnover))
  })

  it.prop(
    "is what folding each order says, for any commands to any orders",
    { walks: Arbitrary.array(Walk, { maxLength: 4 }) },
    ({ walks }) => {
      const histories = walks.map((commands) => walk(commands).at(-1)?.after.events ?? [])
      const events = histories.flatMap((history, index) =>
        inOrder(
          id(index),
          history.map((event) => ({ ...event, orderId: id(index) }))
        )
      )
      ProjectionSpec.given(OrderList)
        .when(events)
        .thenRows(
          histories.flatMap((history, index) => {
            const folded = history.reduce<OrderSummary.OrderSummary | undefined>(
              (summary, event, place) => OrderSummary.evolve(summary, { ...event, orderId: id(index) }, place + 1),
              undefined
            )
            return folded === undefined ? [] : [folded]
          })
        )
    },
    { arbitrary: { runs: 50 * effort, size: 30 } }
  )
})

describe("the turnover of customers", () => {
  const [first, second] = [Scenario.customerId, Scenario.otherCustomerId]
  type PlacedOrder = readonly [
    orderId: OrderId,
    customerId: CustomerId,
    currency: Money.Money["currency"],
    amount: number
  ]
  const orders: ReadonlyArray<PlacedOrder> = [
    [id(1), first, "USD", 1_860],
    [id(2), first, "EUR", 9_99],
    [id(3), second, "USD", 5],
    [id(4), first, "USD", 40]
  ]
  const orderRow = (orderId: string, customerId: string, currency: Money.Money["currency"], amount: number) =>
    ({ of: "order", id: orderId, currency, customerId, orders: 1, amount }) as const
  const customerRow = (customerId: string, currency: Money.Money["currency"], count: number, amount: number) =>
    ({ of: "customer", id: customerId, currency, orders: count, amount }) as const

  it("counts orders and adds amounts up per currency, never across currencies", () => {
    ProjectionSpec.given(CustomerTurnover)
      .when(orders.flatMap((order) => inOrder(order[0], wanted(placed(...order)))))
      .thenRows([
        ...orders.map((order) => orderRow(...order)),
        customerRow(first, "USD", 2, 1_900),
        customerRow(first, "EUR", 1, 9_99),
        customerRow(second, "USD", 1, 5)
      ])
  })

  it("adds to what is there without loading it", () => {
    const [, ...done] = wanted(placed(id(5), first, "USD", 100))
    ProjectionSpec.given(CustomerTurnover, [
      { ...orderRow(id(5), first, "USD", 0), orders: 0 },
      customerRow(first, "USD", 2, 1_900)
    ])
      .when(inOrder(id(5), done))
      .thenChanges([
        Projection.upsert(orderRow(id(5), first, "USD", 100)),
        { _tag: "Increment", key: { of: "customer", id: first, currency: "USD" }, by: { orders: 1, amount: 100 } }
      ])
  })

  it("is exact up to the last minor unit", () => {
    const most = 2 ** 53 - 1
    ProjectionSpec.given(CustomerTurnover)
      .when([
        ...inOrder(id(1), wanted(placed(id(1), first, "USD", most - 1))),
        ...inOrder(id(2), wanted(placed(id(2), first, "USD", 1)))
      ])
      .thenRows([
        orderRow(id(1), first, "USD", most - 1),
        orderRow(id(2), first, "USD", 1),
        customerRow(first, "USD", 2, most)
      ])
  })
})
