/** What happens to the notices of an order. Names and shapes are a storage format. Nothing in them is personal. */
import { DomainEvent } from "@eventfold/decider"
import { OrderId, Text } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** The schema of what customers are told about. */
export const NoticeKind = Schema.Literals([
  "order-confirmed",
  "order-cancelled",
  "delivery-delayed",
  "order-delivered"
]).annotate({ identifier: "NoticeKind" })
/** What customers are told about. */
export type NoticeKind = typeof NoticeKind.Type

/** The customer of the order is to be told something. Who that is and how they are reached, the order's own context knows. */
export const CustomerNotified = DomainEvent.make("CustomerNotified", {
  orderId: OrderId,
  notice: NoticeKind,
  detail: Schema.optionalKey(Text.block(2_000))
})
/** The customer of the order is to be told something. */
export interface CustomerNotified extends Schema.Schema.Type<typeof CustomerNotified> {}

/** The schema of everything that happens to the notices of an order. */
export const NoticeEvent = Schema.Union([CustomerNotified])
/** Something that happened to the notices of an order. */
export type NoticeEvent = typeof NoticeEvent.Type
