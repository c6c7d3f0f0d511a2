/** Answers the queries of notifications. Nothing here can write. */
import { Specification } from "@eventfold/decider"
import { Notifications } from "@eventfold/domain-notifications"
import { QueryBus } from "@eventfold/event-store"
import { ReadModels } from "@eventfold/subscriptions"
import { Effect, Option } from "effect"
import { findNotifications, getNotification, getRecipient, NotificationNotFound } from "./NotificationQueries.ts"
import { NotificationStreams } from "./NotificationStreams.ts"
import * as Pages from "./Pages.ts"

/** The handlers of the queries of notifications. */
export const handlers = [
  QueryBus.handler(
    getNotification,
    Effect.fnUntraced(function* ({ notificationId, tenant }) {
      const found = yield* (yield* ReadModels).get(Notifications.readModel, tenant, { notificationId })
      if (Option.isNone(found)) return yield* new NotificationNotFound({ notificationId })
      const streams = yield* NotificationStreams
      return { ...found.value, letters: yield* streams.letters(tenant, found.value.orderId, notificationId) }
    })
  ),
  QueryBus.handler(findNotifications, ({ after, limit, orderId, status, tenant }) => {
    const where = Specification.and(
      ...(orderId === undefined ? [] : [Notifications.ofOrder(orderId)]),
      ...(status === undefined ? [] : [Notifications.inStatus(status)])
    )
    const request = { tenant, where, sort: Notifications.latestFirst, limit, after }
    return Pages.of(Notifications.readModel, request, (row) => row)
  }),
  QueryBus.handler(getRecipient, ({ customerId, tenant }) =>
    Effect.flatMap(NotificationStreams, (streams) => streams.recipient(tenant, customerId))
  )
]
