/**
 * One row per notification: what a customer was to be told of an order, and what has become of it on each channel.
 *
 * What was written, and to which address, is personal and in no row: it is read from the stream of the order's news.
 */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Channel } from "../Channel.ts"
import { NewsKind } from "../News.ts"
import {
  NotificationRefused,
  NotificationRequested,
  NotificationSent,
  NotificationSkipped,
  SkipReason
} from "../NewsEvents.ts"
import { NotificationId } from "../NotificationId.ts"

/** The schema of what has become of a notification on a channel. */
export const ChannelOutcome = Schema.Struct({
  channel: Channel,
  result: Schema.Literals(["sent", "skipped", "refused"]),
  /** By what it was sent. */
  via: Schema.optionalKey(Schema.String),
  /** Why it was not. */
  reason: Schema.optionalKey(Schema.Union([SkipReason, NotificationRefused.fields.problem])),
  at: Schema.DateTimeUtc
}).annotate({ identifier: "ChannelOutcome" })
/** What has become of a notification on a channel. */
export interface ChannelOutcome extends Schema.Schema.Type<typeof ChannelOutcome> {}

/** The schema of where a notification stands: `sent` when it was sent by one channel at least. */
export const NotificationStatus = Schema.Literals(["requested", "sent", "skipped", "refused"]).annotate({
  identifier: "NotificationStatus",
  message: "must be requested, sent, skipped or refused"
})
/** Where a notification stands. */
export type NotificationStatus = typeof NotificationStatus.Type

/** The schema of a row. */
export const NotificationRow = Schema.Struct({
  notificationId: NotificationId,
  orderId: OrderId,
  customerId: CustomerId,
  kind: NewsKind,
  status: NotificationStatus,
  outcomes: Schema.Array(ChannelOutcome),
  requestedAt: Schema.DateTimeUtc,
  /** The version of the order's news that the row tells about. */
  version: Schema.Int
}).annotate({ identifier: "NotificationRow" })
/** A notification. */
export type NotificationRow = typeof NotificationRow.Type

/** The rows, as what keeps them knows them. */
export const readModel = ReadModel.make({
  name: "notifications",
  key: ["notificationId"],
  row: NotificationRow,
  indexes: [["orderId", "requestedAt"], ["customerId"], ["status", "requestedAt"], ["requestedAt"]]
})

const events = Schema.Union([NotificationRequested, NotificationSent, NotificationSkipped, NotificationRefused])
type Outcome = Exclude<typeof events.Type, NotificationRequested>

/** Every notification. An event that is told about already changes nothing. */
export const Notifications = Projection.make({
  readModel,
  readsPersonal: false,
  events,
  keys: ({ notificationId }) => [{ notificationId }],
  project: (event, [row], { version }) => {
    if (event._tag === "NotificationRequested") {
      if (row !== undefined) return Projection.unchanged
      const { customerId, news, notificationId, occurredAt: requestedAt, orderId } = event
      const named = { notificationId, orderId, customerId, kind: news.kind }
      return [Projection.upsert({ ...named, status: "requested", outcomes: [], requestedAt, version })]
    }
    if (row === undefined || version <= row.version) return Projection.unchanged
    const outcome = outcomeOf(event)
    const status = row.status === "sent" ? row.status : outcome.result
    return [Projection.upsert({ ...row, status, outcomes: [...row.outcomes, outcome], version })]
  }
})

const outcomeOf = (event: Outcome): ChannelOutcome => {
  const { channel, occurredAt: at } = event
  switch (event._tag) {
    case "NotificationSent":
      return { channel, result: "sent", via: event.via, at }
    case "NotificationSkipped":
      return { channel, result: "skipped", reason: event.reason, at }
    case "NotificationRefused":
      return { channel, result: "refused", reason: event.problem, at }
  }
}

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** The notifications of an order. */
export const ofOrder = (orderId: OrderId) => Specification.eq(rows.field("orderId"), orderId)

/** The notifications that stand somewhere. */
export const inStatus = (status: NotificationStatus) => Specification.eq(rows.field("status"), status)

/** What was asked for last comes first. */
export const latestFirst = [Sorting.descending(rows.field("requestedAt"))]
