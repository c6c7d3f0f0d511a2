/** Laws of delivering: acknowledging, putting back, order, and dead letters. */
import { MessageBroker } from "@eventfold/messaging"
import { Effect, Result } from "effect"
import { expect, expectEqual, make } from "../Law.ts"
import { acknowledge, at, ids, message, publish, putBack, subscribed, take, timeAt } from "./Scenario.ts"

/** The laws of delivering. */
export const delivering = [
  make(
    "what is not acknowledged when its time is up comes again, and says how often it has come",
    Effect.gen(function* () {
      const group = yield* subscribed()
      yield* publish(group.topic, 0, message("m1"), message("m2"))
      yield* take(group, 1)
      yield* expectEqual("while it is held", yield* take(group, 30.9), [])
      const again = yield* take(group, 31)
      yield* expectEqual("when its time is up", ids(again), ["m1", "m2"])
      yield* expectEqual(
        "how often",
        again.map(({ attempt }) => attempt),
        [2, 2]
      )
    })
  ),

  make(
    "what is acknowledged is done; whoever acknowledges twice, or after somebody else has received it, is told",
    Effect.gen(function* () {
      const group = yield* subscribed()
      yield* publish(group.topic, 0, message("m1"), message("m2"), message("m3"))
      const first = yield* take(group, 1)
      yield* expectEqual("how many", yield* acknowledge(group, 2, first.slice(0, 1)), 1)
      yield* expectEqual("how many again", yield* acknowledge(group, 3, first.slice(0, 2)), 1)
      const again = yield* take(group, 40)
      yield* expectEqual("what comes again", ids(again), ["m3"])
      yield* expectEqual("too late", yield* acknowledge(group, 41, first), 0)
      yield* expectEqual("put back too late", yield* putBack(group, 41, first.slice(2)), ["lost"])
      yield* expectEqual("in time", yield* acknowledge(group, 41, again), 1)
      yield* expectEqual("what is left", yield* take(group, 999), [])
    })
  ),

  make(
    "what is prolonged is held for longer by whoever holds it, and by nobody else",
    Effect.gen(function* () {
      const group = yield* subscribed()
      const prolong = (seconds: number, deliveries: Parameters<typeof acknowledge>[2]) =>
        Effect.flatMap(MessageBroker, (broker) => at(seconds)(broker.prolong(group, deliveries, "30 seconds")))
      yield* publish(group.topic, 0, message("m1"), message("m2"), message("m3"))
      const first = yield* take(group, 1)
      yield* expectEqual("how many", yield* prolong(20, first.slice(0, 2)), 2)
      yield* expectEqual("what comes again when the others' time is up", ids(yield* take(group, 32)), ["m3"])
      yield* expectEqual("how many again", yield* prolong(40, first), 2)
      yield* expectEqual("how many are done", yield* acknowledge(group, 41, first.slice(0, 1)), 1)
      yield* expectEqual("how many are held then", yield* prolong(42, first.slice(0, 2)), 1)
      yield* expectEqual("while the last is held", ids(yield* take(group, 71)), ["m3"])
      const again = yield* take(group, 72)
      yield* expectEqual("when its time is up", ids(again), ["m2"])
      yield* expectEqual("how often it has come", again[0]?.attempt, 2)
      yield* expectEqual("how many of those who held it before", yield* prolong(73, first), 0)
    })
  ),

  make(
    "what is put back comes again when its delay is over, and not before",
    Effect.gen(function* () {
      const group = yield* subscribed()
      yield* publish(group.topic, 0, message("m1"), message("m2"))
      yield* expectEqual("the outcome", yield* putBack(group, 2, yield* take(group, 1, 1), 60), ["again"])
      yield* expectEqual("before", ids(yield* take(group, 61)), ["m2"])
      const again = yield* take(group, 62)
      yield* expectEqual("after", ids(again), ["m1"])
      yield* expectEqual("how often", again[0]?.attempt, 2)
    })
  ),

  make(
    "what is put back without counting comes again as if it had not been delivered, however often that is",
    Effect.gen(function* () {
      const group = yield* subscribed({ maxDeliveries: 2 })
      yield* publish(group.topic, 0, message("m1"))
      const tries: Array<number | undefined> = []
      for (let second = 1; second < 7; second += 1) {
        const [one] = yield* take(group, second)
        tries.push(one?.attempt)
        const back = yield* putBack(group, second, one === undefined ? [] : [one], 0, "away", false)
        yield* expectEqual("the outcome", back, ["again"])
      }
      yield* expectEqual("how often", tries, [1, 1, 1, 1, 1, 1])
      yield* expectEqual("one that counts", yield* putBack(group, 7, yield* take(group, 7)), ["again"])
      const second = yield* take(group, 8)
      yield* expectEqual("how often then", second[0]?.attempt, 2)
      yield* expectEqual("another that does not", yield* putBack(group, 8, second, 10, "away", false), ["again"])
      yield* expectEqual("before its delay is over", yield* take(group, 17), [])
      const third = yield* take(group, 18)
      yield* expectEqual("how often in the end", third[0]?.attempt, 2)
    })
  ),

  make(
    "messages of one key come one after another, in order, whatever becomes of them; other keys do not wait",
    Effect.gen(function* () {
      const group = yield* subscribed()
      const sent = ["a1", "a2", "b1", "a3", "b2", "c1"].map((id) => message(id, id[0]))
      yield* publish(group.topic, 0, ...sent)
      const first = yield* take(group, 1)
      yield* expectEqual("one of each key", ids(first), ["a1", "b1", "c1"])
      yield* acknowledge(group, 2, first.slice(1))
      yield* putBack(group, 2, first.slice(0, 1), 10)
      yield* publish(group.topic, 3, message("a4", "a"), message("d1", "d"))
      const second = yield* take(group, 4)
      yield* expectEqual("those whose key is free", ids(second), ["b2", "d1"])
      for (const [second, expected] of ["a1", "a2", "a3", "a4"].entries()) {
        const next = yield* take(group, 12 + second)
        yield* expectEqual("the next of its key", ids(next), [expected])
        yield* acknowledge(group, 12 + second, next)
      }
    })
  ),

  make(
    "a message that has come as often as the group allows becomes a dead letter, and says why",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed({ maxDeliveries: 2 })
      yield* publish(group.topic, 0, message("m1"), message("m2"))
      yield* putBack(group, 2, (yield* take(group, 1)).slice(0, 1))
      const again = yield* take(group, 3)
      yield* expectEqual("what comes again", ids(again), ["m1"])
      yield* expectEqual("the outcome", yield* putBack(group, 4, again, 0, "no\u0000 answer"), ["dead"])
      yield* expectEqual("the other, when its time is up", ids(yield* take(group, 35)), ["m2"])
      yield* expectEqual("when its time is up again", yield* take(group, 70), [])
      const dead = yield* broker.deadLetters(group, { limit: 10 })
      yield* expectEqual("the dead letters", ids(dead), ["m1", "m2"])
      const { message: _, ...first } = dead[0] ?? { message: undefined }
      const expected = { position: 1, attempts: 2, reason: "no  answer", publishedAt: timeAt(0), deadAt: timeAt(4) }
      yield* expectEqual<unknown>("the first", first, expected)
      yield* expectEqual("why the other", dead[1]?.reason, "it was not acknowledged in time")
    })
  ),

  make(
    "what is rejected is a dead letter at once; what follows of its key waits, and nothing else",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed()
      yield* publish(group.topic, 0, message("a1", "a"), message("a2", "a"), message("b1", "b"), message("b2", "b"))
      const [a1, b1] = yield* take(group, 1)
      if (a1 !== undefined) {
        yield* expectEqual("whether it is", yield* at(2)(broker.reject(group, a1, "unknown version")), true)
        yield* expectEqual("whether it is again", yield* at(2)(broker.reject(group, a1, "twice")), false)
      }
      yield* acknowledge(
        group,
        2,
        [b1].flatMap((one) => one ?? [])
      )
      yield* expectEqual("what goes on", ids(yield* take(group, 3)), ["b2"])
      const dead = yield* broker.deadLetters(group, { limit: 10 })
      yield* expectEqual(
        "the dead letters",
        dead.map(({ reason }) => reason),
        ["unknown version"]
      )
    })
  ),

  make(
    "dead letters that are replayed come before what waits behind them, as if for the first time",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed({ maxDeliveries: 1 })
      yield* publish(group.topic, 0, message("a1", "a"), message("a2", "a"), message("b1", "b"), message("c1", "c"))
      yield* putBack(group, 2, yield* take(group, 1))
      yield* expectEqual("how many at one place", yield* at(3)(broker.replay(group, 1)), 1)
      const first = yield* take(group, 4)
      yield* expectEqual("what comes", ids(first), ["a1"])
      yield* expectEqual("how often", first[0]?.attempt, 1)
      yield* expectEqual("how many where there is none", yield* broker.replay(group, 1), 0)
      yield* acknowledge(group, 5, first)
      yield* expectEqual("how many in all", yield* at(6)(broker.replay(group)), 2)
      yield* expectEqual("what comes then", ids(yield* take(group, 7)), ["a2", "b1", "c1"])
      yield* expectEqual("what is dead", yield* broker.deadLetters(group, { limit: 9 }), [])
    })
  ),

  make(
    "a dead letter that is discarded never comes again, and what waits behind it goes on",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed({ maxDeliveries: 1 })
      yield* publish(group.topic, 0, message("a1", "a"), message("a2", "a"))
      yield* putBack(group, 2, yield* take(group, 1))
      yield* expectEqual("where there is none", yield* at(3)(broker.discard(group, 2)), false)
      yield* expectEqual("where there is one", yield* at(3)(broker.discard(group, 1)), true)
      yield* expectEqual("what comes", ids(yield* take(group, 4)), ["a2"])
      yield* expectEqual("what is dead", yield* broker.deadLetters(group, { limit: 9 }), [])
    })
  ),

  make(
    "a message that cannot be read is a dead letter that says so; those beside it come all the same",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed()
      const unreadable = (id: string, text: string) => ({ source: "/elsewhere", id, key: id, text })
      yield* publish(group.topic, 0, message("m1"))
      yield* at(0)(broker.publishEncoded(group.topic, [unreadable("x1", "no JSON"), unreadable("x2", "{}")]))
      yield* publish(group.topic, 0, message("m2"))
      yield* expectEqual("what comes", ids(yield* take(group, 1)), ["m1", "m2"])
      const dead = yield* broker.deadLetters(group, { limit: 9 })
      yield* expectEqual("the dead letters", ids(dead), ["unreadable", "unreadable"])
      for (const { reason } of dead) yield* expect(reason.startsWith("it cannot be read: "), `it says why: ${reason}`)
      yield* at(0)(broker.publishEncoded(group.topic, [unreadable("x3", "[]")]))
      yield* publish(group.topic, 2, message("m3"))
      yield* expectEqual("what comes behind one", ids(yield* take(group, 2, 1)), ["m3"])
    })
  ),

  make(
    "however long the line of one key is, others are received",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed()
      const { id: _, ...one } = Result.getOrThrow(MessageBroker.encode(message("a", "a")))
      for (let turn = 0; turn < 11; turn += 1) {
        const line = Array.from({ length: 1000 }, (_, index) => ({ ...one, id: `a${turn}.${index}` }))
        yield* at(0)(broker.publishEncoded(group.topic, line))
      }
      yield* publish(group.topic, 0, message("b1", "b"))
      yield* expectEqual("the first", (yield* take(group, 1, 1)).length, 1)
      yield* expectEqual("behind them", ids(yield* take(group, 2, 1)), ["b1"])
    })
  ),

  make(
    "dead letters are listed in order, page by page",
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      const group = yield* subscribed({ maxDeliveries: 1 })
      const all = ["m1", "m2", "m3", "m4", "m5"]
      yield* publish(group.topic, 0, ...all.map((id) => message(id)))
      yield* putBack(group, 2, (yield* take(group, 1)).toReversed())
      const first = yield* broker.deadLetters(group, { limit: 2 })
      yield* expectEqual("the first page", ids(first), all.slice(0, 2))
      const rest = yield* broker.deadLetters(group, { after: 2, limit: 9 })
      yield* expectEqual("the others", ids(rest), all.slice(2))
    })
  )
]
