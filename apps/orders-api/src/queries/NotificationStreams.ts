/**
 * Reads what was sent, and how customers are reached, from their streams. Query handlers use this in place of the event store,
 * with which they could write. An event that cannot be decoded makes the stream unreadable: a defect.
 */
import { type NotificationId, OrderNews, Recipient, type RecipientCommands } from "@eventfold/domain-notifications"
import { EventCodec, type EventStore, type ReadModelFailure } from "@eventfold/event-store"
import type { CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Context, Effect, Layer, Stream } from "effect"
import { newsStreamOf, recipientStreamOf } from "../NotificationStreamIds.ts"
import type { NotificationDetail } from "./NotificationQueries.ts"
import { show } from "./Shown.ts"
import * as StreamEvents from "./StreamEvents.ts"

/** Reads notifications and recipients from their streams. */
export class NotificationStreams extends Context.Service<
  NotificationStreams,
  {
    /** What was sent under a notification. */
    letters(
      tenant: string,
      orderId: OrderId,
      notificationId: NotificationId.NotificationId
    ): Effect.Effect<NotificationDetail["letters"], ReadModelFailure>
    /** How a customer is reached. */
    recipient(
      tenant: string,
      customerId: CustomerId
    ): Effect.Effect<RecipientCommands.RecipientAnswer, ReadModelFailure>
  }
>()("@eventfold/orders-api/NotificationStreams") {
  /** Reads from the event store. */
  static readonly layer: Layer.Layer<NotificationStreams, never, EventStore> = Layer.effect(
    NotificationStreams,
    Effect.gen(function* () {
      const readNews = yield* StreamEvents.reader(news, "notifications, from their streams")
      const readRecipient = yield* StreamEvents.reader(recipients, "recipients, from their streams")
      return {
        letters: Effect.fn("NotificationStreams.letters")(function* (tenant, orderId, notificationId) {
          const told = yield* Stream.runCollect(readNews(newsStreamOf(tenant, orderId)))
          return told.flatMap(({ event }) =>
            event._tag === "NotificationSent" && event.notificationId === notificationId
              ? [{ channel: event.channel, via: event.via, letter: show(event.letter) }]
              : []
          )
        }),
        recipient: Effect.fn("NotificationStreams.recipient")(function* (tenant, customerId) {
          const told = yield* Stream.runCollect(readRecipient(recipientStreamOf(tenant, customerId)))
          const state = told.reduce((before, { event }) => Recipient.evolve(before, event), Recipient.initial)
          return Recipient.answerOf(customerId, state, told.length)
        })
      }
    })
  )
}

const news = EventCodec.make(OrderNews.OrderNews.Event)
const recipients = EventCodec.make(Recipient.Recipient.Event)
