/** Why something about the news of an order is refused: one typed error per reason, which tells nothing of the customer. */
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { NotificationId } from "./NotificationId.ts"

/** Nobody asked for such a notification: nothing can have become of it. */
export class NotificationNotRequested extends Schema.TaggedError<NotificationNotRequested>()(
  "NotificationNotRequested",
  { orderId: OrderId, notificationId: NotificationId }
) {
  readonly retryable = false
  override get message() {
    return `order ${this.orderId} has no notification ${this.notificationId}`
  }
}

/** The order is known to be that of somebody else, or to come to something else. */
export class OrderIntroducedOtherwise extends Schema.TaggedError<OrderIntroducedOtherwise>()(
  "OrderIntroducedOtherwise",
  { orderId: OrderId, field: Schema.Literals(["customerId", "total"]) }
) {
  readonly retryable = false
  override get message() {
    return `order ${this.orderId} is known with another ${this.field}`
  }
}

/** The schema of every refusal. */
export const NewsRefusal = Schema.Union([NotificationNotRequested, OrderIntroducedOtherwise])
/** Why something about the news of an order is refused. */
export type NewsRefusal = typeof NewsRefusal.Type
