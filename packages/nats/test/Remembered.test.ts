/**
 * What a broker on NATS knows of what was published is bounded by a window and by a number of messages. One that is older and
 * comes again, from a relay that was away for long, is doubled in the topic, and has its effect once all the same.
 */
import { assert, it } from "@effect/vitest"
import { layerMemory as eventsInMemory } from "@eventfold/event-store"
import { InboxMemory, MessageBroker, publishAgain } from "@eventfold/messaging"
import { layerMemory as readSideInMemory } from "@eventfold/subscriptions"
import * as Scenario from "@eventfold/testing/SubscriberLaws/Scenario"
import { Clock, Effect, Layer, References } from "effect"
import { TestClock } from "effect/testing"
import { MessageBrokerNats } from "../src/index.ts"
import * as Messages from "./Messages.ts"
import * as NatsServer from "./NatsServer.ts"

const stores = Layer.mergeAll(readSideInMemory, InboxMemory.layerMemory).pipe(Layer.provideMerge(eventsInMemory))

const layerOf = (options: MessageBrokerNats.NatsBrokerOptions) =>
  Effect.sync(() => {
    const prefix = NatsServer.freshPrefix()
    return MessageBrokerNats.layer({ ...options, prefix }).pipe(
      Layer.provide(NatsServer.connection),
      Layer.merge(Layer.effectDiscard(NatsServer.cleaned(prefix)))
    )
  })

const messages = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => Messages.message(`m${from + index}`))

it.live("so many messages are remembered, the latest, also by a program that is new", () =>
  Effect.gen(function* () {
    const layer = yield* layerOf({ remember: 1000 })
    const first = yield* Messages.brokerOf(layer)
    for (const from of [0, 500, 1000]) assert.strictEqual(yield* first.publish("t", messages(from, 500)), 500)
    for (const broker of [first, yield* Messages.brokerOf(layer)]) {
      assert.strictEqual(yield* broker.publish("t", messages(500, 1000)), 0, "the last thousand are known")
    }
    assert.strictEqual(yield* first.publish("t", messages(499, 1)), 1, "an older one is another message")
    assert.strictEqual(yield* first.publish("t", messages(500, 1)), 1, "and has taken the place of the oldest")
  }).pipe(Effect.scoped)
)

it.live("messages are remembered for the window and no longer, also by a program that is new", () =>
  Effect.gen(function* () {
    const layer = yield* layerOf({ deduplicateFor: "1 hour" })
    const clock = yield* TestClock.make()
    const publishAt = (broker: MessageBroker["Service"], millis: number, count: number) =>
      Effect.andThen(
        clock.setTime(millis),
        Effect.provideService(broker.publish("t", messages(0, count)), Clock.Clock, clock)
      )
    const first = yield* Messages.brokerOf(layer)
    assert.strictEqual(yield* publishAt(first, 1000, 1), 1)
    assert.strictEqual(yield* publishAt(first, 3_000_000, 2), 1)
    assert.strictEqual(yield* publishAt(first, 3_600_999, 2), 0)
    const second = yield* Messages.brokerOf(layer)
    assert.strictEqual(yield* publishAt(second, 3_601_000, 2), 1, "the first one is forgotten")
    assert.strictEqual(yield* publishAt(first, 3_601_001, 2), 0, "others have published it meanwhile")
  }).pipe(Effect.scoped)
)

it.live(
  "a relay that was away for longer than is remembered doubles messages in the topic, and no effect",
  () =>
    Effect.gen(function* () {
      const broker = yield* Messages.brokerOf(yield* layerOf({ remember: 1000 }))
      const its = yield* Scenario.fresh
      const lines = Array.from({ length: 1100 }, (_, index) => `p${index % 3}: ${index}`)
      yield* Effect.gen(function* () {
        yield* Scenario.node(its, { hold: "10 seconds" })
        yield* Scenario.say(its, lines)
        const doneWith = (end: number) =>
          Scenario.comes(
            Effect.map(
              Scenario.standing(its),
              (group) => group.end >= end && group.position + group.waiting >= group.end
            )
          )
        const heardAll = Scenario.comes(
          Effect.map(
            Scenario.standing(its),
            (group) => group.position === group.end && group.inFlight + group.waiting === 0
          )
        )
        assert.isTrue(yield* doneWith(1100))
        assert.isTrue(yield* heardAll)
        yield* publishAgain(its.context, { tenant: "acme", by: "operator", reason: "it was away", after: 0 })
        // The first of them are not known any more, and those they push out of what is remembered are not either.
        assert.isTrue(yield* doneWith(1200))
        assert.isTrue(yield* heardAll)
        assert.deepStrictEqual(yield* Scenario.heard(its), lines.toSorted(Scenario.byKey))
        assert.strictEqual((yield* Scenario.standing(its)).dead, 0)
      }).pipe(Effect.provideService(MessageBroker, broker))
    }).pipe(
      Effect.scoped,
      Effect.provide(Layer.fresh(stores)),
      Effect.provideService(References.MinimumLogLevel, "None"),
      Effect.provideService(Scenario.Patience, "60 seconds")
    ),
  240_000
)
