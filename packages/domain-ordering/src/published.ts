/**
 * What other contexts may know of ordering: the messages it says, and the events they act upon. What a draft holds before it
 * is placed is told to nobody. Whoever acts upon an order finds its lines, its total and its customer where it is placed.
 */
import { Schema } from "effect"
import * as Events from "./OrderEvents.ts"

export * as OrderingMeanings from "./OrderingMeanings.ts"
export * as OrderingMessages from "./OrderingMessages.ts"
export { OrderApproved, OrderCancelled, OrderDelivered, OrderPlaced, OrderShipped } from "./OrderEvents.ts"

/** The schema of what is told of orders. */
export const OrderingEvent = Schema.Union([
  Events.OrderPlaced,
  Events.OrderApproved,
  Events.OrderShipped,
  Events.OrderDelivered,
  Events.OrderCancelled
])
/** Something that is told of an order. */
export type OrderingEvent = typeof OrderingEvent.Type
