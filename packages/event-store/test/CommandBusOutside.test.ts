/** Commands whose effect runs outside of a transaction: at least once per id, with one outcome. */
import { Message } from "@eventfold/decider"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Deferred, Effect, Fiber, Layer, Schema } from "effect"
import { type CommandEnvelope, CommandBus, CommandIdReused, layerMemory, OutsideFailure } from "../src/index.ts"
import { uuid } from "./FreshBus.ts"

const Charge = Schema.TaggedStruct("Charge", { cents: Schema.Int, occurredAt: Schema.DateTimeUtc })
const charge = Message.command({
  context: "cards",
  payload: Charge,
  answer: Schema.Struct({ code: Schema.Int }),
  refusal: Schema.Literal("declined")
})
const of = (number: number, cents = 100): CommandEnvelope<typeof Charge.Type> => ({
  id: uuid(number),
  tenant: "acme",
  payload: { _tag: "Charge", cents, occurredAt: DateTime.makeUnsafe(0) }
})
const down = new OutsideFailure({ system: "gateway", retryable: true, detail: "no answer" })

type Outcome = Effect.Effect<{ readonly code: number }, "declined" | OutsideFailure>

/** A bus whose gateway does one thing after the other, and how often it was asked. */
const onGateway = (...outcomes: ReadonlyArray<Outcome>) => {
  let calls = 0
  const handler = CommandBus.outside(charge, () => outcomes[calls++] ?? Effect.die("asked too often"))
  const layer = CommandBus.layer([handler]).pipe(Layer.provide(Layer.fresh(layerMemory)))
  return { layer, calls: () => calls }
}
const send = (envelope: CommandEnvelope<typeof Charge.Type>) =>
  Effect.flatMap(CommandBus, (bus) => bus.dispatch(charge, envelope))

describe("a command handled outside of a transaction", () => {
  it.effect("has its answer and its refusal remembered", () => {
    const gateway = onGateway(Effect.succeed({ code: 1 }), Effect.fail("declined"))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* send(of(1)), { code: 1 })
      assert.deepStrictEqual(yield* send(of(1)), { code: 1 })
      assert.strictEqual(yield* Effect.flip(send(of(2))), "declined")
      assert.strictEqual(yield* Effect.flip(send(of(2))), "declined")
      assert.strictEqual(gateway.calls(), 2)
    }).pipe(Effect.provide(gateway.layer))
  })

  it.effect("is done again when the foreign system failed: that is no outcome", () => {
    const gateway = onGateway(Effect.fail(down), Effect.succeed({ code: 1 }))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* Effect.flip(send(of(1))), down)
      assert.deepStrictEqual(yield* send(of(1)), { code: 1 })
    }).pipe(Effect.provide(gateway.layer))
  })

  it.effect("is refused when its id was used for other content, also while that one is at work", () =>
    Effect.gen(function* () {
      const answer = yield* Deferred.make<{ readonly code: number }>()
      const gateway = onGateway(Deferred.await(answer))
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(send(of(1)), { startImmediately: true })
        yield* Effect.yieldNow
        assert.instanceOf(yield* Effect.flip(send(of(1, 200))), CommandIdReused)
        yield* Deferred.succeed(answer, { code: 1 })
        yield* Fiber.join(first)
        assert.instanceOf(yield* Effect.flip(send(of(1, 200))), CommandIdReused)
      }).pipe(Effect.provide(gateway.layer))
    })
  )

  it.effect("is at work once in this process: a repetition waits for it", () =>
    Effect.gen(function* () {
      const answer = yield* Deferred.make<{ readonly code: number }>()
      const gateway = onGateway(Deferred.await(answer))
      yield* Effect.gen(function* () {
        const both = yield* Effect.forkChild(Effect.all([send(of(1)), send(of(1))], { concurrency: 2 }))
        yield* Effect.yieldNow
        yield* Deferred.succeed(answer, { code: 1 })
        assert.deepStrictEqual(yield* Fiber.join(both), [{ code: 1 }, { code: 1 }])
        assert.strictEqual(gateway.calls(), 1)
      }).pipe(Effect.provide(gateway.layer))
    })
  )

  it.effect("is taken over by the repetition that waits when the first is interrupted", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const gateway = onGateway(
        Effect.andThen(Deferred.succeed(begun, undefined), Effect.never),
        Effect.succeed({ code: 2 })
      )
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(send(of(1)))
        yield* Deferred.await(begun)
        const second = yield* Effect.forkChild(send(of(1)), { startImmediately: true })
        yield* Fiber.interrupt(first)
        assert.deepStrictEqual(yield* Fiber.join(second), { code: 2 })
      }).pipe(Effect.provide(gateway.layer))
    })
  )
})
