/** Subscribers in trouble: the broker or the store is away, a node stops, several nodes share the work. */
import { EventStoreFailure } from "@eventfold/event-store"
import { pass, settled } from "@eventfold/testing/TestTime"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, References, Scope } from "effect"
import { Inbox, MessageBroker, Subscriber } from "../src/index.ts"
import { billing, layer, letters, node, note, notes, said, say, Sold } from "./Shop.ts"

const quiet = Effect.provideService(References.MinimumLogLevel, "None")

describe("a subscriber in trouble", () => {
  it.effect("waits while the broker is away, says so, and goes on by itself", () =>
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      let away = true
      const down = Effect.suspend(() => (away ? Effect.never : Effect.void))
      const flaky = MessageBroker.of({
        ...broker,
        receive: (group, what) => Effect.andThen(down, broker.receive(group, what))
      })
      yield* say(said("m1", "p1"))
      const { status } = yield* Effect.provideService(node(billing), MessageBroker, flaky)
      yield* pass(12)
      assert.deepInclude(yield* status, { state: "retrying", lag: 1, problem: "no answer in time" })
      away = false
      yield* pass(16)
      assert.deepStrictEqual(yield* notes("billing"), ["sold p1"])
      assert.deepInclude(yield* status, { state: "live", problem: undefined })
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("leaves messages alone while the store is away, and uses up no retry for that", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox
      let away = true
      const failure = new EventStoreFailure({ operation: "Inbox", retryable: true, cause: new Error("down") })
      const flaky = Inbox.of({
        ...inbox,
        once: (...parameters) => Effect.suspend(() => (away ? Effect.fail(failure) : inbox.once(...parameters))),
        list: (query) => Effect.suspend(() => (away ? Effect.fail(failure) : inbox.list(query)))
      })
      yield* say(said("m1", "p1"), said("m2", "p2"))
      const { status } = yield* Effect.provideService(node(billing), Inbox, flaky)
      yield* pass(600)
      assert.deepInclude(yield* status, { state: "retrying", dead: 0 })
      assert.strictEqual((yield* status)?.counts["put-back"], 2)
      away = false
      yield* pass(8)
      assert.deepStrictEqual((yield* notes("billing")).toSorted(), ["sold p1", "sold p2"])
      assert.strictEqual((yield* status)?.state, "live")
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("has all its retries left after the store was away, more than once", () =>
    Effect.gen(function* () {
      const failure = new EventStoreFailure({ operation: "Inbox", retryable: true, cause: new Error("down") })
      const [down, wrong] = [Effect.fail(failure), Effect.fail({ _tag: "NoAnswer", retryable: true })]
      const outcomes: Array<Effect.Effect<void, EventStoreFailure | { readonly _tag: string }>> = [
        down,
        down,
        wrong,
        down
      ]
      const stubborn = Subscriber.make(
        "billing",
        [
          Subscriber.on(Sold, ({ parcel }) =>
            Effect.andThen(
              Effect.suspend(() => outcomes.shift() ?? Effect.void),
              note("billing", `sold ${parcel}`)
            )
          )
        ],
        { failure: { retries: 1, firstWait: "1 second", longestWait: "1 second" } }
      )
      yield* say(said("m1", "p1"))
      yield* node(stubborn)
      yield* pass(20)
      assert.deepStrictEqual(yield* notes("billing"), ["sold p1"])
      outcomes.push(down, wrong, wrong)
      yield* say(said("m2", "p2"))
      yield* pass(20)
      assert.deepStrictEqual(yield* letters("billing"), ["m2: NoAnswer (it was tried 2 times)"])
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("has all its retries left after the store was away, however often, and however often it was stopped", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox
      const failure = new EventStoreFailure({ operation: "Inbox", retryable: true, cause: new Error("down") })
      for (const times of [1, 3, 4, 30]) {
        let [left, failures] = [times, 3]
        const parcel = `p${times}`
        // Some of the time it does not answer at all, and some of the time a node ends meanwhile.
        const flaky = Inbox.of({
          ...inbox,
          once: (handler, message, effect, options) =>
            Effect.suspend(() => {
              if (message.id !== `m${times}` || left === 0) return inbox.once(handler, message, effect, options)
              left -= 1
              return left % 3 === 1 ? Effect.never : Effect.fail(failure)
            })
        })
        const troubled = Subscriber.make("billing", [
          Subscriber.on(
            Sold,
            Effect.fnUntraced(function* ({ parcel }) {
              failures -= 1
              if (failures >= 0) return yield* Effect.fail("no answer" as const)
              yield* note("billing", `sold ${parcel}`)
            })
          )
        ])
        yield* say(said(`m${times}`, parcel))
        for (let turn = 0; turn < 3; turn += 1) {
          const { scope } = yield* Effect.provideService(node(troubled), Inbox, flaky)
          yield* pass(turn < 2 ? 2 : 400)
          yield* Scope.close(scope, Exit.void).pipe(Effect.forkChild)
          yield* pass(6)
        }
        assert.deepStrictEqual(yield* letters("billing"), [], `away ${times} times`)
        assert.include(yield* notes("billing"), `sold ${parcel}`)
      }
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("makes its group anew when somebody has removed it", () =>
    Effect.gen(function* () {
      const broker = yield* MessageBroker
      yield* node(billing)
      yield* settled
      yield* broker.unsubscribe({ topic: "trade", group: "billing" })
      yield* say(said("m1", "p1"))
      yield* pass(6)
      assert.deepStrictEqual(yield* notes("billing"), ["sold p1"])
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("ends what is under way when it is stopped, and puts back what does not end", () =>
    Effect.gen(function* () {
      const [begun, gate] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const slow = Subscriber.make("billing", [
        Subscriber.on(Sold, ({ parcel }) =>
          parcel === "p1"
            ? Effect.andThen(
                Deferred.succeed(begun, undefined),
                Effect.andThen(Deferred.await(gate), note("billing", "sold p1"))
              )
            : Effect.never
        )
      ])
      const first = yield* node(slow)
      yield* say(said("m1", "p1"), said("m2", "p2"))
      yield* Deferred.await(begun)
      yield* settled
      const closing = yield* Effect.forkChild(Scope.close(first.scope, Exit.void))
      yield* settled
      yield* Deferred.succeed(gate, undefined)
      yield* pass(6)
      yield* Fiber.join(closing)
      assert.deepStrictEqual(yield* notes("billing"), ["sold p1"])
      // Another node takes at once what was put back.
      yield* node(billing)
      yield* settled
      assert.deepStrictEqual(yield* notes("billing"), ["sold p1", "sold p2"])
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("shares the messages with other nodes", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* node(billing), yield* node(billing)]
      yield* say(...Array.from({ length: 50 }, (_, index) => said(`m${index}`, `p${index}`)))
      yield* pass(6)
      assert.strictEqual((yield* notes("billing")).length, 50)
      const counted = [yield* one.status, yield* two.status].map((standing) => standing?.counts.handled ?? 0)
      assert.strictEqual(
        counted.reduce((sum, count) => sum + count, 0),
        50
      )
      assert.isTrue(counted.every((count) => count > 0))
    }).pipe(Effect.scoped, Effect.provide(layer))
  )
})
