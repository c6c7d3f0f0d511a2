import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Latch, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as Ahead from "../src/Ahead.ts"
import { Consumers, ManagedProjection } from "../src/index.ts"
import { start } from "./RebuildNodes.ts"
import { pass, ports, settled, standing } from "./Running.ts"
import { append, noted, Tallies } from "./Tallies.ts"

describe("work on a stream", () => {
  const observed = Effect.gen(function* () {
    const [made, done]: [Array<number>, Array<number>] = [[], []]
    const go = yield* Latch.make(false)
    const stream = Stream.range(1, 5).pipe(
      Stream.rechunk(1),
      Stream.mapEffect((one) =>
        Effect.as(
          Effect.sync(() => made.push(one)),
          one
        )
      )
    )
    const work = (one: number) =>
      Effect.andThen(
        go.await,
        Effect.sync(() => done.push(one))
      )
    return { done, go, made, stream, work: (one: number) => Effect.asVoid(work(one)) }
  })

  it.effect("has one element made ready ahead and no more, and keeps their order", () =>
    Effect.gen(function* () {
      const { done, go, made, stream, work } = yield* observed
      const fiber = yield* Effect.forkChild(Ahead.runForEach(stream, work))
      yield* settled
      assert.deepStrictEqual([made, done], [[1, 2], []])
      yield* go.open
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        [made, done],
        [
          [1, 2, 3, 4, 5],
          [1, 2, 3, 4, 5]
        ]
      )
    })
  )

  it.effect("fails as the stream does, after what came before, and as the work does", () =>
    Effect.gen(function* () {
      const { done, go, stream, work } = yield* observed
      yield* go.open
      const broken = Stream.concat(stream, Stream.fail("broken"))
      assert.deepStrictEqual(yield* Effect.exit(Ahead.runForEach(broken, work)), Exit.fail("broken"))
      assert.deepStrictEqual(done, [1, 2, 3, 4, 5])
      const lost = yield* Effect.exit(Ahead.runForEach(stream, (one) => (one === 2 ? Effect.fail("lost") : work(one))))
      assert.deepStrictEqual(lost, Exit.fail("lost"))
      assert.deepStrictEqual(done, [1, 2, 3, 4, 5, 1])
    })
  )

  it.effect("interrupts what is being made ready when it is interrupted", () =>
    Effect.gen(function* () {
      let interrupted = false
      const stream = Stream.concat(
        Stream.succeed(1),
        Stream.fromEffect(Effect.onInterrupt(Effect.never, () => Effect.sync(() => (interrupted = true))))
      )
      const fiber = yield* Effect.forkChild(Ahead.runForEach(stream, () => Effect.never))
      yield* settled
      yield* Fiber.interrupt(fiber)
      assert.isTrue(interrupted)
    })
  )
})

describe("rows that are built beside others", () => {
  it.effect("rest after each step for as long as their share says", () =>
    Effect.gen(function* () {
      for (let note = 0; note < 6; note += 1) yield* append("a", [noted(1)])
      const built = yield* start([ManagedProjection.make(Tallies(1))])
      yield* pass(1)
      yield* built.stop
      const consumers = yield* Consumers
      // Each step takes 100 ms.
      const slow = Layer.succeed(Consumers, {
        ...consumers,
        advance: (...given) => Effect.delay(consumers.advance(...given), "100 millis")
      })
      const rebuilt = ManagedProjection.make(Tallies(2), { rebuildBatchSize: 1, rebuildShare: 25 })
      yield* Effect.provide(start([rebuilt]), slow)
      const positions: Array<number | undefined> = []
      for (let look = 0; look < 5; look += 1) {
        yield* settled
        positions.push((yield* standing("projection:tallies:2")).positions[0])
        for (let step = 0; step < 4; step += 1) {
          yield* TestClock.adjust("100 millis")
          yield* settled
        }
      }
      assert.deepStrictEqual(positions, [0, 1, 2, 3, 4])
    }).pipe(Effect.scoped, Effect.provide(ports))
  )
})
