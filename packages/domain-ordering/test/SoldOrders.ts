/** Orders that were sold, and what they add up to when no projection does it. */
import { assert } from "@effect/vitest"
import { type DomainEvent, Projection } from "@eventfold/decider"
import type { OrderEvents, PricedCommand } from "@eventfold/domain-ordering"
import type { Currency } from "@eventfold/shared-kernel"
import { ProjectionSpec } from "@eventfold/testing"
import { at, type History, inStreams, interleaved, renamed } from "./ManyOrders.ts"
import { add, after, approve, cancel, customerId, deliver, draft, place, ship } from "./Scenario.ts"

/** An order of one line, placed on a day and then led on by what else is said. */
export const order = (
  number: number,
  day: number,
  amount: number,
  currency: Currency.Currency = "USD",
  ...more: ReadonlyArray<PricedCommand>
): History =>
  renamed(after(draft, add(number, 1, amount), place, ...more).events, number, customerId, currency).map((event) => ({
    ...event,
    occurredAt: at(event._tag === "OrderCancelled" ? day + 1 : day, 23)
  }))

/** Some orders: delivered, cancelled, and two on their way, one of them in another currency. */
export const orders = [
  order(1, 1, 250_00, "USD", approve, ship, deliver),
  order(2, 1, 50_00, "USD", cancel),
  order(3, 1, 2_000, "JPY"),
  order(4, 2, 1_000_01, "USD")
]
/** What is counted of sales. */
export const sales = (orders: number, cancelled: number, gross: number, net: number) => ({
  orders,
  cancelled,
  gross,
  net
})

/** What was placed in some histories, and whether it was cancelled: added up without any projection. */
export const soldIn = (histories: ReadonlyArray<History>) =>
  histories.flatMap((history) => {
    const placed = history.find((event): event is OrderEvents.OrderPlaced => event._tag === "OrderPlaced")
    const first = history.find((event): event is OrderEvents.OrderDrafted => event._tag === "OrderDrafted")
    const has = (tag: string) => history.some(({ _tag }) => _tag === tag)
    return placed === undefined || first === undefined
      ? []
      : [{ placed, customerId: first.customerId, cancelled: has("OrderCancelled"), delivered: has("OrderDelivered") }]
  })

/** Adds amounts up under their keys, in the order of the first of each. */
export const addedUp = (rows: ReadonlyArray<readonly [key: object, row: object]>): ReadonlyArray<object> => {
  const sums = new Map<string, object>()
  for (const [key, row] of rows) {
    const before: object = sums.get(JSON.stringify(key)) ?? key
    sums.set(JSON.stringify(key), added(before, row))
  }
  return Array.from(sums.values())
}
const added = (before: object, row: object): object => ({
  ...before,
  ...Object.fromEntries(
    Object.entries(row).map(([field, by]) => {
      const [, sum = 0] = Object.entries(before).find(([name]) => name === field) ?? []
      return [field, Number(sum) + Number(by)]
    })
  )
})

/** What an order adds up to. */
export const rowOf = ({ cancelled }: { readonly cancelled: boolean }, amount: number) =>
  sales(1, cancelled ? 1 : 0, amount, cancelled ? 0 : amount)

/** All rows a projection makes of some histories, by a reader who knows nothing of their types. */
export const rowsAfter = <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>
>(
  projection: Projection.Projection<Event, Row, Key, Counter>,
  histories: ReadonlyArray<History>
): ReadonlyArray<object> => {
  const events = interleaved(inStreams(projection, ...histories))
  const seen: Array<Row> = []
  const happened = events.map(({ category, event, id, recordedAt }, index) => ({
    event,
    recorded: { stream: { tenant: "main", category, id }, version: index + 1, position: index + 1, recordedAt }
  }))
  const { changes } = Projection.foldBatch(projection)(new Map(), happened, [], new Map())
  for (const change of changes) {
    if (change._tag === "Increment") seen.push({ ...change.initial, ...change.by })
  }
  // In one batch and one by one: the expectation compares both.
  ProjectionSpec.given(projection).when(events).thenRows(seen)
  return seen
}

/** Each row as text, whatever the order of its fields, in one order. */
const textsOf = (rows: ReadonlyArray<object>) =>
  rows.map((row) => JSON.stringify(row, Object.keys(row).toSorted(compareText))).toSorted(compareText)
const compareText = (a: string, b: string) => (a < b ? -1 : 1)
/** Whether the same rows were found as expected, in any order. */
export const expectSame = (found: ReadonlyArray<object>, expected: ReadonlyArray<object>) =>
  assert.deepStrictEqual(textsOf(found), textsOf(expected))
