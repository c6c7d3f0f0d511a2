/**
 * Names a notification: one for each order and kind of news. It follows from both, so whoever hears the same again means the
 * same notification.
 */
import { NameId } from "@eventfold/decider"
import { Identifier, type OrderId } from "@eventfold/shared-kernel"
import type { Channel } from "./Channel.ts"
import type { NewsKind } from "./News.ts"

/** The schema of notification identifiers, `notification_<uuid>`, with `fromUuid` and `uuidOf`. */
export const NotificationId = Identifier.make("notification")
/** Names a notification. */
export type NotificationId = typeof NotificationId.Type

/** The notification of an order about something. */
export const of = (orderId: OrderId, kind: NewsKind): NotificationId =>
  NotificationId.fromUuid(NameId.make("notification", orderId, kind))

/** What is sent under a notification by a channel: the same each time it is sent again. */
export const messageIdOf = (notificationId: NotificationId, channel: Channel): string => `${notificationId}.${channel}`
