/**
 * What sales are, for every way of adding them up: counted when an order is placed, on the UTC day it was placed.
 *
 * `gross` counts every placed order. `net` leaves out those that were cancelled, later or at once. Both are what the
 * lines cost, discounts taken off, in whole minor units; rows are per currency, and several currencies never add up.
 *
 * A cancellation says nothing of the total, so what an order has put in is remembered as long as it can be cancelled:
 * until it is shipped.
 */
import { Projection } from "@eventfold/decider"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { OrderCancelled, OrderPlaced, OrderShipped } from "../OrderEvents.ts"

/** The events sales are made of. */
export const events = Schema.Union([OrderPlaced, OrderCancelled, OrderShipped])
/** An event sales are made of. */
export type SalesEvent = typeof events.Type

/** The fields that are counted. */
export const fields = {
  /** How many orders were placed. */
  orders: Schema.Int,
  /** How many of them were cancelled. */
  cancelled: Schema.Int,
  /** What all of them cost. */
  gross: Schema.Int,
  /** What those cost that were not cancelled. */
  net: Schema.Int
}
/** The names of the fields that are counted. */
export const counters = ["orders", "cancelled", "gross", "net"] as const
/** Nothing sold yet. */
export const none = { orders: 0, cancelled: 0, gross: 0, net: 0 }

/** What is remembered of an order that can be cancelled: which row it was counted in, and what it cost. */
export const remembered = { orderId: OrderId, amount: Schema.Natural }

/** What a placed order adds to a row. */
export const placed = <const Key>(key: Key, amount: number) => [
  Projection.increment(key, "orders", 1),
  Projection.increment(key, "gross", amount),
  Projection.increment(key, "net", amount)
]

/** What a cancelled order takes out of the row it was counted in. */
export const cancelled = <const Key>(key: Key, amount: number) => [
  Projection.increment(key, "cancelled", 1),
  Projection.increment(key, "net", 0 - amount)
]

/** What is remembered after an event: what was placed, until it is cancelled or can no longer be. */
export const remember = <Remembered>(
  before: Remembered | undefined,
  event: SalesEvent,
  of: (event: OrderPlaced) => Remembered
): Remembered | undefined => (event._tag === "OrderPlaced" ? (before ?? of(event)) : undefined)
