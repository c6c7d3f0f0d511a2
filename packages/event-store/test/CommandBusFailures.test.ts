/** Handlers that do not come to an end: what they leave behind, and what comes of their command. */
import { assert, describe, it } from "@effect/vitest"
import { Message } from "@eventfold/decider"
import { Cause, Effect, Exit, Fiber, Layer, Result, Schema } from "effect"
import { TestClock } from "effect/testing"
import { CommandBus, EventStore, EventStoreFailure, ExpectedVersion, layerMemory, type NewEvent } from "../src/index.ts"
import { handlers, occurredAt, streamOf } from "./Account.ts"
import { envelope, onFreshBus, stored, uuid } from "./FreshBus.ts"

/** A command that is handled by an effect of its own: it writes a line. */
const WriteLine = Schema.TaggedStruct("WriteLine", { text: Schema.String })
const writeLine = Message.command({
  context: "notes",
  payload: WriteLine,
  answer: Schema.Int,
  refusal: Schema.Literal("too long")
})
const notes = streamOf("acme", "notes")
const line = (number: number, text: string): NewEvent => ({
  id: uuid(1000 + number),
  type: "LineWritten",
  schemaVersion: 1,
  occurredAt,
  data: { text },
  metadata: {}
})

/** Writes a line, then does `next`. */
const writing = <E extends "too long" | EventStoreFailure>(next: (attempt: number) => Effect.Effect<void, E>) => {
  let attempts = 0
  return CommandBus.handler(writeLine, ({ payload }) =>
    Effect.gen(function* () {
      const store = yield* EventStore
      attempts += 1
      const { version } = yield* store.append(notes, ExpectedVersion.Any, [line(attempts, payload.text)])
      yield* next(attempts)
      return version
    })
  )
}

describe("a handler that does not come to an end", () => {
  const command = envelope(1, WriteLine.make({ text: "first" }))

  it.effect("because the store fails for good leaves nothing, and its command may come again", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const error = yield* Effect.flip(bus.dispatch(writeLine, command))
      assert.instanceOf(error, EventStoreFailure)
      assert.deepStrictEqual(yield* stored(notes), [])
      assert.strictEqual(yield* bus.dispatch(writeLine, command), 1)
      assert.lengthOf(yield* stored(notes), 1)
    }).pipe(
      onFreshBus(
        writing((attempt) =>
          attempt === 1
            ? Effect.fail(new EventStoreFailure({ operation: "x", retryable: false, cause: "broken" }))
            : Effect.void
        )
      )
    )
  )

  it.effect("because of a defect leaves nothing, and its command may come again", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const cause = yield* bus.dispatch(writeLine, command).pipe(Effect.sandbox, Effect.flip)
      assert.deepStrictEqual(
        cause.reasons.filter(Cause.isDieReason).map(({ defect }) => defect),
        ["a bug"]
      )
      assert.deepStrictEqual(yield* stored(notes), [])
      assert.strictEqual(yield* bus.dispatch(writeLine, command), 1)
    }).pipe(onFreshBus(writing((attempt) => (attempt === 1 ? Effect.die("a bug") : Effect.void))))
  )

  it.effect("because it refuses leaves nothing but the refusal", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      for (let time = 0; time < 2; time++) {
        assert.strictEqual(yield* Effect.flip(bus.dispatch(writeLine, command)), "too long")
        assert.deepStrictEqual(yield* stored(notes), [])
      }
    }).pipe(onFreshBus(writing((attempt) => (attempt === 1 ? Effect.fail("too long" as const) : Effect.void))))
  )

  it.effect("because the store is busy is tried again, three times at the most", () =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const outcomes: Array<unknown> = []
      for (const id of [1, 2]) {
        const fiber = yield* bus
          .dispatch(writeLine, { ...command, id: uuid(id) })
          .pipe(Effect.result, Effect.forkChild({ startImmediately: true }))
        // Digesting the content takes real time, so the waits begin when they begin.
        yield* Effect.repeat(TestClock.adjust("1 second"), { until: () => fiber.pollUnsafe() !== undefined })
        const result = yield* Fiber.join(fiber)
        outcomes.push(Result.isSuccess(result) ? result.success : result.failure)
      }
      assert.strictEqual(outcomes[0], 1)
      assert.instanceOf(outcomes[1], EventStoreFailure)
      assert.lengthOf(yield* stored(notes), 1)
    }).pipe(
      onFreshBus(
        // The first command comes through at its fourth try, the second one never.
        writing((attempt) =>
          attempt === 4
            ? Effect.void
            : Effect.fail(new EventStoreFailure({ operation: "x", retryable: true, cause: "busy" }))
        )
      )
    )
  )
})

describe("a bus", () => {
  it.effect("with two handlers for one command stops at start", () =>
    Effect.gen(function* () {
      const twice = CommandBus.layer([...handlers, ...handlers.slice(1, 2)]).pipe(Layer.provide(layerMemory))
      const exit = yield* Effect.exit(Effect.scoped(Layer.build(twice)))
      assert.isTrue(Exit.isFailure(exit))
      if (Exit.isSuccess(exit)) return
      assert.include(String(Cause.squash(exit.cause)), "Two handlers for bank.DepositMoney")
    })
  )
})
