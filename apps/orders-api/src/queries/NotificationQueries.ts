/**
 * What can be asked of notifications, as typed queries: a list, of a read model; one with what was written, from its stream; and
 * how a customer is reached.
 */
import { Message } from "@eventfold/decider"
import { Channel, Letter, NotificationId, Notifications, RecipientCommands } from "@eventfold/domain-notifications"
import { StreamId } from "@eventfold/event-store"
import { CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Pages from "./Pages.ts"
import { shown } from "./Shown.ts"

/** No notification has this id. */
export class NotificationNotFound extends Schema.TaggedError<NotificationNotFound>()("NotificationNotFound", {
  notificationId: NotificationId.NotificationId
}) {
  override get message() {
    return `there is no notification ${this.notificationId}`
  }
}

/** A notification, with what was sent. */
export const NotificationDetail = Schema.Struct({
  ...Notifications.NotificationRow.fields,
  /** What was sent, by each channel. */
  letters: Schema.Array(Schema.Struct({ channel: Channel.Channel, via: Schema.String, letter: shown(Letter.Letter) }))
}).annotate({ identifier: "NotificationDetail", description: "A notification, with what was sent" })
/** A notification, with what was sent. */
export interface NotificationDetail extends Schema.Schema.Type<typeof NotificationDetail> {}

/** Asks for one notification. */
export const GetNotification = Schema.TaggedStruct("GetNotification", {
  tenant: StreamId.Tenant,
  notificationId: NotificationId.NotificationId
})
/** The message that carries {@link GetNotification}. */
export const getNotification = Message.query({
  context: "notifications",
  payload: GetNotification,
  answer: NotificationDetail,
  refusal: NotificationNotFound
})

/** Asks for a page of notifications, the last one first. What is left out does not restrict. */
export const FindNotifications = Schema.TaggedStruct("FindNotifications", {
  ...Pages.fields,
  orderId: Schema.optionalKey(OrderId),
  status: Schema.optionalKey(Notifications.NotificationStatus)
})
/** The message that carries {@link FindNotifications}. */
export const findNotifications = Pages.query("notifications", FindNotifications, Notifications.NotificationRow)

/** Asks how a customer is reached. Who has chosen nothing is reached by mail. */
export const GetRecipient = Schema.TaggedStruct("GetRecipient", { tenant: StreamId.Tenant, customerId: CustomerId })
/** The message that carries {@link GetRecipient}. */
export const getRecipient = Message.query({
  context: "notifications",
  payload: GetRecipient,
  answer: RecipientCommands.RecipientAnswer
})
