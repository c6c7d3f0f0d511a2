/** The endpoints for messages between contexts, over the relays, the subscribers and the desk of their dead letters. */
import type { InvalidAction } from "@eventfold/event-store"
import {
  type MessageLetterNotFound,
  SubscriberDesk,
  type SubscriberLetter,
  SubscriberRunner,
  type TopicStatus,
  type UnknownSubscriber
} from "@eventfold/messaging"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
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
    const { tenant } = yield* Settings

    return handlers.handleAll({
      list: () =>
        Effect.map(Effect.all([relays.statuses, runner.statuses], { concurrency: "unbounded" }), ([said, heard]) => ({
          subscribers: heard.map(({ subscriber, topics }) => ({ subscriber, topics: topics.map(topicOf) })),
          relays: said.map(({ handler, lagMillis, letters, position, problem, state }) => ({
            relay: handler,
            state,
            lagMillis,
            position,
            deadLetters: letters.failed + letters.waiting,
            ...(problem === undefined ? {} : { problem })
          }))
        })),
      letters: Effect.fnUntraced(function* ({ params, query: { cursor, limit } }) {
        const after = Number(cursor ?? 0)
        if (!Number.isSafeInteger(after)) return yield* wrongCursor
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
            Effect.as({ replayed: 0 }),
            Effect.catchTags({ UnknownSubscriber: unknown, MessageLetterNotFound: notFound, ...broken, ...unaudited })
          ),
      replayAll: ({ headers, params, payload: { reason } }) =>
        desk.replayAll({ ...params, by: actorOf(headers), reason, tenant }).pipe(
          Effect.map((replayed) => ({ replayed })),
          Effect.catchTags({ UnknownSubscriber: unknown, ...broken, ...unaudited })
        )
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
