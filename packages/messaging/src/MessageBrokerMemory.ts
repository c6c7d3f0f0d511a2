/**
 * The message broker in memory, for tests, examples and programs of one process. What it holds is gone with the process.
 *
 * Gotcha: it joins no transaction of the memory layers. A body that runs again publishes again, and the second time every
 * message is known; one that fails has published all the same.
 */
import { Effect, Layer } from "effect"
import { type BrokerDriver, mostHandedOn, mostTrimmed, type EncodedMessage, timeIsUp } from "./BrokerDriver.ts"
import { UnknownGroup } from "./BrokerErrors.ts"
import type { BrokerOptions } from "./BrokerRules.ts"
import { type Group, type GroupOptions, MessageBroker, type Start } from "./MessageBroker.ts"

/** A broker in memory, empty at first. */
export const layerMemory = (options: BrokerOptions = {}): Layer.Layer<MessageBroker> =>
  Layer.sync(MessageBroker, () => MessageBroker.make(driver(), options))

interface Message extends EncodedMessage {
  readonly position: number
  readonly publishedAt: number
}

/** A message a group has not done with. */
interface Entry {
  readonly message: Message
  state: "ready" | "held" | "dead"
  /** When it can be delivered, until when it is held, or since when it is dead. */
  at: number
  attempts: number
  receipt: number
  reason: string
}

interface GroupMemory {
  options: Required<GroupOptions>
  position: number
  receipts: number
  /** By key; only the first of each can be delivered. */
  lines: Map<string, Array<Entry>>
}

interface TopicMemory {
  end: number
  messages: Array<Message>
  readonly groups: Map<string, GroupMemory>
}

/** A new store in memory, for layers that put something around it. */
export const driver = (): BrokerDriver => {
  const topics = new Map<string, TopicMemory>()
  const topicOf = (topic: string): TopicMemory => {
    const found = topics.get(topic) ?? { end: 0, messages: [], groups: new Map() }
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
        const known = new Set(topic.messages.filter(({ publishedAt }) => publishedAt > since).map(identity))
        const before = topic.end
        for (const message of given) {
          if (known.has(identity(message))) continue
          known.add(identity(message))
          topic.end += 1
          topic.messages.push({ ...message, position: topic.end, publishedAt: now })
        }
        return topic.end - before
      }),
    subscribe: (of, options) =>
      Effect.sync(() => {
        const topic = topicOf(of.topic)
        const group = topic.groups.get(of.group)
        if (group !== undefined) group.options = options
        else
          topic.groups.set(of.group, { options, position: placeOf(topic, options.from), receipts: 0, lines: new Map() })
      }),
    unsubscribe: ({ group, topic }) => Effect.sync(() => topics.get(topic)?.groups.delete(group) ?? false),
    receive: (of, { limit, now, until }) =>
      withGroup(of, (group, topic) => {
        for (const entry of firsts(group)) {
          if (entry.state !== "held" || entry.at > now) continue
          if (entry.attempts >= group.options.maxDeliveries) Object.assign(entry, dead(now, timeIsUp))
          else Object.assign(entry, { state: "ready", at: now })
        }
        const held = firsts(group).filter(({ state }) => state === "held").length
        const room = Math.min(limit, group.options.maxInFlight - held)
        if (room <= 0) return []
        const due = firsts(group).filter((entry) => isDue(entry, now))
        due.push(...handOn(group, topic, now, room - due.length))
        group.receipts += 1
        return due
          .toSorted((a, b) => a.message.position - b.message.position)
          .slice(0, room)
          .map((entry) => {
            Object.assign(entry, { state: "held", at: until, attempts: entry.attempts + 1, receipt: group.receipts })
            const { position, publishedAt, text } = entry.message
            return { position, publishedAt, text, attempt: entry.attempts, receipt: entry.receipt }
          })
      }),
    acknowledge: (of, receipts) =>
      change(of, 0, (group) => {
        const done = receipts.flatMap((one) => firsts(group).filter((entry) => isHeldBy(entry, one)))
        done.forEach((entry) => end(group, entry))
        return done.length
      }),
    giveBack: (of, receipt, { at, now, reason }) =>
      change(of, "lost", (group) => {
        const entry = firsts(group).find((one) => isHeldBy(one, receipt))
        if (entry === undefined) return "lost"
        if (at === undefined || entry.attempts >= group.options.maxDeliveries) {
          Object.assign(entry, dead(now, reason))
          return "dead"
        }
        Object.assign(entry, { state: "ready", at })
        return "again"
      }),
    deadLetters: (of, { after, limit }) =>
      change(of, [], (group) =>
        firsts(group)
          .filter(({ message, state }) => state === "dead" && message.position > after)
          .toSorted((a, b) => a.message.position - b.message.position)
          .slice(0, limit)
          .map(({ at, attempts, message: { position, publishedAt, text }, reason }) => {
            return { position, publishedAt, text, attempts, reason, deadAt: at }
          })
      ),
    replay: (of, position, now) =>
      change(of, 0, (group) => {
        const again = firsts(group).filter((entry) => isDeadAt(entry, position))
        for (const entry of again) Object.assign(entry, { state: "ready", at: now, attempts: 0 })
        return again.length
      }),
    discard: (of, position) =>
      change(of, false, (group) => {
        const entry = firsts(group).find((one) => isDeadAt(one, position))
        if (entry !== undefined) end(group, entry)
        return entry !== undefined
      }),
    rewind: (of, from) =>
      withGroup(of, (group, topic) => {
        group.lines = new Map()
        group.position = placeOf(topic, from)
      }),
    trim: (name, before) =>
      Effect.sync(() => {
        const topic = topics.get(name)
        if (topic === undefined) return 0
        const groups = Array.from(topic.groups.values())
        const needed = new Set(groups.flatMap((group) => entries(group).map(({ message }) => message.position)))
        const reached = Math.min(...groups.map(({ position }) => position), topic.end)
        const gone = topic.messages
          .filter(({ position, publishedAt }) => publishedAt < before && position <= reached && !needed.has(position))
          .slice(0, mostTrimmed)
        const positions = new Set(gone.map(({ position }) => position))
        topic.messages = topic.messages.filter(({ position }) => !positions.has(position))
        return gone.length
      }),
    state: (of) =>
      withGroup(of, (group, topic) => {
        const all = entries(group)
        const alive = all.filter(({ state }) => state !== "dead").map(({ message }) => message)
        const ahead = topic.messages.filter(({ position }) => position > group.position)
        const times = [...alive, ...ahead].map(({ publishedAt }) => publishedAt)
        const [inFlight, dead] = ["held", "dead"].map((state) => all.filter((entry) => entry.state === state).length)
        return {
          position: group.position,
          end: topic.end,
          inFlight: inFlight ?? 0,
          waiting: all.length - (inFlight ?? 0) - (dead ?? 0),
          dead: dead ?? 0,
          oldest: times.length === 0 ? undefined : Math.min(...times)
        }
      })
  }
}

const identity = ({ id, source }: EncodedMessage): string => JSON.stringify([source, id])

const entries = ({ lines }: GroupMemory): ReadonlyArray<Entry> => Array.from(lines.values()).flat()

const firsts = ({ lines }: GroupMemory): Array<Entry> => Array.from(lines.values()).flatMap((line) => line.slice(0, 1))

const isDue = ({ at, state }: Entry, now: number): boolean => state === "ready" && at <= now

const isHeldBy = ({ message, receipt, state }: Entry, by: { position: number; receipt: number }): boolean =>
  state === "held" && message.position === by.position && receipt === by.receipt

const isDeadAt = ({ message, state }: Entry, position: number | undefined): boolean =>
  state === "dead" && (position === undefined || message.position === position)

const dead = (at: number, reason: string) => ({ state: "dead", at, reason })

/** Takes the first of its line out. */
const end = ({ lines }: GroupMemory, { message: { key } }: Entry): void => {
  const rest = lines.get(key)?.slice(1) ?? []
  if (rest.length === 0) lines.delete(key)
  else lines.set(key, rest)
}

/** Hands messages to a group until so many more can be delivered; answers those. */
const handOn = (group: GroupMemory, topic: TopicMemory, now: number, wanted: number): ReadonlyArray<Entry> => {
  const free: Array<Entry> = []
  const from = topic.messages.findIndex(({ position }) => position > group.position)
  if (from < 0) return free
  for (const message of topic.messages.slice(from, from + mostHandedOn)) {
    if (free.length >= wanted) break
    const entry: Entry = { message, state: "ready", at: now, attempts: 0, receipt: 0, reason: "" }
    const line = group.lines.get(message.key)
    if (line === undefined) {
      group.lines.set(message.key, [entry])
      free.push(entry)
    } else line.push(entry)
    group.position = message.position
  }
  return free
}

/** The position behind which a group begins. */
const placeOf = ({ end, messages }: TopicMemory, from: Start): number => {
  if (from === "beginning") return 0
  if (from === "end") return end
  if ("after" in from) return Math.min(from.after, end)
  const first = messages.find(({ publishedAt }) => publishedAt >= from.since.epochMilliseconds)
  return first === undefined ? end : first.position - 1
}
