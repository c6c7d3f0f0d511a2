/**
 * What is counted of an order. Names and shapes are a storage format. Each says all that goes into the figures, so no figure
 * needs to remember an order. Nothing in them is personal.
 */
import { DomainEvent } from "@eventfold/decider"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { OrderContent } from "./OrderContent.ts"

const counted = { orderId: OrderId, content: OrderContent }

/** An order counts on the day it was placed. */
export const OrderCounted = DomainEvent.make("OrderCounted", counted)
/** An order counts on the day it was placed. */
export interface OrderCounted extends Schema.Schema.Type<typeof OrderCounted> {}

/** A shipment counts on the day the goods left. */
export const ShipmentCounted = DomainEvent.make("ShipmentCounted", counted)
/** A shipment counts on the day the goods left. */
export interface ShipmentCounted extends Schema.Schema.Type<typeof ShipmentCounted> {}

/** A cancellation counts on the day the order was cancelled, with what was ordered. */
export const CancellationCounted = DomainEvent.make("CancellationCounted", counted)
/** A cancellation counts on the day the order was cancelled, with what was ordered. */
export interface CancellationCounted extends Schema.Schema.Type<typeof CancellationCounted> {}

/** The schema of everything that is counted of an order. */
export const CountEvent = Schema.Union([OrderCounted, ShipmentCounted, CancellationCounted])
/** Something that was counted of an order. */
export type CountEvent = typeof CountEvent.Type
