/** What analytics is told of orders. Every command carries `orderId` and `occurredAt`. */
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { OrderContent } from "./OrderContent.ts"

const common = { orderId: OrderId, occurredAt: Schema.DateTimeUtc }

/** Tells that an order was placed, and what it holds. */
export const CountOrder = Schema.TaggedStruct("CountOrder", { ...common, content: OrderContent })
/** Tells that an order was placed, and what it holds. */
export interface CountOrder extends Schema.Schema.Type<typeof CountOrder> {}

/** Tells that the goods of an order left, and which. */
export const CountShipment = Schema.TaggedStruct("CountShipment", { ...common, content: OrderContent })
/** Tells that the goods of an order left, and which. */
export interface CountShipment extends Schema.Schema.Type<typeof CountShipment> {}

/** Tells that an order was cancelled. */
export const CountCancellation = Schema.TaggedStruct("CountCancellation", common)
/** Tells that an order was cancelled. */
export interface CountCancellation extends Schema.Schema.Type<typeof CountCancellation> {}

/** The schema of everything an order that is counted decides on. */
export const CountCommand = Schema.Union([CountOrder, CountShipment, CountCancellation])
/** Something an order that is counted decides on. */
export type CountCommand = typeof CountCommand.Type
