/**
 * The message broker in memory, for tests, examples and programs of one process. What it holds is gone with the process.
 *
 * Gotcha: it joins no transaction of the memory layers. A body that runs again publishes again, and the second time every
 * message is known; one that fails has published all the same.
 */
import { compareText } from "@eventfold/decider/RowValue"
import { Effect, Layer } from "effect"
import { type BrokerDriver, mostHandedOn, mostTrimmed } from "./BrokerDriver.ts"
import { UnknownGroup } from "./BrokerErrors.ts"
import type { BrokerOptions } from "./BrokerRules.ts"
import { GroupMemory, type StoredMessage } from "./GroupMemory.ts"
import { type Group, MessageBroker, type Start } from "./MessageBroker.ts"

/** A broker in memory, empty at first. */
export const layerMemory = (options: BrokerOptions = {}): Layer.Layer<MessageBroker> =>
  Layer.sync(MessageBroker, () => MessageBroker.make(driver(), options))

interface TopicMemory {
  end: number
  /** When the newest was published: times never fall in a topic. */
  publishedAt: number
  /** Those that are kept, by position. */
  messages: Array<StoredMessage>
  /** When messages were published, oldest first. */
  readonly known: Map<string, number>
  /** Up to here it has been looked for messages nobody needs. */
  swept: number
  readonly groups: Map<string, GroupMemory>
}

/** A new store in memory, for layers that put something around it. */
export const driver = (): BrokerDriver => {
  const topics = new Map<string, TopicMemory>()
  let receipts = 0
  const topicOf = (topic: string): TopicMemory => {
    const found = topics.get(topic) ?? {
      end: 0,
      publishedAt: Number.NEGATIVE_INFINITY,
      messages: [],
      known: new Map<string, number>(),
      swept: 0,
      groups: new Map<string, GroupMemory>()
    }
    topics.set(topic, found)
    return found
  }
  const find = ({ group, topic }: Group) => topics.get(topic)?.groups.get(group)
  /** Does something to a group, or answers what is so when there is none. */
  const change = <A>(of: Group, otherwise: A, work: (group: GroupMemory) => A) =>
    Effect.sync(() => {
      const group = find(of)
      return group === undefined ? otherwise : work(group)
    })
  const withGroup = <A>(of: Group, work: (group: GroupMemory, topic: TopicMemory) => A) =>
    Effect.suspend(() => {
      const group = find(of)
      return group === undefined ? new UnknownGroup(of) : Effect.succeed(work(group, topicOf(of.topic)))
    })

  return {
    publish: (name, given, { now, since }) =>
      Effect.sync(() => {
        const topic = topicOf(name)
        const { known } = topic
        for (const [identity, publishedAt] of known) {
          if (publishedAt > since) break
          known.delete(identity)
        }
        const [before, publishedAt] = [topic.end, Math.max(now, topic.publishedAt)]
        for (const message of given) {
          const identity = JSON.stringify([message.source, message.id])
          if (known.has(identity)) continue
          known.set(identity, publishedAt)
          topic.end += 1
          topic.publishedAt = publishedAt
          topic.messages.push({ ...message, position: topic.end, publishedAt })
        }
        return topic.end - before
      }),
    subscribe: (of, options) =>
      Effect.sync(() => {
        const topic = topicOf(of.topic)
        const group = topic.groups.get(of.group)
        if (group !== undefined) group.options = options
        else topic.groups.set(of.group, new GroupMemory(options, placeOf(topic, options.from)))
      }),
    unsubscribe: ({ group, topic }) => Effect.sync(() => topics.get(topic)?.groups.delete(group) ?? false),
    receive: (of, { limit, now, until }) =>
      withGroup(of, (group, topic) => {
        group.look(now)
        const room = Math.min(limit, group.room)
        if (room <= 0) return { deliveries: [], more: false }
        receipts += 1
        const deliveries = []
        let handed = 0
        for (let next = firstBehind(topic, group.position); deliveries.length < room;) {
          const message = topic.messages[next]
          if (!group.hasReady) {
            if (message === undefined || handed >= mostHandedOn) break
            group.hand(message, now)
            next += 1
            handed += 1
            continue
          }
          const entry = group.take(until, receipts)
          if (entry === undefined) break
          const { position, publishedAt, text } = entry.message
          deliveries.push({ position, publishedAt, text, attempt: entry.attempts, receipt: receipts })
        }
        return { deliveries, more: deliveries.length === 0 && handed >= mostHandedOn }
      }),
    acknowledge: (of, given, now) =>
      change(of, 0, (group) => {
        let done = 0
        for (const receipt of given) {
          const entry = group.heldBy(receipt)
          if (entry === undefined) continue
          group.finish(entry, now)
          done += 1
        }
        return done
      }),
    prolong: (of, given, until) =>
      change(of, 0, (group) => {
        const held = given.flatMap((receipt) => group.heldBy(receipt) ?? [])
        for (const entry of held) group.prolong(entry, until)
        return held.length
      }),
    giveBack: (of, receipt, { at, counts, now, reason }) =>
      change(of, "lost", (group) => {
        const entry = group.heldBy(receipt)
        if (entry === undefined) return "lost"
        if (at === undefined || (counts && entry.attempts >= group.options.maxDeliveries)) {
          group.kill(entry, now, reason)
          return "dead"
        }
        if (!counts) entry.attempts -= 1
        group.putBack(entry, now, at)
        return "again"
      }),
    deadLetters: (of, { after, limit }) =>
      change(of, [], (group) =>
        group
          .dead(after)
          .slice(0, limit)
          .map(({ at, attempts, message: { position, publishedAt, text }, reason }) => {
            return { position, publishedAt, text, attempts, reason, deadAt: at }
          })
      ),
    replay: (of, position, now) =>
      change(of, 0, (group) => {
        const again = position === undefined ? group.dead(0) : [group.deadAt(position)].flatMap((one) => one ?? [])
        for (const entry of again) group.revive(entry, now)
        return again.length
      }),
    discard: (of, position, now) =>
      change(of, false, (group) => {
        const entry = group.deadAt(position)
        if (entry !== undefined) group.finish(entry, now)
        return entry !== undefined
      }),
    rewind: (of, from) =>
      withGroup(of, ({ options }, topic) => {
        topic.groups.set(of.group, new GroupMemory(options, placeOf(topic, from)))
      }),
    groups: (name) => Effect.sync(() => Array.from(topics.get(name)?.groups.keys() ?? []).toSorted(compareText)),
    browse: (name, from, limit) =>
      Effect.sync(() => {
        const topic = topics.get(name)
        if (topic === undefined) return []
        const first = firstBehind(topic, placeOf(topic, from))
        return topic.messages.slice(first, first + limit)
      }),
    trim: (name, before) =>
      Effect.sync(() => {
        const topic = topics.get(name)
        if (topic === undefined) return 0
        const groups = Array.from(topic.groups.values())
        const young = topic.messages[firstSince(topic, before)]?.position ?? topic.end + 1
        const reached = Math.min(...groups.map(({ position }) => position), young - 1)
        const [from, to] = [firstBehind(topic, topic.swept), firstBehind(topic, reached)]
        const seen = topic.messages.slice(from, Math.min(to, from + mostTrimmed))
        const kept = seen.filter(({ position }) => groups.some((group) => group.needs(position)))
        topic.messages.splice(from, seen.length, ...kept)
        topic.swept = seen.length < mostTrimmed ? 0 : (seen.at(-1)?.position ?? 0)
        return seen.length - kept.length
      }),
    state: (of) =>
      withGroup(of, (group, topic) => {
        const { oldest, ...counts } = group.count()
        const first = oldest ?? topic.messages[firstBehind(topic, group.position)]
        return { position: group.position, end: topic.end, ...counts, oldest: first?.publishedAt }
      })
  }
}

/** Where in the kept messages the first is that is so, when all behind it are too. */
const firstOf = (messages: ReadonlyArray<StoredMessage>, isSo: (message: StoredMessage) => boolean): number => {
  let [low, high] = [0, messages.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const message = messages[middle]
    if (message !== undefined && isSo(message)) high = middle
    else low = middle + 1
  }
  return low
}

const firstBehind = ({ messages }: TopicMemory, position: number) =>
  firstOf(messages, (message) => message.position > position)

const firstSince = ({ messages }: TopicMemory, time: number) => firstOf(messages, (one) => one.publishedAt >= time)

/** The position behind which a group begins. */
const placeOf = (topic: TopicMemory, from: Start): number => {
  if (from === "beginning") return 0
  if (from === "end") return topic.end
  if ("after" in from) return Math.min(from.after, topic.end)
  const first = topic.messages[firstSince(topic, from.since.epochMilliseconds)]
  return first === undefined ? topic.end : first.position - 1
}
