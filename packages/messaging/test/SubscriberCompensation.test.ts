/** What comes in the place of a dead letter, and how far behind a subscriber is for those who only read metrics. */
import { pass, settled } from "@eventfold/testing/TestTime"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Metric, References, Schema } from "effect"
import { Subscriber } from "../src/index.ts"
import { entries, layer, letters, node, note, notes, said, say, Sold } from "./Shop.ts"

const quiet = Effect.provideService(References.MinimumLogLevel, "None")

describe("a subscriber", () => {
  it.effect(
    "compensates where a handler says how, once and in its transaction, and gives up when that fails for good",
    () =>
      Effect.gen(function* () {
        class Refused extends Schema.TaggedError<Refused>()("Refused", { retryable: Schema.Boolean }) {}
        let trouble = 1
        const compensating = Subscriber.on(
          Sold,
          Effect.fnUntraced(function* ({ parcel }) {
            yield* note("billing", `sold ${parcel}`)
            return yield* new Refused({ retryable: false })
          }),
          {
            compensate: Effect.fnUntraced(function* ({ parcel }, { message }, refused) {
              if (parcel === "p2") return yield* new Refused({ retryable: false })
              yield* note("billing", `undone ${parcel} of ${message.id}: ${refused._tag}`)
              trouble -= 1
              if (trouble >= 0) return yield* new Refused({ retryable: true })
            })
          }
        )
        yield* say(said("m1", "p1"), said("m2", "p2"))
        const { status } = yield* node(Subscriber.make("billing", [compensating]))
        yield* settled
        assert.deepStrictEqual(yield* notes("billing"), [])
        yield* pass(3)
        assert.deepStrictEqual(yield* notes("billing"), ["undone p1 of m1: Refused"])
        assert.deepStrictEqual(yield* letters("billing"), ["m2: Refused"])
        assert.include(yield* entries("billing"), "m1 processed 4")
        assert.deepInclude((yield* status)?.counts, { handled: 1, "put-back": 1, "given-up": 1 })
      }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )

  it.effect("measures its lag for the metrics, though nobody asks how it stands", () =>
    Effect.gen(function* () {
      const subscriber = "measured-listener"
      yield* say(said("m1", "p1"))
      const refusing = Subscriber.on(Sold, () => Effect.fail({ _tag: "NoAnswer" }))
      const slow = { retries: 3, firstWait: "1 minute", longestWait: "1 minute" } as const
      yield* node(Subscriber.make(subscriber, [refusing], { failure: slow }))
      const lag = Effect.map(
        Metric.snapshot,
        (metrics) =>
          metrics.find(
            ({ attributes, id }) =>
              id === "eventfold_subscriber_lag_seconds" && attributes?.["subscriber"] === subscriber
          )?.state
      )
      assert.isUndefined(yield* lag)
      yield* pass(5)
      yield* pass(11)
      assert.deepStrictEqual(yield* lag, { value: 15 })
    }).pipe(quiet, Effect.scoped, Effect.provide(layer))
  )
})
