/** The laws of subscribers catch an inbox that does not keep its promise: for every law there is one that breaks it. */
import { assert, describe, it } from "@effect/vitest"
import { layerMemory as eventsInMemory, Transaction } from "@eventfold/event-store"
import { Inbox, type InboxDriver, InboxMemory, MessageBroker, MessageBrokerMemory } from "@eventfold/messaging"
import { layerMemory as readSideInMemory } from "@eventfold/subscriptions"
import { Effect, Layer } from "effect"
import { SubscriberLaws } from "../src/index.ts"
import type { BrokenRow } from "./BrokenTable.ts"

const layerOf = (wrong: (driver: InboxDriver) => Partial<InboxDriver>) =>
  Layer.effect(
    Inbox,
    Effect.gen(function* () {
      const driver = yield* InboxMemory.driver
      return Inbox.make({ ...driver, ...wrong(driver) }, yield* Transaction)
    })
  ).pipe(
    Layer.provideMerge(Layer.mergeAll(readSideInMemory, MessageBrokerMemory.layerMemory())),
    Layer.provideMerge(eventsInMemory),
    Layer.fresh
  )

const sound = layerOf(() => ({}))

/** An inbox that remembers nothing. */
const forgetful = layerOf(() => ({ begin: () => Effect.succeed(false), mark: () => Effect.succeed(true) }))

/** A broker whose messages are done with when they are received. */
const careless = Layer.effect(
  MessageBroker,
  Effect.map(MessageBroker, (broker) => ({
    ...broker,
    receive: (...given: Parameters<typeof broker.receive>) =>
      Effect.tap(broker.receive(...given), (found) => broker.acknowledge(given[0], found))
  }))
).pipe(Layer.provideMerge(sound))

/** A broker that says it has published, and has not: the first time, or every other time. */
const lossy = (first: boolean) =>
  Layer.effect(
    MessageBroker,
    Effect.map(MessageBroker, (broker) => {
      const seen = new Set<string>()
      return {
        ...broker,
        publishEncoded: (...given: Parameters<typeof broker.publishEncoded>) =>
          Effect.suspend(() => {
            const known = seen.has(given[0])
            seen.add(given[0])
            return known === first ? broker.publishEncoded(...given) : Effect.succeed(0)
          })
      }
    })
  ).pipe(Layer.provideMerge(sound))

/** An inbox that marks a message before its effect, in a transaction of its own. */
const hasty = layerOf((driver) => ({
  begin: (handler, message, now) =>
    Effect.flatMap(driver.begin(handler, message, now), (before) =>
      before ? Effect.succeed(true) : Effect.as(driver.mark(handler, message, now), false)
    ),
  mark: () => Effect.succeed(true)
}))

const dies = (point: string) => `what is said takes effect once and in order, though a node dies ${point}`

const row = (
  breaks: string,
  fault: string,
  layer: Layer.Layer<SubscriberLaws.Ports>
): BrokenRow<SubscriberLaws.Ports> => ({ breaks, fault, layer: Layer.fresh(layer) })

const rows = [
  row(dies("before it publishes"), "the broker loses what it took first", lossy(true)),
  row(dies("when it has published"), "the broker loses what it took later", lossy(false)),
  row(dies("when it has received"), "what is received is done with", careless),
  row(dies("in the middle of its handler"), "marks before the effect", hasty),
  row(dies("before it has stored what it did"), "marks before the effect", hasty),
  row(dies("when it has stored what it did"), "remembers nothing", forgetful),
  row(dies("when it has acknowledged"), "the broker loses what it took later", lossy(false)),
  row(
    "of several nodes that are given the same message one acts upon it, and the order of its key is kept",
    "remembers nothing",
    forgetful
  )
]

describe("the laws of subscribers", () => {
  it("have each something that shows it to be needed", () => {
    assert.deepStrictEqual(
      rows.map(({ breaks }) => breaks),
      SubscriberLaws.laws.map(({ name }) => name)
    )
  })

  it.effect("all hold for what is sound", () =>
    Effect.gen(function* () {
      const broken = yield* Effect.filter(SubscriberLaws.laws, ({ check }) => Effect.isFailure(check))
      assert.deepStrictEqual(broken, [])
    }).pipe(Effect.provide(Layer.fresh(sound)))
  )

  for (const { breaks, fault, layer } of rows) {
    it.effect(`${breaks} — ${fault}`, () =>
      Effect.gen(function* () {
        const law = SubscriberLaws.laws.find(({ name }) => name === breaks)
        assert.isTrue(law !== undefined && (yield* Effect.isFailure(law.check)))
      }).pipe(Effect.provideService(SubscriberLaws.Patience, "2 seconds"), Effect.provide(layer))
    )
  }
})
