/**
 * The timer of a notification that was postponed on a channel: one for each. Its process is the order, and its name the notification
 * and the channel. Both are a storage format.
 */
import { Channel, type NewsEvents, NotificationId } from "@eventfold/domain-notifications"
import type { NewTimer, TimerKey } from "@eventfold/processes"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** Whose timers they are. */
export const manager = "notifying"

/** The timer of what was postponed. */
export const of = (
  tenant: string,
  { channel, notificationId, orderId, until }: NewsEvents.NotificationPostponed
): NewTimer => ({
  tenant,
  manager,
  process: orderId,
  purpose: "timer",
  timer: NotificationId.messageIdOf(notificationId, channel),
  dueAt: until
})

const Named = Schema.Struct({
  orderId: OrderId,
  notificationId: NotificationId.NotificationId,
  channel: Channel.Channel
})
const decode = Schema.decodeUnknownEffect(Named)

/** What a timer stands for, but for the time; fails when it is none of these. */
export const read = ({ process, timer }: TimerKey) => {
  const [notificationId, channel] = timer.split(".")
  return decode({ orderId: process, notificationId, channel })
}
