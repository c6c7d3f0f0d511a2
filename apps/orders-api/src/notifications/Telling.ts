/**
 * Tells customers what they are to be told, by each of their channels, and notes what has become of it.
 *
 * Guarantees: what is to be told is an event, so it is told, whoever crashes in between; what was noted is not told again. After a
 * crash in between it is: under the same Message-ID. A mailbox that takes nothing is postponed by a durable timer, and given up
 * after ten tries in 24 hours (`Patience`): that is noted and holds up nobody. While no server takes mail all wait
 * (`PatientMailer`), and nothing is given up.
 *
 * Gotcha: what was postponed can be told after newer news of the same order.
 */
import { Delivering, type Channel, NewsEvents, OrderNews, Recipient } from "@eventfold/domain-notifications"
import { type RecordedEvent, Transaction } from "@eventfold/event-store"
import { Timers } from "@eventfold/processes"
import { EventHandler } from "@eventfold/subscriptions"
import { DateTime, Effect, Predicate, Schema } from "effect"
import { causedBy } from "../CausedBy.ts"
import { newsStreamOf, recipientStreamOf } from "../NotificationStreamIds.ts"
import { news, recipients } from "./NotificationAggregates.ts"
import * as PostponedTimer from "./PostponedTimer.ts"

/** Its name among the event handlers, and that of its timers. A storage format. */
export const name = PostponedTimer.manager

type Said = NewsEvents.NotificationRequested | NewsEvents.NotificationDue

/** The channels that an event is about, and for which nothing has become of it yet: whatever is delivered again has none. */
const channelsOf = (event: Said, requested: OrderNews.Requested, recipient: Recipient.RecipientState) =>
  event._tag === "NotificationDue"
    ? requested.settled.includes(event.channel) || OrderNews.postponedOn(requested, event.channel)?.isDue !== true
      ? []
      : [event.channel]
    : Recipient.channelsOf(recipient).filter(
        (channel) => !requested.settled.includes(channel) && OrderNews.postponedOn(requested, channel) === undefined
      )

/** Tells by one channel, and notes it; a timer is set together with the note that needs it. */
const tell = Effect.fnUntraced(function* (
  recorded: RecordedEvent,
  { orderId, ...order }: Pick<NewsEvents.NotificationRequested, "orderId" | "customerId" | "total">,
  requested: OrderNews.Requested,
  channel: Channel.Channel
) {
  const { tenant } = recorded.stream
  const [transaction, timers] = [yield* Transaction, yield* Timers]
  const before = OrderNews.postponedOn(requested, channel)
  const telling = { orderId, ...order, ...requested }
  const noted = yield* Delivering.deliver(tenant, telling, channel, DateTime.now, before)
  const noting = news.handle(newsStreamOf(tenant, orderId), noted, { metadata: causedBy(recorded) })
  const { outcome } = noted
  yield* outcome._tag === "NotificationPostponed"
    ? transaction.run(Effect.andThen(noting, timers.schedule([PostponedTimer.of(tenant, outcome)])))
    : noting
})

const mayPass = (error: unknown) =>
  Predicate.isTagged(error, "TooManyConflicts") ||
  Predicate.isTagged(error, "VersionConflict") ||
  (Predicate.hasProperty(error, "retryable") && error.retryable === true)

/** What tells them. */
export const handler = EventHandler.make({
  name,
  events: Schema.Union([NewsEvents.NotificationRequested, NewsEvents.NotificationDue]),
  // What waits here, waits for the store or for whoever takes mail: as long as it takes.
  options: { timeLimit: "24 hours", failure: { retries: 1000, firstWait: "2 seconds", longestWait: "1 minute" } },
  // What stays as it is must not hold up the others.
  classify: (error) => (mayPass(error) ? "transient" : "permanent"),
  handle: Effect.fnUntraced(function* (event: Said, recorded) {
    const { tenant } = recorded.stream
    const { notificationId, orderId } = event
    const { state } = yield* news.load(newsStreamOf(tenant, orderId))
    const requested = OrderNews.requestedOf(state, notificationId)
    if (requested === undefined || state.order === undefined) return
    const order = { orderId, ...state.order }
    const recipient = yield* recipients.load(recipientStreamOf(tenant, order.customerId))
    for (const channel of channelsOf(event, requested, recipient.state)) {
      yield* tell(recorded, order, requested, channel)
    }
  })
})
