/** What can be asked of the notices of an order, as a schema of its payload and a message for a bus to carry. */
import { Message } from "@eventfold/decider"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { CustomerNotified } from "./NoticeEvents.ts"

/** The schema of what the command answers. */
export const NoticeAnswer = Schema.Struct({
  orderId: OrderId,
  /** How many notices of the order there are. */
  version: Schema.Int
}).annotate({ identifier: "NoticeAnswer" })
/** How many notices of the order there are. */
export interface NoticeAnswer extends Schema.Schema.Type<typeof NoticeAnswer> {}

/** Has the customer of an order told something, once. */
export const NotifyCustomer = Schema.TaggedStruct("NotifyCustomer", {
  orderId: OrderId,
  occurredAt: Schema.DateTimeUtc,
  notice: CustomerNotified.fields.notice,
  detail: CustomerNotified.fields.detail
})
/** Has the customer of an order told something, once. */
export interface NotifyCustomer extends Schema.Schema.Type<typeof NotifyCustomer> {}
/** The message that carries {@link NotifyCustomer}. It is never refused. */
export const notifyCustomer = Message.command({
  context: "fulfilment",
  payload: NotifyCustomer,
  answer: NoticeAnswer
})
