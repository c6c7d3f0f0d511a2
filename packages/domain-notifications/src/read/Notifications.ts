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
  NotificationGivenUp,
  NotificationPostponed,
  NotificationRefused,
  NotificationRequested,
  NotificationSent,
  NotificationSkipped,
  SkipReason
} from "../NewsEvents.ts"
import { NotificationId } from "../NotificationId.ts"
import { DelayReason } from "../Patience.ts"

/** The schema of what has become of a notification on a channel. */
export const ChannelOutcome = Schema.Struct({
  channel: Channel,
  result: Schema.Literals(["sent", "skipped", "refused", "postponed", "given-up"]),
  /** By what it was sent. */
  via: Schema.optionalKey(Schema.String),
  /** Why it was not. */
  reason: Schema.optionalKey(Schema.Union([SkipReason, NotificationRefused.fields.problem, DelayReason])),
  /** How often it was tried in vain, while it is postponed or when it was given up. */
  tries: Schema.optionalKey(Schema.Int),
  /** When it is tried again. */
  until: Schema.optionalKey(Schema.DateTimeUtc),
  at: Schema.DateTimeUtc
}).annotate({ identifier: "ChannelOutcome" })
/** What has become of a notification on a channel. */
export interface ChannelOutcome extends Schema.Schema.Type<typeof ChannelOutcome> {}

/**
 * The schema of where a notification stands: `sent` when it was sent by one channel at least, else
 * `postponed` when one is tried again, else what became of it last.
 */
export const NotificationStatus = Schema.Literals([
  "requested",
  "postponed",
  "sent",
  "skipped",
  "refused",
  "given-up"
]).annotate({
  identifier: "NotificationStatus",
  message: "must be requested, postponed, sent, skipped, refused or given-up"
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

const events = Schema.Union([
  NotificationRequested,
  NotificationSent,
  NotificationSkipped,
  NotificationRefused,
  NotificationPostponed,
  NotificationGivenUp
])
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
    // What was postponed gives way to what becomes of it.
    const others = row.outcomes.filter(({ channel, result }) => channel !== event.channel || result !== "postponed")
    const outcomes = [...others, outcome]
    const results = outcomes.map(({ result }) => result)
    const status = (["sent", "postponed"] as const).find((one) => results.includes(one)) ?? outcome.result
    return [Projection.upsert({ ...row, status, outcomes, version })]
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
    case "NotificationPostponed":
      return { channel, result: "postponed", reason: event.problem, tries: event.tries, until: event.until, at }
    case "NotificationGivenUp":
      return { channel, result: "given-up", reason: event.problem, tries: event.tries, at }
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
