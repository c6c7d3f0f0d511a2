import { assert, it } from "@effect/vitest"
import { Effect, Option, Scheduler } from "effect"
import * as ConsistencyProgress from "../src/ConsistencyProgress.ts"
import { Consumers } from "../src/index.ts"
import { ports } from "./Projector.ts"

/** Three fibers ask again and again, at every moment another can be in the middle of something. */
const often = <E>(ask: (progress: ConsistencyProgress.ConsistencyProgress) => Effect.Effect<unknown, E>) =>
  Effect.gen(function* () {
    yield* (yield* Consumers).register("somebody", 1, 10)
    const progress = yield* ConsistencyProgress.make
    const asking = Effect.fnUntraced(function* (offset: number) {
      for (let time = 0; time < 300; time += 1) {
        for (let turn = (time * 7 + offset) % 13; turn > 0; turn -= 1) yield* Effect.yieldNow
        yield* ask(progress)
      }
    })
    const all = Effect.forEach([0, 1, 2], asking, { concurrency: "unbounded", discard: true })
    assert.isTrue(Option.isSome(yield* Effect.timeoutOption(all, "20 seconds")))
  }).pipe(Effect.scoped, Effect.provide(ports), Effect.provideService(Scheduler.MaxOpsBeforeYield, 3))

it.live("answers everybody who looks at a consumer, whenever they ask", () =>
  often((progress) => progress.look("somebody"))
)

it.live("wakes everybody who waits for a consumer, whenever they come", () =>
  often((progress) => progress.reached("somebody", 5))
)
