import { CommandLog } from "@eventfold/event-store"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Option, References } from "effect"
import { TestClock } from "effect/testing"
import * as CommandRetention from "../src/commands/CommandRetention.ts"
import { Settings } from "../src/Settings.ts"
import { uuid } from "./Samples.ts"

const layer = CommandRetention.layer.pipe(
  Layer.provideMerge(Layer.fresh(CommandLog.layerMemory)),
  Layer.provide(Layer.succeed(Settings, Settings.make({ commandRetention: Duration.days(2) })))
)

describe("the memory of handled commands", () => {
  it.effect("keeps an answer for as long as the settings say, and forgets it within the hour after", () =>
    Effect.gen(function* () {
      const log = yield* CommandLog
      const claim = { tenant: "main", commandId: uuid(), command: "ordering.PlaceOrder", fingerprint: "x" }
      yield* log.claim(claim)
      yield* log.complete(claim, { _tag: "Answered", answer: 1 })
      yield* TestClock.adjust("48 hours")
      assert.isTrue(Option.isSome(yield* log.claim(claim)))
      yield* TestClock.adjust("1 hour")
      assert.isTrue(Option.isNone(yield* log.claim(claim)))
    }).pipe(Effect.provide(layer))
  )

  it.effect("goes on although a purge dies", () => {
    let asked = 0
    const dying = Layer.effect(
      CommandLog,
      Effect.map(CommandLog, (log) => {
        const purge: typeof log.purge = (before) => {
          asked += 1
          return asked === 1 ? Effect.die(new TypeError("broken")) : log.purge(before)
        }
        return { ...log, purge }
      })
    ).pipe(Layer.provide(Layer.fresh(CommandLog.layerMemory)))
    return Effect.gen(function* () {
      yield* TestClock.adjust("3 hours")
      assert.strictEqual(asked, 4)
    }).pipe(
      Effect.provide(CommandRetention.layer.pipe(Layer.provide([dying, Layer.succeed(Settings, Settings.make())]))),
      Effect.provideService(References.MinimumLogLevel, "None")
    )
  })
})
