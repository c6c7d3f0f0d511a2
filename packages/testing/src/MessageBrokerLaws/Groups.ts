/** Laws of consumer groups: where they begin, what they share, and how they stand. */
import { type Group, MessageBroker, type Start } from "@eventfold/messaging"
import { Effect } from "effect"
import { expectEqual, expectFailure, make } from "../Law.ts"
import { acknowledge, at, fresh, ids, message, publish, putBack, subscribed, take, timeAt } from "./Scenario.ts"

/** The laws of consumer groups. */
export const groups = [
  make(
    "a group begins where it was told, and keeps its place when it subscribes again",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* fresh
      for (const second of [1, 2, 3, 4]) yield* publish(group.topic, second, message(`m${second}`))
      const places = [
        ["beginning", ["m1", "m2", "m3", "m4", "m5"]],
        ["end", ["m5"]],
        [{ after: 3 }, ["m4", "m5"]],
        [{ after: 99 }, ["m5"]],
        [{ since: timeAt(2) }, ["m2", "m3", "m4", "m5"]],
        [{ since: timeAt(5) }, ["m5"]]
      ] as const
      for (const [index, [from]] of places.entries()) {
        yield* broker.subscribe({ ...group, group: `g${index}` }, { from })
      }
      yield* publish(group.topic, 5, message("m5"))
      for (const [index, [from, expected]] of places.entries()) {
        const found = yield* take({ ...group, group: `g${index}` }, 6)
        yield* expectEqual(`from ${JSON.stringify(from)}`, ids(found), expected)
      }
      const first = { ...group, group: "g0" }
      yield* broker.subscribe(first, { from: "beginning" })
      yield* expectEqual("subscribed again", yield* take(first, 7), [])
    })
  ),

  make(
    "the groups of a topic are told by name, until they are removed",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const { topic } = yield* fresh
      const other = yield* subscribed()
      yield* expectEqual("of a topic nobody knows", yield* broker.groups(topic), [])
      for (const group of ["mails", "b-2", "billing", "b10"]) yield* broker.subscribe({ topic, group })
      yield* expectEqual("all of them", yield* broker.groups(topic), ["b-2", "b10", "billing", "mails"])
      yield* expectEqual("whether one is removed", yield* broker.unsubscribe({ topic, group: "b10" }), true)
      yield* expectEqual("the others", yield* broker.groups(topic), ["b-2", "billing", "mails"])
      yield* expectEqual("of another topic", yield* broker.groups(other.topic), [other.group])
    })
  ),

  make(
    "what a topic keeps can be looked at from any place, page by page, and nothing comes of it",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed({ maxDeliveries: 1 })
      const look = (from: Start, limit: number = 10) => broker.browse(group.topic, { from, limit })
      yield* expectEqual("before there is anything", yield* look("beginning"), [])
      const sent = [1, 2, 3, 4].map((second) => message(`m${second}`))
      for (const [place, one] of sent.entries()) yield* publish(group.topic, place + 1, one)
      const kept = sent.map((one, place) => ({ position: place + 1, publishedAt: timeAt(place + 1), message: one }))
      const places = [
        ["beginning", kept],
        ["end", []],
        [{ after: 3 }, kept.slice(3)],
        [{ after: 99 }, []],
        [{ since: timeAt(2) }, kept.slice(1)],
        [{ since: timeAt(5) }, []]
      ] as const
      for (const [from, expected] of places) {
        yield* expectEqual<unknown>(`from ${JSON.stringify(from)}`, yield* look(from), expected)
      }
      yield* expectEqual("so many", ids(yield* look({ after: 1 }, 2)), ["m2", "m3"])
      yield* expectEqual("of a topic nobody knows", yield* broker.browse("law-none", { from: "end", limit: 1 }), [])
      for (const limit of [0, 1001]) {
        const refused = yield* expectFailure(`looking at ${limit}`, look("beginning", limit))
        yield* expectEqual("what is refused", refused._tag, "BrokerRequestRefused")
      }
      yield* expectEqual("what is received", ids(yield* take(group, 6)), ["m1", "m2", "m3", "m4"])
    })
  ),

  make(
    "of many who receive for a group at the same moment each message goes to one",
    Effect.gen(function* () {
      const group = yield* subscribed()
      const all = Array.from({ length: 30 }, (_, index) => message(`m${10 + index}`))
      yield* publish(group.topic, 0, ...all)
      const takes = Array.from({ length: 12 }, () => take(group, 1, 4))
      const taken = (yield* Effect.all(takes, { concurrency: "unbounded" })).flat()
      const rest = yield* take(group, 1)
      yield* expectEqual(
        "what was received",
        ids([...taken, ...rest]).toSorted(),
        all.map(({ id }) => id)
      )
    })
  ),

  make(
    "whoever receives for a group that is not there is told",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* fresh
      const asks = [take(group, 0), broker.state(group), broker.rewind(group, "end")]
      for (const ask of asks) {
        const error = yield* expectFailure<unknown, { readonly message: string }, MessageBroker>("asking", ask)
        yield* expectEqual("the error", error.message, `the topic ${group.topic} has no consumer group billing`)
      }
      yield* broker.subscribe(group)
      yield* expectEqual("what there is", yield* take(group, 0), [])
      yield* expectEqual("whether it was there", yield* broker.unsubscribe(group), true)
      yield* expectEqual("whether it still is", yield* broker.unsubscribe(group), false)
      yield* expectEqual("the error", (yield* expectFailure("receiving", take(group, 0)))._tag, "UnknownGroup")
      yield* expectEqual("acknowledging nothing", yield* broker.acknowledge(group, []), 0)
    })
  ),

  make(
    "a group that is put to another place receives again what follows, and what was held before is lost",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed()
      yield* publish(group.topic, 0, message("m1", "k"), message("m2", "k"), message("m3"))
      const before = yield* take(group, 1)
      yield* expectEqual("what comes first", ids(before), ["m1", "m3"])
      yield* broker.rewind(group, { after: 1 })
      const again = yield* take(group, 2)
      yield* expectEqual("what comes again", ids(again), ["m2", "m3"])
      yield* expectEqual(
        "how often",
        again.map(({ attempt }) => attempt),
        [1, 1]
      )
      yield* expectEqual("what is lost", yield* acknowledge(group, 2, before), 0)
      yield* broker.rewind(group, "end")
      yield* expectEqual("behind the newest", yield* take(group, 3), [])
    })
  ),

  make(
    "what was delivered to a group that is gone proves nothing to one of its name",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed()
      yield* publish(group.topic, 0, message("m1"), message("m2"))
      const before = yield* take(group, 1)
      yield* broker.unsubscribe(group)
      yield* broker.subscribe(group)
      const now = yield* take(group, 2)
      yield* expectEqual("what comes anew", ids(now), ["m1", "m2"])
      yield* expectEqual("acknowledged by the old ones", yield* acknowledge(group, 3, before), 0)
      yield* expectEqual("put back by the old ones", yield* putBack(group, 3, before), ["lost", "lost"])
      yield* expectEqual("acknowledged by the new ones", yield* acknowledge(group, 3, now), 2)
    })
  ),

  make(
    "whatever is removed meanwhile, a group that is made or put back is given all that was there when it was",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const month = 30 * 24 * 3600
      for (const way of ["made", "put back"]) {
        const group = yield* subscribed()
        for (let second = 0; second < 12; second += 1) yield* publish(group.topic, second, message(`m${second}`))
        yield* acknowledge(group, 20, yield* take(group, 20))
        const [first, second] = ["first", "second"].map((name) => ({ ...group, group: name }))
        if (first === undefined || second === undefined) continue
        if (way === "put back") for (const one of [first, second]) yield* broker.subscribe(one, { from: "end" })
        const begin = Effect.fnUntraced(function* (one: Group) {
          yield* way === "made" ? broker.subscribe(one) : broker.rewind(one, "beginning")
          return [one, (yield* broker.state(one)).oldest] as const
        })
        const [, , ...found] = yield* Effect.all(
          [at(month)(broker.trim(group.topic)), at(month)(broker.trim(group.topic)), begin(first), begin(second)],
          { concurrency: "unbounded" }
        )
        for (const [one, oldest] of found) {
          const [next] = yield* take(one, month)
          yield* expectEqual(`the oldest of one that is ${way}`, next?.publishedAt, oldest)
        }
      }
    })
  ),

  make(
    "no more messages are held than the group allows, by all who receive for it",
    Effect.gen(function* () {
      const group = yield* subscribed({ maxInFlight: 3 })
      yield* publish(group.topic, 0, ...Array.from({ length: 9 }, (_, index) => message(`m${index}`)))
      const first = yield* take(group, 1, 2)
      yield* expectEqual("the first", ids(first), ["m0", "m1"])
      yield* expectEqual("as many as fit", ids(yield* take(group, 1)), ["m2"])
      yield* expectEqual("when it is full", yield* take(group, 1), [])
      yield* acknowledge(group, 2, first.slice(1))
      yield* expectEqual("when there is room again", ids(yield* take(group, 3)), ["m3"])
      yield* (yield* MessageBroker).subscribe(group, { maxInFlight: 5 })
      yield* expectEqual("when it allows more", ids(yield* take(group, 4)), ["m4", "m5"])
    })
  ),

  make(
    "a group tells how it stands",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed({ maxDeliveries: 1 })
      const none = { position: 0, end: 0, inFlight: 0, waiting: 0, dead: 0, oldest: undefined }
      yield* expectEqual("at first", yield* broker.state(group), none)
      const sent = [message("m1", "a"), message("m2", "a"), message("m3", "b"), message("m4", "c"), message("m5", "c")]
      for (const [second, one] of sent.entries()) yield* publish(group.topic, second, one)
      const ahead = yield* broker.state(group)
      yield* expectEqual("before it receives", ahead, { ...none, end: 5, oldest: timeAt(0) })
      const [m1, m3] = yield* take(group, 10, 2)
      const [m4] = yield* take(group, 10)
      yield* putBack(
        group,
        11,
        [m1].flatMap((one) => one ?? [])
      )
      yield* acknowledge(
        group,
        11,
        [m3].flatMap((one) => one ?? [])
      )
      const amid = { position: 5, end: 5, inFlight: 1, waiting: 2, dead: 1, oldest: timeAt(1) }
      yield* expectEqual("amid its work", yield* broker.state(group), amid)
      yield* at(12)(broker.discard(group, 1))
      yield* acknowledge(group, 12, [...[m4].flatMap((one) => one ?? []), ...(yield* take(group, 12))])
      yield* acknowledge(group, 13, yield* take(group, 13))
      yield* expectEqual("at the end", yield* broker.state(group), { ...none, position: 5, end: 5 })
    })
  )
]
