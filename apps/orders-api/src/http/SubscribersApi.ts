/**
 * The endpoints for messages between contexts: how relays and subscribers get on, and the messages that could not be dealt
 * with: list and inspect them, have them delivered again, or discard them.
 *
 * Such a message is named by its subscriber, its topic and its place in the topic.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { about } from "./About.ts"
import { BecauseBody } from "./DeadLettersApi.ts"
import { IdCursor } from "./IdCursor.ts"
import { InboxCursor } from "./InboxCursor.ts"
import { pageSize } from "./PageSize.ts"
import * as Problems from "./Problems.ts"
import { Actor, QueryHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"
import * as Bodies from "./SubscriberBodies.ts"
import { SubscriberInUse, UnknownMessageLetter, UnknownSubscriber } from "./SubscriberProblems.ts"
import { wholeNumber } from "./WholeNumber.ts"

/** How a subscriber gets on with a topic. What the broker does not tell is left out. */
export const SubscribedTopic = Schema.Struct({
  topic: Schema.String,
  state: Schema.Literals(["starting", "live", "catching-up", "retrying"]),
  /** How many messages it has not done with, apart from those it could not deal with. */
  lag: Schema.optionalKey(Schema.Int),
  /** For how long the oldest of them has been published. */
  lagMillis: Schema.optionalKey(Schema.Int),
  inFlight: Schema.optionalKey(Schema.Int),
  dead: Schema.optionalKey(Schema.Int),
  /** Of this process since it started. */
  handled: Schema.Int,
  duplicates: Schema.Int,
  passedOver: Schema.Int,
  putBack: Schema.Int,
  givenUp: Schema.Int,
  lastFailure: Schema.optionalKey(
    Schema.Struct({
      at: Schema.DateTimeUtc,
      position: Schema.Int,
      type: Schema.String,
      reason: Schema.String,
      again: Schema.Boolean
    })
  ),
  /** Why the broker or the store cannot be worked with. */
  problem: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "SubscribedTopic" })

/** How relays and subscribers get on. */
export const SubscriberReports = Schema.Struct({
  subscribers: Schema.Array(Schema.Struct({ subscriber: Schema.String, topics: Schema.Array(SubscribedTopic) })),
  /** Groups at the broker that no subscriber of this program has; empty when messaging is off. */
  strays: Schema.Array(Bodies.StrayGroup),
  /** What the contexts say: their dead letters are those of the consumer `handler:<relay>`. */
  relays: Schema.Array(
    Schema.Struct({
      relay: Schema.String,
      state: Schema.String,
      lagMillis: Schema.Int,
      position: Schema.Int,
      deadLetters: Schema.Int,
      problem: Schema.optionalKey(Schema.String)
    })
  )
}).annotate({ identifier: "SubscriberReports", description: "How relays and subscribers get on" })

/** A message that could not be dealt with. */
export const MessageLetter = Schema.Struct({
  subscriber: Schema.String,
  topic: Schema.String,
  /** Its place in the topic. */
  position: Schema.Int,
  attempts: Schema.Int,
  reason: Schema.String,
  publishedAt: Schema.DateTimeUtc,
  deadAt: Schema.DateTimeUtc,
  /** What follows is of the message; absent when it cannot be read. */
  messageId: Schema.optionalKey(Schema.String),
  type: Schema.optionalKey(Schema.String),
  source: Schema.optionalKey(Schema.String),
  subject: Schema.optionalKey(Schema.String),
  tenant: Schema.optionalKey(Schema.String),
  correlationId: Schema.optionalKey(Schema.String),
  /** What it says; nothing personal. */
  data: Schema.optionalKey(Schema.Json)
}).annotate({ identifier: "MessageLetter", description: "A message that could not be dealt with" })

/** A page of them. */
export const MessageLettersPage = Schema.Struct({
  deadLetters: Schema.Array(MessageLetter),
  /** Put it into `cursor` for the next page; absent on the last one. */
  nextCursor: Schema.optionalKey(IdCursor)
}).annotate({ identifier: "MessageLettersPage", description: "A page of messages that could not be dealt with" })

const of = {
  subscriber: Schema.String.check(Schema.isMaxLength(64)),
  topic: Schema.String.check(Schema.isMaxLength(64))
}
const one = {
  ...of,
  position: wholeNumber({ message: "must be a place in the topic, from 1" }, 1, Number.MAX_SAFE_INTEGER)
}
const acting = {
  headers: Schema.Struct({ ...QueryHeaders.fields, "x-actor": Schema.optionalKey(Actor) }),
  payload: BecauseBody
}
const body = [Problems.BodyTooLarge, Problems.UnsupportedMediaType] as const
const unknown = [UnknownSubscriber, UnknownMessageLetter] as const
const letters = "/subscribers/:subscriber/:topic/dead-letters"

/** What was done. */
export const Redelivery = Schema.Struct({ replayed: Schema.Int }).annotate({
  identifier: "Redelivery",
  description: "How many messages are delivered again"
})

/** The endpoints for messages between contexts. */
export class SubscribersApi extends HttpApiGroup.make("subscribers")
  .add(
    HttpApiEndpoint.get("list", "/subscribers", {
      headers: QueryHeaders,
      success: SubscriberReports
    }).annotateMerge(about("How relays and subscribers get on")),
    HttpApiEndpoint.get("letters", letters, {
      params: of,
      query: { limit: pageSize(100, 20), cursor: Schema.optionalKey(IdCursor) },
      headers: QueryHeaders,
      success: MessageLettersPage,
      error: UnknownSubscriber
    }).annotateMerge(about("Messages a subscriber could not deal with", "In the order of their topic.")),
    HttpApiEndpoint.get("letter", `${letters}/:position`, {
      params: one,
      headers: QueryHeaders,
      success: MessageLetter,
      error: unknown
    }).annotateMerge(about("One of them")),
    HttpApiEndpoint.post("replay", `${letters}/:position/replay`, {
      params: one,
      ...acting,
      success: Redelivery,
      error: [...unknown, ...body]
    }).annotateMerge(
      about(
        "Deliver it again",
        "As if for the first time, when what was wrong has been mended; then what waits behind it."
      )
    ),
    HttpApiEndpoint.post("discard", `${letters}/:position/discard`, {
      params: one,
      ...acting,
      success: Bodies.Discarded,
      error: [...unknown, ...body]
    }).annotateMerge(about("Say that it is not to be dealt with", "It is removed; what waits behind it goes on.")),
    HttpApiEndpoint.post("replayAll", `${letters}/replay`, {
      params: of,
      ...acting,
      success: Redelivery,
      error: [UnknownSubscriber, ...body]
    }).annotateMerge(about("Deliver all of them again")),
    HttpApiEndpoint.post("rewind", "/subscribers/:subscriber/:topic/rewind", {
      params: of,
      headers: acting.headers,
      payload: Bodies.RewindBody,
      success: Bodies.Rewound,
      error: [UnknownSubscriber, ...body]
    }).annotateMerge(
      about(
        "Have a subscriber receive again what it has had",
        "From the beginning, behind a place or since a time; its dead letters are gone. What has taken effect does not again, unless the marks are forgotten."
      )
    ),
    HttpApiEndpoint.post("remove", "/subscribers/:subscriber/:topic/remove", {
      params: of,
      ...acting,
      success: Bodies.Removed,
      error: [UnknownSubscriber, SubscriberInUse, ...body]
    }).annotateMerge(
      about(
        "Remove the group of a subscriber that is not there any more",
        "The broker need not keep messages for it. Refused for a subscriber of this program."
      )
    ),
    HttpApiEndpoint.get("inbox", "/subscribers/:subscriber/inbox", {
      params: { subscriber: of.subscriber },
      query: {
        state: Schema.optionalKey(Bodies.InboxState),
        messageId: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(256))),
        limit: pageSize(100, 20),
        cursor: Schema.optionalKey(InboxCursor)
      },
      headers: QueryHeaders,
      success: Bodies.InboxPage
    }).annotateMerge(
      about("What a subscriber has done about messages", "What changed last comes first. It is kept for 30 days.")
    )
  )
  .annotate(ServedBy, "every")
  .annotateMerge(OpenApi.annotations({ title: "Subscribers" })) {}
