/**
 * How messages between contexts get on, as one part of the service: degraded as soon as something needs a person, or is
 * behind for long, when a group at the broker has no subscriber any more, or when nothing is removed from a topic or the inbox any more. Whatever waits goes on by itself, so it is never down.
 */
import {
  type CleaningStatus,
  type StrayGroup,
  SubscriberGroups,
  SubscriberRunner,
  type SubscriberStatus,
  type TopicStatus
} from "@eventfold/messaging"
import type { HandlerStatus } from "@eventfold/subscriptions"
import { DateTime, Effect } from "effect"
import type { ComponentHealth } from "../http/HealthApi.ts"
import { MessageCleaning, topics } from "../messaging/MessageRetention.ts"
import { Relays } from "../messaging/Messaging.ts"
import { behindOf, heldOf, stoppedOf } from "./ConsumerHealth.ts"

/** Behind by more than this, other contexts do not know what they should. */
const longestLagMillis = 10_000

/** Later than this with removing what is old, messages and marks pile up, whether or not anybody says why. */
export const longestLateMillis = 5 * 60_000

/** Asks for it. */
export const check = Effect.gen(function* () {
  const [relays, subscribers, cleaning] = [yield* Relays, yield* SubscriberRunner, yield* MessageCleaning]
  const groups = yield* SubscriberGroups
  // That the broker does not answer is told by who works with it.
  const strays = Effect.orElseSucceed(Effect.timeout(groups.strays(topics), "1 second"), () => [])
  return Effect.map(
    Effect.all([relays.statuses, subscribers.statuses, cleaning.statuses, strays, DateTime.now], {
      concurrency: "unbounded"
    }),
    ([said, heard, cleaned, strays, now]) => of(said, heard, cleaned, behindForLong(strays, now))
  )
})

/** How they get on, and whether topics are cleaned; by name what is wrong. */
export const of = (
  relays: ReadonlyArray<HandlerStatus>,
  subscribers: ReadonlyArray<SubscriberStatus>,
  cleaned: ReadonlyArray<Pick<CleaningStatus, "what" | "lateMillis" | "problem">>,
  strays: ReadonlyArray<StrayGroup> = []
): Omit<ComponentHealth, "responseMillis"> => {
  const topics = subscribers.flatMap(({ subscriber, topics }) => topics.map((topic) => ({ subscriber, topic })))
  const lagMillis = Math.max(
    0,
    ...relays.map((relay) => relay.lagMillis),
    ...topics.map(({ topic }) => topic.lagMillis ?? 0)
  )
  const details = [
    ...relays.flatMap((relay) => told(relay.handler, ofRelay(relay))),
    ...topics.flatMap(({ subscriber, topic }) => told(`${subscriber} of ${topic.topic}`, ofTopic(topic))),
    ...strays.map(ofStray),
    ...cleaned.flatMap(ofCleaning)
  ]
  return {
    status: details.length > 0 ? "degraded" : "up",
    lagMillis,
    ...(details.length === 0 ? {} : { detail: details.join("; ") })
  }
}

const told = (name: string, words: ReadonlyArray<string>) =>
  words.length === 0 ? [] : [`${name}: ${words.join(", ")}`]

const ofRelay = (relay: HandlerStatus) => [
  ...(relay.problem === undefined ? [] : [relay.problem]),
  ...heldOf(relay, "said"),
  ...stoppedOf(relay),
  ...behindOf(relay, longestLagMillis)
]

const ofTopic = ({ dead = 0, lagMillis = 0, problem }: TopicStatus) => [
  ...(problem === undefined ? [] : [problem]),
  ...(dead === 0 ? [] : [`${dead} ${dead === 1 ? "message" : "messages"} could not be dealt with`]),
  ...behindOf({ lagMillis }, longestLagMillis)
]

const ofCleaning = ({ lateMillis, problem, what }: Pick<CleaningStatus, "what" | "lateMillis" | "problem">) => {
  const late = lateMillis > longestLateMillis ? ` for ${Math.round(lateMillis / 60_000)} minutes` : ""
  if (problem === undefined && late === "") return []
  return [`nothing is removed from ${what}${late}${problem === undefined ? "" : `: ${problem}`}`]
}

/** A group of another program that runs is not behind for long. */
export const behindForLong = (strays: ReadonlyArray<StrayGroup>, now: DateTime.Utc): ReadonlyArray<StrayGroup> =>
  strays.filter(
    ({ dead, since }) =>
      dead > 0 || (since !== undefined && now.epochMilliseconds - since.epochMilliseconds > longestLagMillis)
  )

const ofStray = ({ dead, group, lag, since, topic }: StrayGroup) =>
  [
    `${group} of ${topic} has no subscriber here`,
    ...(since === undefined
      ? []
      : [`${lag} ${lag === 1 ? "message" : "messages"} behind since ${DateTime.formatIso(since)}`]),
    ...(dead === 0 ? [] : [`${dead} dead ${dead === 1 ? "letter" : "letters"}`])
  ].join(", ")
