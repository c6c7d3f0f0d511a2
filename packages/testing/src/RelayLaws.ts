/**
 * The laws of the outbox relay as values: what it guarantees over every layer of the event store, the read side and the
 * message broker. No test framework is needed to run them; `RelayContract` registers them with vitest.
 *
 * They run relays as a program does, several at a time, and have them die between publishing and noting it. They look at
 * the real clock while they wait for what goes on by itself, ten seconds at the most.
 */
import { Transaction } from "@eventfold/event-store"
import { BrokerFailure, type EncodedMessage, type MessageBroker } from "@eventfold/messaging"
import { Deferred, Effect, References, type Scope } from "effect"
import { expect, expectEqual, type Law, make } from "./Law.ts"
import * as Scenario from "./RelayLaws/Scenario.ts"

const { comes, letters, node, passed, say, textsOf, told } = Scenario

export { Alter, type Ports } from "./RelayLaws/Scenario.ts"

type Broker = MessageBroker["Service"]

/** A law about a context of its own. What goes wrong on purpose is not worth a line in the log. */
const law = <E>(
  name: string,
  check: (its: Scenario.Fresh) => Effect.Effect<void, E, Scenario.Ports | Scope.Scope>
): Law<Scenario.Ports> =>
  make(
    name,
    Effect.flatMap(Scenario.fresh, check).pipe(
      Scenario.inRealTime,
      Effect.provideService(References.MinimumLogLevel, "None")
    )
  )

/** Puts something around what is published. */
const publishing =
  (
    around: (
      messages: ReadonlyArray<EncodedMessage>,
      publish: ReturnType<Broker["publishEncoded"]>
    ) => ReturnType<Broker["publishEncoded"]>
  ) =>
  (broker: Broker): Partial<Broker> => ({
    publishEncoded: (topic, messages) => Effect.suspend(() => around(messages, broker.publishEncoded(topic, messages)))
  })

const failing = (retryable: boolean) =>
  Effect.fail(new BrokerFailure({ operation: "MessageBroker.publish", retryable, detail: "no", cause: undefined }))

/** Lines that are said in turn in three streams. */
const linesOf = (count: number) => Array.from({ length: count }, (_, index) => `p${index % 3}: ${index}`)

/** Says lines one by one; answers the position of the last. */
const sayAll = Effect.fnUntraced(function* (its: Scenario.Fresh, lines: ReadonlyArray<string>) {
  let position = 0
  for (const line of lines) position = yield* say(its, line)
  return position
})

const keyOf = (line: string) => line.split(":")[0]

/** The laws of the relay. */
export const laws: ReadonlyArray<Law<Scenario.Ports>> = [
  law(
    "everything that was committed is published once, in the order of the log: what is there, and what comes",
    (its) =>
      Effect.gen(function* () {
        const [before, after] = [linesOf(13), ["p1: late", "p4: new", "p1: last"]]
        yield* sayAll(its, before)
        yield* node(its.relay())
        yield* passed(its, yield* sayAll(its, after))
        yield* expectEqual("what others are told", yield* told(its), [...before, ...after])
      })
  ),

  law("nothing is published that was not committed", (its) =>
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const takenBack = (line: string) =>
        Effect.exit(transaction.run(Effect.andThen(say(its, line), Effect.fail("taken back"))))
      yield* say(its, "p1: one")
      yield* takenBack("p1: never")
      yield* node(its.relay())
      yield* takenBack("p2: never")
      yield* passed(its, yield* transaction.run(say(its, "p2: two")))
      yield* expectEqual("what others are told", yield* told(its), ["p1: one", "p2: two"])
    })
  ),

  law("a relay that dies between publishing and noting it doubles nothing, and leaves nothing out", (its) =>
    Effect.gen(function* () {
      const lines = linesOf(12)
      const last = yield* sayAll(its, lines)
      let given = 0
      for (const afterwards of [true, false, true]) {
        const died = yield* Deferred.make<void>()
        const dying = publishing((messages, publish) =>
          (afterwards ? publish : Effect.void).pipe(
            Effect.andThen(Deferred.succeed(died, undefined)),
            Effect.andThen(Effect.sync(() => (given += messages.length))),
            Effect.andThen(Effect.never)
          )
        )
        const { end } = yield* node(its.relay(), dying)
        yield* Deferred.await(died)
        yield* end
      }
      yield* node(
        its.relay(),
        publishing((messages, publish) =>
          Effect.ensuring(
            publish,
            Effect.sync(() => (given += messages.length))
          )
        )
      )
      yield* passed(its, last)
      yield* expect(given > lines.length, "something must have been published again, or nothing is shown")
      yield* expectEqual("what others are told", yield* told(its), lines)
    })
  ),

  law("of several relays at once one publishes at a time, and nothing is worked on twice", (its) =>
    Effect.gen(function* () {
      const given: Array<string> = []
      let [now, most] = [0, 0]
      const watched = publishing((messages, publish) => {
        most = Math.max(most, (now += 1))
        given.push(...textsOf(messages))
        return Effect.ensuring(
          Effect.andThen(Effect.yieldNow, publish),
          Effect.sync(() => (now -= 1))
        )
      })
      for (let count = 0; count < 3; count += 1) yield* node(its.relay(), watched)
      const lines = linesOf(24)
      yield* passed(its, yield* sayAll(its, lines))
      yield* expectEqual("what was given to the broker", given, lines)
      yield* expectEqual("how many publish at the same time", most, 1)
    })
  ),

  law("messages of a key are published in its order, though every other call fails", (its) =>
    Effect.gen(function* () {
      const lines = linesOf(24)
      const last = yield* sayAll(its, lines)
      let calls = 0
      yield* node(
        its.relay(),
        publishing((_, publish) => ((calls += 1) % 2 === 1 ? failing(true) : publish))
      )
      yield* passed(its, last)
      const found = yield* told(its)
      for (const key of ["p0", "p1", "p2"]) {
        const of = (all: ReadonlyArray<string>) => all.filter((line) => keyOf(line) === key)
        yield* expectEqual(`what others are told of ${key}`, of(found), of(lines))
      }
    })
  ),

  law("while the broker is away it waits and says so; nothing is given up, and then all of it is published", (its) =>
    Effect.gen(function* () {
      const lines = linesOf(12)
      const last = yield* sayAll(its, lines)
      let calls = 0
      const { runner } = yield* node(
        its.relay(),
        publishing((_, publish) => ((calls += 1) < 30 ? failing(true) : publish))
      )
      const troubled = Effect.map(
        runner.statuses,
        ([status]) =>
          calls > 5 &&
          calls < 30 &&
          status?.state === "retrying" &&
          status.lagMillis > 0 &&
          (status.lag?.count ?? 0) > 0 &&
          (status.problem ?? "").includes("MessageBroker.publish")
      )
      yield* expectEqual(
        "whether it says that it is in trouble, and how far it is behind",
        yield* comes(troubled),
        true
      )
      yield* expectEqual("what is given up", yield* letters(its), [])
      yield* passed(its, last)
      yield* expectEqual("what is given up in the end", yield* letters(its), [])
      yield* expectEqual("what others are told", yield* told(its), lines)
      const well = Effect.map(runner.statuses, ([status]) => status?.state === "live" && status.problem === undefined)
      yield* expectEqual("whether it is well again", yield* comes(well), true)
    })
  ),

  law(
    "what can never be published holds its key back and no other; replayed, it comes before what waits behind it",
    (its) =>
      Effect.gen(function* () {
        const unspeakable = new Set(["p1: 4"])
        const { desk } = yield* node(its.relay(unspeakable))
        yield* passed(its, yield* sayAll(its, linesOf(12)))
        const free = linesOf(12).filter((line) => keyOf(line) !== "p1" || line === "p1: 1")
        yield* expectEqual("what others are told", yield* told(its), free)
        const kept = ["p1: Unspeakable", "p1: behind it", "p1: behind it"]
        yield* expectEqual("the letters", yield* letters(its), kept)
        unspeakable.clear()
        yield* desk.replay({ consumer: its.consumer, by: "law", reason: "mended" })
        yield* passed(its, yield* say(its, "p1: new"))
        const then = [...free, "p1: 4", "p1: 7", "p1: 10", "p1: new"]
        yield* expectEqual("what others are told then", yield* told(its), then)
        yield* expectEqual("the letters then", yield* letters(its), [])
      })
  ),

  law("a message the broker refuses is found among others, and holds its key back and no other", (its) =>
    Effect.gen(function* () {
      const lines = linesOf(12)
      const last = yield* sayAll(its, lines)
      const refusing = publishing((messages, publish) =>
        textsOf(messages).includes("p2: 5") ? failing(false) : publish
      )
      yield* node(its.relay(new Set(), 12), refusing)
      yield* passed(its, last)
      const free = lines.filter((line) => keyOf(line) !== "p2" || line === "p2: 2")
      yield* expectEqual("what others are told", yield* told(its), free)
      const kept = ["p2: BrokerFailure", "p2: behind it", "p2: behind it"]
      yield* expectEqual("the letters", yield* letters(its), kept)
    })
  )
]
