/**
 * What notifications is told of orders, and what has become of what it sent. Every command carries `orderId` and `occurredAt`.
 */
import { CustomerId, Money, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Channel } from "./Channel.ts"
import { News } from "./News.ts"
import {
  NotificationGivenUp,
  NotificationPostponed,
  NotificationRefused,
  NotificationSent,
  NotificationSkipped
} from "./NewsEvents.ts"
import { NotificationId } from "./NotificationId.ts"

const common = { orderId: OrderId, occurredAt: Schema.DateTimeUtc }

/** Tells whose an order is, and what it comes to. */
export const IntroduceOrder = Schema.TaggedStruct("IntroduceOrder", {
  ...common,
  customerId: CustomerId,
  total: Money.NonNegativeMoney
})
/** Tells whose an order is, and what it comes to. */
export interface IntroduceOrder extends Schema.Schema.Type<typeof IntroduceOrder> {}

/** Tells something of an order that its customer is to be told. */
export const TellNews = Schema.TaggedStruct("TellNews", { ...common, news: News })
/** Tells something of an order that its customer is to be told. */
export interface TellNews extends Schema.Schema.Type<typeof TellNews> {}

/** Tells what has become of a notification on one channel. */
export const NoteDelivery = Schema.TaggedStruct("NoteDelivery", {
  ...common,
  outcome: Schema.Union([
    NotificationSent,
    NotificationSkipped,
    NotificationRefused,
    NotificationPostponed,
    NotificationGivenUp
  ])
})
/** Tells what has become of a notification on one channel. */
export interface NoteDelivery extends Schema.Schema.Type<typeof NoteDelivery> {}

/** Tells that the time has come to try again what was postponed. */
export const TakeUpNotification = Schema.TaggedStruct("TakeUpNotification", {
  ...common,
  notificationId: NotificationId,
  channel: Channel
})
/** Tells that the time has come to try again what was postponed. */
export interface TakeUpNotification extends Schema.Schema.Type<typeof TakeUpNotification> {}

/** The schema of everything the news of an order decide on. */
export const NewsCommand = Schema.Union([IntroduceOrder, TellNews, NoteDelivery, TakeUpNotification])
/** Something the news of an order decide on. */
export type NewsCommand = typeof NewsCommand.Type
