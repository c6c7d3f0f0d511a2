/**
 * How messages between contexts get on, as one part of the service: degraded as soon as something needs a person, or is
 * behind for long. Whatever waits goes on by itself, so it is never down.
 */
import { SubscriberRunner, type SubscriberStatus, type TopicStatus } from "@eventfold/messaging"
import type { HandlerStatus } from "@eventfold/subscriptions"
import { Effect } from "effect"
import type { ComponentHealth } from "../http/HealthApi.ts"
import { Relays } from "../messaging/Messaging.ts"

/** Behind by more than this, other contexts do not know what they should. */
export const longestLagMillis = 10_000

/** Asks for it. */
export const check = Effect.gen(function* () {
  const [relays, subscribers] = [yield* Relays, yield* SubscriberRunner]
  return Effect.map(
    Effect.all([relays.statuses, subscribers.statuses], { concurrency: "unbounded" }),
    ([said, heard]) => of(said, heard)
  )
})

/** How they get on; by name what is wrong. */
export const of = (
  relays: ReadonlyArray<HandlerStatus>,
  subscribers: ReadonlyArray<SubscriberStatus>
): Omit<ComponentHealth, "responseMillis"> => {
  const topics = subscribers.flatMap(({ subscriber, topics }) => topics.map((topic) => ({ subscriber, topic })))
  const lagMillis = Math.max(
    0,
    ...relays.map((relay) => relay.lagMillis),
    ...topics.map(({ topic }) => topic.lagMillis ?? 0)
  )
  const details = [
    ...relays.flatMap((relay) => told(relay.handler, ofRelay(relay))),
    ...topics.flatMap(({ subscriber, topic }) => told(`${subscriber} of ${topic.topic}`, ofTopic(topic)))
  ]
  return {
    status: details.length > 0 ? "degraded" : "up",
    lagMillis,
    ...(details.length === 0 ? {} : { detail: details.join("; ") })
  }
}

const told = (name: string, words: ReadonlyArray<string>) =>
  words.length === 0 ? [] : [`${name}: ${words.join(", ")}`]

const behind = (lagMillis: number | undefined) =>
  lagMillis !== undefined && lagMillis > longestLagMillis ? [`${Math.round(lagMillis / 1000)} seconds behind`] : []

const ofRelay = ({ lagMillis, letters: { failed, waiting }, problem, state }: HandlerStatus) => [
  ...(problem === undefined ? [] : [problem]),
  ...(failed + waiting === 0
    ? []
    : [`${failed} ${failed === 1 ? "event" : "events"} could not be said, ${waiting} wait behind`]),
  ...(state === "stopped" ? ["stopped"] : []),
  ...behind(lagMillis)
]

const ofTopic = ({ dead = 0, lagMillis, problem }: TopicStatus) => [
  ...(problem === undefined ? [] : [problem]),
  ...(dead === 0 ? [] : [`${dead} ${dead === 1 ? "message" : "messages"} could not be dealt with`]),
  ...behind(lagMillis)
]
