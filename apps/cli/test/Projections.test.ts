/** The commands that a running service carries out. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { embedded, eventfold, failing, started } from "./Stores.ts"

describe("the projections of a running service", () => {
  it.live("are listed, and built anew while somebody watches", () =>
    Effect.gen(function* () {
      const env = { BASE_URL: yield* started(yield* embedded) }
      const listed = yield* Effect.repeat(eventfold(env, "projections"), {
        schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "20 seconds" })),
        until: (lines) => lines.some((line) => /^order_list +async +current +live, up to date$/u.test(line))
      })
      assert.match(listed.join("\n"), /^order_list +async +current +live, up to date$/mu)
      assert.deepStrictEqual(yield* eventfold(env, "rebuild", "order_list"), [
        "the rows of order_list have been built anew, and are read"
      ])
      assert.include(yield* failing(env, "rebuild", "order_lists"), "there is no projection order_lists")
      assert.match(yield* failing(env, "rebuild", "order_list", "--from", "2026-03-01"), /dated|day/u)
      assert.include(yield* failing(env, "rebuild", "order_list", "--from", "yesterday"), "--from: must")
    })
  )

  it.live("cannot be had where no service runs", () =>
    Effect.gen(function* () {
      assert.include(
        yield* failing({ BASE_URL: "http://127.0.0.1:1" }, "projections"),
        "the service at http://127.0.0.1:1: nobody answers there"
      )
    })
  )
})
