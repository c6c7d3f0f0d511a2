/**
 * Who acts upon what others say: one row for each subscriber, made in the file of its context beside this one. A row that is
 * added receives everything the broker keeps, from the beginning; no publisher changes for that.
 */
import type { CommandBus } from "@eventfold/event-store"
import type { Subscriber } from "@eventfold/messaging"
import { subscriber as billing } from "../billing/BillingSubscriber.ts"
import { subscriber as notifications } from "../notifications/NotificationsSubscriber.ts"
import type { Ports } from "../Service.ts"

/** What handlers of messages may use. */
export type SubscriberServices = CommandBus | Ports

/** The rows of the table. */
export type Subscribers = ReadonlyArray<Subscriber.Subscriber<SubscriberServices>>

/** The subscribers of the service. */
export const subscribers: Subscribers = [billing, notifications]
