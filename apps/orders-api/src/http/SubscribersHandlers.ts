/** The endpoints for messages between contexts, over the relays, the subscribers and the desk of their dead letters. */
import type { InvalidAction } from "@eventfold/event-store"
import {
  Inbox,
  type InboxEntry,
  type MessageLetterNotFound,
  SubscriberDesk,
  SubscriberGroups,
  type SubscriberInUse,
  type SubscriberLetter,
  SubscriberRunner,
  type TopicStatus,
  type UnknownSubscriber
} from "@eventfold/messaging"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { topics } from "../messaging/MessageRetention.ts"
import { Relays } from "../messaging/Messaging.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import { invalidRequest } from "./Problems.ts"
import { storeFailed } from "./ProjectionProblems.ts"
import { actorOf } from "./RequestHeaders.ts"
import * as Problems from "./SubscriberProblems.ts"
import type { MessageLetter, SubscribedTopic } from "./SubscribersApi.ts"

/** The endpoints for messages between contexts. */
export const layer = HttpApiBuilder.group(
  Api,
  "subscribers",
  Effect.fn(function* (handlers) {
    const [relays, runner, desk] = [yield* Relays, yield* SubscriberRunner, yield* SubscriberDesk]
    const [groups, inbox] = [yield* SubscriberGroups, yield* Inbox]
    const { messaging, tenant } = yield* Settings
    const strays = messaging ? groups.strays(topics) : Effect.succeed([])

    return handlers.handleAll({
      list: () =>
        Effect.all([relays.statuses, runner.statuses, strays], { concurrency: "unbounded" }).pipe(
          Effect.catchTag("BrokerFailure", Problems.brokerFailed),
          Effect.map(([said, heard, strays]) => ({
            strays: strays.map(({ group, since, ...rest }) => ({
              subscriber: group,
              ...rest,
              ...(since === undefined ? {} : { since })
            })),
            subscribers: heard.map(({ subscriber, topics }) => ({ subscriber, topics: topics.map(topicOf) })),
            relays: said.map(({ handler, lagMillis, letters, position, problem, state }) => ({
              relay: handler,
              state,
              lagMillis,
              position,
              deadLetters: letters.failed + letters.waiting,
              ...(problem === undefined ? {} : { problem })
            }))
          }))
        ),
      letters: Effect.fnUntraced(function* ({ params, query: { cursor, limit } }) {
        const after = Number(cursor ?? 0)
        if (!Number.isSafeInteger(after) || after < 0) return yield* wrongCursor
        const found = yield* desk
          .list({ ...params, after, limit: limit + 1 })
          .pipe(Effect.catchTags({ UnknownSubscriber: unknown, ...broken }))
        const onPage = found.slice(0, limit)
        const last = found.length > limit ? onPage.at(-1) : undefined
        return {
          deadLetters: onPage.map(letterOf),
          ...(last === undefined ? {} : { nextCursor: String(last.position) })
        }
      }),
      letter: ({ params }) =>
        desk
          .find(params)
          .pipe(
            Effect.map(letterOf),
            Effect.catchTags({ UnknownSubscriber: unknown, MessageLetterNotFound: notFound, ...broken })
          ),
      replay: ({ headers, params, payload: { reason } }) =>
        desk
          .replay({ ...params, by: actorOf(headers), reason, tenant })
          .pipe(
            Effect.as({ replayed: 1 }),
            Effect.catchTags({ UnknownSubscriber: unknown, MessageLetterNotFound: notFound, ...broken, ...unaudited })
          ),
      discard: ({ headers, params, payload: { reason } }) =>
        desk
          .discard({ ...params, by: actorOf(headers), reason, tenant })
          .pipe(
            Effect.as({ discarded: 1 }),
            Effect.catchTags({ UnknownSubscriber: unknown, MessageLetterNotFound: notFound, ...broken, ...unaudited })
          ),
      replayAll: ({ headers, params, payload: { reason } }) =>
        desk.replayAll({ ...params, by: actorOf(headers), reason, tenant }).pipe(
          Effect.map((replayed) => ({ replayed })),
          Effect.catchTags({ UnknownSubscriber: unknown, ...broken, ...unaudited })
        ),
      rewind: Effect.fnUntraced(function* ({ headers, params, payload: { after, marks = "keep", reason, since } }) {
        if (after !== undefined && since !== undefined) return yield* twoPlaces
        const from = after !== undefined ? { after } : since !== undefined ? { since } : "beginning"
        return yield* groups
          .rewind({ ...params, by: actorOf(headers), reason, tenant, from, marks })
          .pipe(
            Effect.catchTags({ UnknownSubscriber: unknown, InboxRequestRefused: Effect.die, ...broken, ...unaudited })
          )
      }),
      remove: ({ headers, params, payload: { reason } }) =>
        groups
          .remove({ ...params, by: actorOf(headers), reason, tenant })
          .pipe(
            Effect.as({ removed: true as const }),
            Effect.catchTags({ UnknownSubscriber: unknown, SubscriberInUse: inUse, ...broken, ...unaudited })
          ),
      inbox: Effect.fnUntraced(function* ({ params, query: { cursor, limit, ...query } }) {
        const handler = params.subscriber
        const after = cursor === undefined ? undefined : { ...cursor, handler }
        const found = yield* inbox
          .list({ ...query, handler, after, limit: limit + 1 })
          .pipe(Effect.catchTags({ InboxRequestRefused: Effect.die, EventStoreFailure: storeFailed }))
        const onPage = found.slice(0, limit)
        const last = found.length > limit ? onPage.at(-1) : undefined
        if (last === undefined) return { entries: onPage.map(entryOf) }
        const { at, id, source, tenant } = last
        return { entries: onPage.map(entryOf), nextCursor: { at, tenant, source, id } }
      })
    })
  })
)

const topicOf = (status: TopicStatus): typeof SubscribedTopic.Type => {
  const { counts, dead, inFlight, lag, lagMillis, lastFailure, problem, state, topic } = status
  return {
    topic,
    state,
    ...(lag === undefined ? {} : { lag }),
    ...(lagMillis === undefined ? {} : { lagMillis }),
    ...(inFlight === undefined ? {} : { inFlight }),
    ...(dead === undefined ? {} : { dead }),
    handled: counts.handled,
    duplicates: counts.duplicate,
    passedOver: counts["passed-over"],
    putBack: counts["put-back"],
    givenUp: counts["given-up"],
    ...(lastFailure === undefined ? {} : { lastFailure }),
    ...(problem === undefined ? {} : { problem })
  }
}

const letterOf = ({ message, ...letter }: SubscriberLetter): typeof MessageLetter.Type => {
  const { attempts, deadAt, position, publishedAt, reason, subscriber, topic } = letter
  const told = { subscriber, topic, position, attempts, reason, publishedAt, deadAt }
  if (message === undefined) return told
  const { correlationid, data, id, source, subject, tenantid, type } = message
  return {
    ...told,
    messageId: id,
    type,
    source,
    subject,
    ...(tenantid === undefined ? {} : { tenant: tenantid }),
    correlationId: correlationid,
    data
  }
}

const entryOf = ({ at, attempts, error, id, source, state, tenant, type }: InboxEntry) => {
  const told = { tenant, source, messageId: id, type, state, attempts, at }
  return error === undefined ? told : { ...told, error }
}

const twoPlaces = Effect.fail(
  invalidRequest([{ in: "body", field: "since", rule: "must not be there together with after" }])
)

const inUse = ({ message, subscriber, topic }: SubscriberInUse) =>
  Effect.fail(new Problems.SubscriberInUse({ subscriber, topic, detail: message }))

const wrongCursor = Effect.fail(
  invalidRequest([{ in: "query", field: "cursor", rule: "must be the nextCursor of an earlier answer" }])
)

const unknown = ({ message, subscriber }: UnknownSubscriber) =>
  Effect.fail(new Problems.UnknownSubscriber({ subscriber, detail: message }))

const notFound = ({ message, position, subscriber, topic }: MessageLetterNotFound) =>
  Effect.fail(new Problems.UnknownMessageLetter({ subscriber, topic, position, detail: message }))

/** What is asked of the broker is within its bounds. */
const broken = { BrokerFailure: Problems.brokerFailed, BrokerRequestRefused: Effect.die } as const

const unaudited = {
  InvalidAction: ({ message }: InvalidAction) =>
    Effect.fail(invalidRequest([{ in: "body", field: "reason", rule: message }])),
  EventStoreFailure: storeFailed
} as const
