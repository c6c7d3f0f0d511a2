/**
 * What is counted of a step, for every way of adding it up: on the UTC day of the step itself. So a cancellation counts on the
 * day somebody cancelled, and the day of the order stays as it was: the figures tell what happened when, and not, as the sales of
 * ordering do, what has become of the orders of a day.
 *
 * Amounts are whole minor units of the currency of the row. Several currencies never add up.
 */
import { Projection } from "@eventfold/decider"
import { Schema } from "effect"
import { CountEvent } from "../CountEvents.ts"

/** The events figures are made of. */
export const events = CountEvent

/** The fields that are counted, of orders. */
export const fields = {
  /** How many orders were placed. */
  orders: Schema.Int,
  /** What they cost. */
  ordered: Schema.Int,
  /** How many orders left. */
  shipments: Schema.Int,
  /** What they cost. */
  shipped: Schema.Int,
  /** How many orders were cancelled. */
  cancellations: Schema.Int,
  /** What they cost. */
  cancelled: Schema.Int
}
/** The names of the fields that are counted. */
export const counters = ["orders", "ordered", "shipments", "shipped", "cancellations", "cancelled"] as const
/** Nothing counted yet. */
export const none = { orders: 0, ordered: 0, shipments: 0, shipped: 0, cancellations: 0, cancelled: 0 }

const namesOf = {
  OrderCounted: ["orders", "ordered"],
  ShipmentCounted: ["shipments", "shipped"],
  CancellationCounted: ["cancellations", "cancelled"]
} as const

/** What a step adds to a row: one order, and so much money. */
export const counted = <const Key>({ _tag }: CountEvent, key: Key, amount: number) => {
  const [count, sum] = namesOf[_tag]
  return [Projection.increment(key, count, 1), Projection.increment(key, sum, amount)]
}
