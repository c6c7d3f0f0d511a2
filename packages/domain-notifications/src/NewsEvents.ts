/**
 * What happens about the news of an order. Names and shapes are a storage format: a changed shape gets a higher version.
 *
 * What was sent, and to which address, is personal, of the customer: it can be forgotten. Every event carries `orderId` and
 * `occurredAt`.
 */
import { DomainEvent } from "@eventfold/decider"
import { CustomerId, Money, OrderId, Text } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Channel } from "./Channel.ts"
import { PersonalLetter } from "./Letter.ts"
import { MailRefused } from "./Mailer.ts"
import { News } from "./News.ts"
import { NotificationId } from "./NotificationId.ts"
import { DelayReason } from "./Patience.ts"

const orderId = OrderId

/** It is known whose an order is, and what it comes to. */
export const OrderIntroduced = DomainEvent.make("OrderIntroduced", {
  orderId,
  customerId: CustomerId,
  total: Money.NonNegativeMoney
})
/** It is known whose an order is, and what it comes to. */
export interface OrderIntroduced extends Schema.Schema.Type<typeof OrderIntroduced> {}

/** There is news of an order nobody has introduced yet: it waits for that. */
export const NewsHeld = DomainEvent.make("NewsHeld", { orderId, news: News })
/** There is news of an order nobody has introduced yet: it waits for that. */
export interface NewsHeld extends Schema.Schema.Type<typeof NewsHeld> {}

/** A customer is to be told something of an order. */
export const NotificationRequested = DomainEvent.make("NotificationRequested", {
  orderId,
  notificationId: NotificationId,
  customerId: CustomerId,
  total: Money.NonNegativeMoney,
  news: News
})
/** A customer is to be told something of an order. */
export interface NotificationRequested extends Schema.Schema.Type<typeof NotificationRequested> {}

const delivery = { orderId, notificationId: NotificationId, channel: Channel }

/** The customer was told, in these words. */
export const NotificationSent = DomainEvent.make("NotificationSent", {
  ...delivery,
  /** By what: `smtp`, or `outbox` where there is no server. */
  via: Text.line(40),
  letter: PersonalLetter
})
/** The customer was told, in these words. */
export interface NotificationSent extends Schema.Schema.Type<typeof NotificationSent> {}

/** The schema of why a customer is not told something. */
export const SkipReason = Schema.Literals(["customer-unknown", "customer-forgotten", "no-address"]).annotate({
  identifier: "SkipReason"
})
/** Why a customer is not told something. */
export type SkipReason = typeof SkipReason.Type

/** The customer is not told, because nobody knows how. */
export const NotificationSkipped = DomainEvent.make("NotificationSkipped", { ...delivery, reason: SkipReason })
/** The customer is not told, because nobody knows how. */
export interface NotificationSkipped extends Schema.Schema.Type<typeof NotificationSkipped> {}

/** The customer cannot be told this way: what was written is refused for good. */
export const NotificationRefused = DomainEvent.make("NotificationRefused", {
  ...delivery,
  problem: MailRefused.fields.problem
})
/** The customer cannot be told this way: what was written is refused for good. */
export interface NotificationRefused extends Schema.Schema.Type<typeof NotificationRefused> {}

/** The customer cannot be told now: it is tried again at `until`. */
export const NotificationPostponed = DomainEvent.make("NotificationPostponed", {
  ...delivery,
  problem: DelayReason,
  /** How often it was tried. */
  tries: Schema.Int,
  until: Schema.DateTimeUtc
})
/** The customer cannot be told now: it is tried again at `until`. */
export interface NotificationPostponed extends Schema.Schema.Type<typeof NotificationPostponed> {}

/** The time has come to try again. */
export const NotificationDue = DomainEvent.make("NotificationDue", delivery)
/** The time has come to try again. */
export interface NotificationDue extends Schema.Schema.Type<typeof NotificationDue> {}

/** The customer could not be told this way, though it was tried for long: nobody tries again. */
export const NotificationGivenUp = DomainEvent.make("NotificationGivenUp", {
  ...delivery,
  problem: DelayReason,
  tries: Schema.Int
})
/** The customer could not be told this way, though it was tried for long: nobody tries again. */
export interface NotificationGivenUp extends Schema.Schema.Type<typeof NotificationGivenUp> {}

/** The schema of everything that happens about the news of an order. */
export const NewsEvent = Schema.Union([
  OrderIntroduced,
  NewsHeld,
  NotificationRequested,
  NotificationSent,
  NotificationSkipped,
  NotificationRefused,
  NotificationPostponed,
  NotificationDue,
  NotificationGivenUp
])
/** Something that happens about the news of an order. */
export type NewsEvent = typeof NewsEvent.Type
