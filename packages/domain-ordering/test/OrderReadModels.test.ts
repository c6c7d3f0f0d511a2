/** The read models with a row per order: list, detail, shipping queue. */
import { assert, describe, it } from "@effect/vitest"
import { Decider, Paging, Personal, Projection, type Specification } from "@eventfold/decider"
import { Order, OrderDetail, OrderList, OrderSummary, ShippingQueue } from "@eventfold/domain-ordering"
import { effort, ProjectionSpec } from "@eventfold/testing"
import { DateTime, Result } from "effect"
import { at, Histories, type History, inStreams, interleaved, orderId, renamed } from "./ManyOrders.ts"
import * as Scenario from "./Scenario.ts"

const { add, after, approve, cancel, change, customerId, deliver, draft, occurredAt, place, ship } = Scenario
const options = { arbitrary: { runs: 40 * effort, size: 30 } }
const placed = after(draft, add(1), place).events
const recordedAt = DateTime.makeUnsafe(0)
const stateOf = (history: History) => Decider.fold(Order.Order, history)

describe("the list of orders", () => {
  const row = {
    orderId: Scenario.orderId,
    customerId,
    status: "placed",
    currency: "USD",
    total: 1_860,
    lineCount: 1,
    draftedAt: occurredAt,
    place: 1,
    placedAt: occurredAt,
    updatedAt: occurredAt,
    version: 3
  } as const

  it("tells of each order, and of nothing twice", () => {
    ProjectionSpec.given(OrderList.OrderList).when(inStreams(OrderList.OrderList, placed)).thenRows([row])
    ProjectionSpec.given(OrderList.OrderList, [row]).when(inStreams(OrderList.OrderList, placed)).thenNothing()
    ProjectionSpec.given(OrderList.OrderList)
      .when(inStreams(OrderList.OrderList, placed.slice(1)))
      .thenNothing()
    assert.isUndefined(Projection.inlineProblem(OrderList.OrderList))
  })

  it("holds an order back whose stream is not named as orders are, and no other", () => {
    const { events } = after(draft, cancel)
    ProjectionSpec.given(OrderList.OrderList)
      .when([...ProjectionSpec.inStream("order", "10248", events), ...inStreams(OrderList.OrderList, events)])
      .thenFailedAt(1)
      .thenRows([
        {
          orderId: Scenario.orderId,
          customerId,
          status: "cancelled",
          currency: "USD",
          total: 0,
          lineCount: 0,
          draftedAt: occurredAt,
          place: 3,
          updatedAt: occurredAt,
          version: 2
        }
      ])
  })

  it("answers which are active, pending, of high value, and of a customer", () => {
    const statuses = ["draft", "placed", "approved", "shipped", "delivered", "cancelled"] as const
    const rows = statuses.map((status, index) => ({
      ...row,
      orderId: orderId(index),
      status,
      place: index,
      total: 500 * index
    }))
    const found = (where: Specification.Specification<OrderList.OrderListRow>) =>
      Result.getOrThrow(Paging.page(OrderList.rows, rows, { where, sort: OrderList.newestFirst, limit: 10 })).rows.map(
        ({ status }) => status
      )
    assert.deepStrictEqual(found(OrderList.active), ["shipped", "approved", "placed"])
    assert.deepStrictEqual(found(OrderList.pending), ["placed"])
    assert.deepStrictEqual(found(OrderList.activeBy(customerId)), ["shipped", "approved", "placed"])
    assert.deepStrictEqual(found(OrderList.activeBy(Scenario.otherCustomerId)), [])
    assert.deepStrictEqual(found(OrderList.highValue(Scenario.usd(1_500))), ["cancelled", "delivered"])
    assert.deepStrictEqual(found(OrderList.highValue({ amount: 0, currency: "EUR" })), [])
    assert.strictEqual(found(OrderList.recentBy(customerId, occurredAt)).length, 6)
    assert.deepStrictEqual(found(OrderList.recentBy(customerId, at(1))), [])
  })

  it.prop(
    "is what folding each order says, for any commands to any orders",
    { histories: Histories },
    ({ histories }) => {
      ProjectionSpec.given(OrderList.OrderList)
        .when(interleaved(inStreams(OrderList.OrderList, ...histories)))
        .thenRows(
          histories.flatMap((history, index) => {
            const summary = history.reduce<OrderSummary.OrderSummary | undefined>(
              (row, event, at) => OrderSummary.evolve(row, event, at + 1),
              undefined
            )
            const [first] = history
            if (summary === undefined || first === undefined) return []
            const row = { ...summary, total: summary.total.amount, draftedAt: first.occurredAt, place: index + 1 }
            assert.deepStrictEqual(OrderList.summaryOf(row), summary)
            return [row]
          })
        )
    },
    options
  )
})

describe("the details of an order", () => {
  const { lines, discount, gross, total } = stateOfPlaced()
  const step = (status: "draft" | "placed" | "approved" | "shipped" | "delivered" | "cancelled", version: number) => ({
    status,
    occurredAt,
    recordedAt,
    version
  })
  const row = { orderId: Scenario.orderId, customerId, currency: "USD", lines, discount, gross, total } as const

  it("tell its lines, its shipment and its way, and nothing personal", () => {
    ProjectionSpec.given(OrderDetail.OrderDetail)
      .when(inStreams(OrderDetail.OrderDetail, after(draft, add(1), place, approve, ship, deliver).events))
      .thenRows([
        {
          ...row,
          status: "delivered",
          approvedBy: "Nancy Davolio",
          shipment: {
            trackingNumber: "1Z-10249",
            carrier: "Speedy Express",
            estimatedDelivery: DateTime.makeUnsafe("1996-07-15T00:00:00Z")
          },
          timeline: [
            step("draft", 1),
            step("placed", 3),
            step("approved", 4),
            step("shipped", 5),
            step("delivered", 6)
          ],
          updatedAt: occurredAt,
          version: 6
        }
      ])
    assert.isFalse(Personal.isIn(OrderDetail.readModel.Row))
  })

  it("tell why it was cancelled", () => {
    ProjectionSpec.given(OrderDetail.OrderDetail)
      .when(inStreams(OrderDetail.OrderDetail, after(draft, add(1), cancel).events))
      .thenRows([
        {
          ...row,
          status: "cancelled",
          cancellation: { cancelledBy: "customer", reason: "found it cheaper", refundDue: false },
          timeline: [step("draft", 1), step("cancelled", 3)],
          updatedAt: occurredAt,
          version: 3
        }
      ])
  })

  it.prop(
    "are the state of each order, for any commands to any orders",
    { histories: Histories },
    ({ histories }) => {
      const batch = interleaved(inStreams(OrderDetail.OrderDetail, ...histories))
      const happened = batch.map(({ category, event, id }, index) => ({
        event,
        recorded: {
          stream: { tenant: "main", category, id },
          version: batch.slice(0, index + 1).filter((one) => one.id === id).length,
          position: index + 1,
          recordedAt
        }
      }))
      const { changes } = Projection.foldBatch(OrderDetail.OrderDetail)(new Map(), happened)
      const rows = new Map(
        changes.flatMap((change) => (change._tag === "Upsert" ? [[change.row.orderId, change.row] as const] : []))
      )
      assert.strictEqual(rows.size, histories.length)
      for (const history of histories) {
        const state = stateOf(history)
        if (state.status === "none") continue
        const row = rows.get(state.orderId)
        const { customerId, discount, gross, lines, status, total } = state
        assert.deepInclude(row, { customerId, discount, gross, lines, status, total, version: history.length })
        assert.strictEqual(row?.timeline.at(-1)?.status, status)
        if (state.status === "shipped") assert.strictEqual(row?.shipment?.trackingNumber, state.trackingNumber)
        if (state.status === "cancelled") assert.strictEqual(row?.cancellation?.refundDue, state.refundDue)
      }
      ProjectionSpec.given(OrderDetail.OrderDetail).when(batch).thenRows(Array.from(rows.values()))
    },
    options
  )
})

function stateOfPlaced() {
  const state = stateOf(placed)
  return state.status === "placed" ? state : assert.fail("it was placed")
}

describe("the shipping queue", () => {
  it("has what is approved until it is shipped or cancelled, the oldest approval first", () => {
    const approved = (number: number, day: number) =>
      renamed(after(draft, add(1, 2), change(1, 3), place, approve).events, number).map((event) => ({
        ...event,
        occurredAt: at(day)
      }))
    const rows = Projection.foldBatch(ShippingQueue.ShippingQueue)(
      new Map(),
      inStreams(ShippingQueue.ShippingQueue, approved(1, 5), approved(2, 3), approved(3, 4).slice(0, -1)).map(
        ({ category, event, id }, index) => ({
          event,
          recorded: { stream: { tenant: "main", category, id }, version: index + 1, position: index + 1, recordedAt }
        })
      )
    ).changes.flatMap((change) => (change._tag === "Upsert" ? [change.row] : []))
    const request = { where: ShippingQueue.waiting, sort: ShippingQueue.oldestFirst, limit: 10 }
    const queue = Result.getOrThrow(Paging.page(ShippingQueue.rows, rows, request)).rows
    assert.deepStrictEqual(
      queue.map((row) => [row.orderId, row.approvedAt, row.pieces, row.total]),
      [
        [orderId(2), at(3), 3, 5_580],
        [orderId(1), at(5), 3, 5_580]
      ]
    )
    for (const last of [ship, cancel]) {
      ProjectionSpec.given(ShippingQueue.ShippingQueue)
        .when(inStreams(ShippingQueue.ShippingQueue, after(draft, add(1), place, approve, last).events))
        .thenRows([])
    }
  })

  it.prop(
    "has just the orders whose status is approved waiting, for any commands to any orders",
    { histories: Histories },
    ({ histories }) => {
      const events = interleaved(inStreams(ShippingQueue.ShippingQueue, ...histories))
      const open = histories.flatMap((history) => {
        const state = stateOf(history)
        if (state.status !== "draft" && state.status !== "placed" && state.status !== "approved") return []
        const { customerId, lines, orderId, total } = state
        const timeOf = (tag: string) => history.findLast(({ _tag }) => _tag === tag)?.occurredAt
        const [placedAt, approvedAt] = [timeOf("OrderPlaced"), timeOf("OrderApproved")]
        const base = { orderId, customerId, currency: total.currency }
        if (placedAt === undefined) return [{ ...base, total: 0, lineCount: 0, pieces: 0 }]
        const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0)
        const filled = { ...base, total: total.amount, lineCount: lines.length, pieces, placedAt }
        return [approvedAt === undefined ? filled : { ...filled, approvedAt }]
      })
      ProjectionSpec.given(ShippingQueue.ShippingQueue).when(events).thenRows(open)
    },
    options
  )
})
