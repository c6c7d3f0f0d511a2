/**
 * Tells customers what they are to be told, by each of their channels, and notes what has become of it.
 *
 * Guarantees: what is to be told is an event, so it is told, whoever crashes in between; what was noted is not told again. After a
 * crash in between it is: under the same Message-ID. What may pass is tried again for about an hour with growing waits, and is a
 * dead letter then. One that waits holds up no other order's.
 */
import { Delivering, NewsEvents, OrderNews, Recipient } from "@eventfold/domain-notifications"
import { EventHandler } from "@eventfold/subscriptions"
import { DateTime, Effect, Schema } from "effect"
import { causedBy } from "../fulfilment/Coordinated.ts"
import { newsStreamOf, recipientStreamOf } from "../NotificationStreamIds.ts"
import { news, recipients } from "./NotificationAggregates.ts"

/** What tells them. */
export const handler = EventHandler.make({
  name: "notifying",
  events: Schema.Union([NewsEvents.NotificationRequested]),
  options: {
    // Longer than a mail may take on each of two channels.
    timeLimit: "1 minute",
    failure: { retries: 10, firstWait: "2 seconds", longestWait: "10 minutes" }
  },
  handle: Effect.fnUntraced(function* (event, recorded) {
    const { tenant } = recorded.stream
    const { customerId, notificationId, orderId } = event
    const stream = newsStreamOf(tenant, orderId)
    const recipient = yield* recipients.load(recipientStreamOf(tenant, customerId))
    const settled = OrderNews.settledOf((yield* news.load(stream)).state, notificationId) ?? []
    for (const channel of Recipient.channelsOf(recipient.state)) {
      if (settled.includes(channel)) continue
      const noted = yield* Delivering.deliver(tenant, event, channel, yield* DateTime.now)
      yield* news.handle(stream, noted, { metadata: causedBy(recorded) })
    }
  })
})
