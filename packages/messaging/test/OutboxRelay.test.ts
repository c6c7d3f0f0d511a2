import { PublishedMessage } from "@eventfold/decider"
import { DeadLetterDesk } from "@eventfold/subscriptions"
import { pass } from "@eventfold/testing/TestTime"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, References, Scope, Exit } from "effect"
import { BrokerFailure, MessageBroker, OutboxRelay } from "../src/index.ts"
import {
  append,
  Buyers,
  layer,
  lines,
  NoBuyer,
  node,
  ParcelReturned,
  relay,
  returned,
  sold,
  told,
  weighed
} from "./Trade.ts"

const quiet = Effect.provideService(References.MinimumLogLevel, "None")
const consumer = `handler:${OutboxRelay.nameOf("trade")}`

/** A broker that notes every batch, and fails while it is told to. */
const observed = Effect.gen(function* () {
  const broker = yield* MessageBroker
  const seen = { batches: new Array<number>(), fails: false }
  const observer = MessageBroker.of({
    ...broker,
    publishEncoded: (topic, messages) =>
      Effect.suspend(() => {
        if (seen.fails) {
          return Effect.fail(new BrokerFailure({ operation: "publish", retryable: true, cause: new Error("down") }))
        }
        seen.batches.push(messages.length)
        return broker.publishEncoded(topic, messages)
      })
  })
  return { seen, relay: (made = relay()) => Effect.provideService(made, MessageBroker, observer) }
})

describe("an outbox relay", () => {
  it.effect("tells others what events mean to them, enriched, in the published language", () =>
    Effect.gen(function* () {
      const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      yield* append("p1", [sold(12)], { correlationId: "request-1", traceparent: trace })
      yield* append("p1", [weighed, returned])
      yield* node(relay())
      yield* pass(1)
      const [first, second, ...others] = yield* told
      const { causationid = "", id, ...rest } = first ?? { id: "" }
      assert.deepStrictEqual(rest, {
        specversion: "1.0",
        source: "/contexts/trade",
        type: "trade.parcel-sold.v1",
        subject: "p1",
        time: DateTime.makeUnsafe("2026-01-15T12:00:00Z"),
        datacontenttype: "application/json",
        dataschema: "https://eventfold.example/schemas/trade.parcel-sold.v1.json",
        partitionkey: "acme/Parcel/p1",
        correlationid: "request-1",
        tenantid: "acme",
        traceparent: trace,
        data: { parcel: "p1", price: 12, buyer: "ada" }
      })
      assert.strictEqual(id, `${causationid}.parcel-sold.v1`)
      assert.deepStrictEqual(second?.data, { parcel: "p1" })
      assert.strictEqual(second?.correlationid, second?.causationid)
      assert.deepStrictEqual(others, [])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("publishes a backlog in batches, each parcel in its order", () =>
    Effect.gen(function* () {
      const parcels = Array.from({ length: 40 }, (_, index) => `p${index}`)
      yield* Effect.forEach(parcels, (parcel) => append(parcel, [sold(1), returned, sold(2)]))
      const { relay, seen } = yield* observed
      yield* node(relay())
      yield* pass(1)
      const found = yield* lines
      for (const parcel of parcels) {
        assert.deepStrictEqual(
          found.filter((line) => line.startsWith(`${parcel} `)),
          [`${parcel} parcel-sold`, `${parcel} parcel-returned`, `${parcel} parcel-sold`]
        )
      }
      assert.deepStrictEqual(seen.batches, [120])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("waits for a broker that is away, says so, parks nothing, and loses and doubles nothing", () =>
    Effect.gen(function* () {
      const { relay, seen } = yield* observed
      seen.fails = true
      yield* append("p1", [sold(1), returned])
      yield* append("p2", [sold(1)])
      const { runner } = yield* node(relay())
      yield* pass(300)
      const [status] = yield* runner.statuses
      assert.deepInclude(status, { state: "retrying", letters: { failed: 0, waiting: 0, discarded: 0 } })
      assert.include(status?.problem ?? "", "the message broker failed in publish")
      assert.isAbove(status?.lagMillis ?? 0, 299_000)
      assert.deepStrictEqual(status?.lag, { count: 3, atLeast: false })
      seen.fails = false
      yield* pass(13)
      assert.deepStrictEqual(seen.batches, [3])
      assert.deepStrictEqual(yield* lines, ["p1 parcel-sold", "p2 parcel-sold", "p1 parcel-returned"])
      assert.deepInclude((yield* runner.statuses)[0], { state: "live", lagMillis: 0, problem: undefined })
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("leaves a dead letter that holds its parcel back and no other, and is replayed in order", () =>
    Effect.gen(function* () {
      const desk = yield* DeadLetterDesk
      let known = false
      const buyers = Buyers.of({
        of: (parcel) =>
          parcel === "p1" && !known ? Effect.fail(new NoBuyer({ retryable: false })) : Effect.succeed("ada")
      })
      yield* append("p1", [sold(1), returned])
      yield* append("p2", [sold(-1), returned])
      yield* append("p3", [sold(1)])
      yield* node(Effect.provideService(relay(), Buyers, buyers))
      yield* pass(2)
      assert.deepStrictEqual(yield* lines, ["p3 parcel-sold"])
      const letters = yield* desk.list({ consumer, state: "failed", limit: 10 })
      assert.deepStrictEqual(
        letters.map(({ failure }) => `${failure?.kind} ${failure?.name}`),
        ["permanent NoBuyer", "permanent MessageNotPublishable"]
      )
      known = true
      yield* desk.replay({
        consumer,
        partition: { tenant: "acme", partition: letters[0]?.partition ?? "" },
        by: "eve",
        reason: "mended"
      })
      assert.deepStrictEqual(yield* lines, ["p3 parcel-sold", "p1 parcel-sold", "p1 parcel-returned"])
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("works on one node at a time; another takes over, and nothing is published twice", () =>
    Effect.gen(function* () {
      const { relay, seen } = yield* observed
      const first = yield* node(relay())
      yield* node(relay())
      yield* append("p1", [sold(1)])
      yield* pass(1)
      yield* Scope.close(first.scope, Exit.void)
      yield* append("p1", [returned])
      yield* pass(10)
      assert.deepStrictEqual(seen.batches, [1, 1])
      assert.deepStrictEqual(yield* lines, ["p1 parcel-sold", "p1 parcel-returned"])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("publishes under the ids it had, so that what it does twice is known", () =>
    Effect.gen(function* () {
      const { relay, seen } = yield* observed
      yield* append("p1", [sold(1), returned])
      yield* node(relay())
      yield* pass(1)
      // Another relay of the same context that has noted nothing yet, as after a crash.
      const other = yield* relay()
      yield* node(Effect.succeed({ ...other, name: "again", consumer: "handler:again" }))
      yield* pass(1)
      assert.deepStrictEqual(seen.batches, [2, 2])
      assert.lengthOf(yield* told, 2)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("refuses what is not in the language, and one message twice of an event", () =>
    Effect.gen(function* () {
      const desk = yield* DeadLetterDesk
      const Foreign = PublishedMessage.make("trade", "foreign", 1, ParcelReturned.Content)
      const say = (message: typeof ParcelReturned) => PublishedMessage.say(message, { parcel: "p" })
      const publish = (event: { readonly _tag: string }) =>
        Effect.succeed(event._tag === "Sold" ? [say(Foreign)] : [say(ParcelReturned), say(ParcelReturned)])
      yield* append("p1", [sold(1)])
      yield* append("p2", [returned])
      yield* node(relay({ publish }))
      yield* pass(1)
      const letters = yield* desk.list({ consumer, limit: 10 })
      assert.deepStrictEqual(
        letters.map(({ failure }) => failure?.message),
        [
          "trade.foreign.v1 is no message of the language of trade",
          "trade.parcel-returned.v1 is said twice of one event"
        ]
      )
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("keeps the order of what partitionBy says, under that key, and refuses a message with another one", () =>
    Effect.gen(function* () {
      const desk = yield* DeadLetterDesk
      const publish = (event: { readonly _tag: string }, { stream }: { readonly stream: { readonly id: string } }) =>
        Effect.succeed([
          PublishedMessage.say(ParcelReturned, { parcel: stream.id }, { key: event._tag === "Sold" ? "eu" : "us" })
        ])
      yield* append("p1", [sold(1)])
      yield* append("p2", [returned])
      yield* append("p3", [sold(1)])
      yield* node(relay({ publish, partitionBy: () => "eu" }))
      yield* pass(1)
      assert.deepStrictEqual(
        (yield* told).map(({ partitionkey, subject }) => [partitionkey, subject]),
        [["acme/eu", "p1"]]
      )
      const letters = yield* desk.list({ consumer, limit: 10 })
      assert.deepStrictEqual(
        letters.map(({ failure, partition }) => [partition, failure?.message]),
        [
          ["eu", "trade.parcel-returned.v1 has another key than `partitionBy` says"],
          ["eu", undefined]
        ]
      )
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )
})
