import { assert, describe, it } from "@effect/vitest"
import { Audit } from "@eventfold/event-store"
import { Effect, Exit, Scope } from "effect"
import { DeadLetterDesk, ManagedProjection } from "../src/index.ts"
import { layer, node, pass, quiet, standing } from "./Running.ts"
import { append, broken, noted, rowsIn, Tallies, tallies } from "./Tallies.ts"

const consumer = "projection:tallies:1"
const behalf = { by: "sue", reason: "mended" }
const rows = Effect.map(rowsIn({ readModel: tallies, generation: 1 }), (found) => found.map(({ row }) => row))

/** A poisoned partition, behind which more has queued up. Answers the position of the poison. */
const poisoned = Effect.gen(function* () {
  yield* append("a", [noted(1)])
  const poison = yield* append("a", [broken])
  yield* append("b", [noted(2)])
  const { runner, scope } = yield* node([ManagedProjection.make(Tallies())])
  yield* pass(1)
  yield* append("a", [noted(4)])
  const last = yield* append("b", [noted(8)])
  yield* pass(1)
  return { poison, last, runner, scope }
})

describe("an event that cannot be folded", () => {
  it.effect("holds its partition back, and nothing else", () =>
    Effect.gen(function* () {
      const { last, poison, runner } = yield* poisoned
      assert.deepStrictEqual(yield* rows, [
        { id: "a", seen: 1, sum: 1 },
        { id: "b", seen: 2, sum: 10 }
      ])
      const { letters, positions } = yield* standing(consumer)
      assert.deepStrictEqual(positions, [last])
      assert.deepStrictEqual(
        letters.map(({ attempts, failure, position }) => [position, attempts, failure?.kind, failure?.message]),
        [
          [poison, 1, "permanent", "broken"],
          [poison + 2, 0, undefined, undefined]
        ]
      )
      assert.include(letters[0]?.failure?.stack, "Tallies.ts")
      const [status] = yield* runner.statuses
      assert.deepStrictEqual(status?.current?.letters, { failed: 1, waiting: 1, discarded: 0 })
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("can be inspected, and says so when it fails again", () =>
    Effect.gen(function* () {
      const { poison } = yield* poisoned
      const desk = yield* DeadLetterDesk
      const inspected = yield* desk.inspect(consumer, poison)
      assert.strictEqual(inspected.letter.eventType, "Broken")
      assert.deepStrictEqual(inspected.data, {})
      const report = yield* desk.replay({ consumer, ...behalf })
      assert.deepStrictEqual(report, {
        replayed: 0,
        more: false,
        partitions: [
          {
            partition: { tenant: "main", partition: "note/a" },
            replayed: 0,
            stopped: { _tag: "FailedAgain", position: poison }
          }
        ]
      })
      assert.strictEqual((yield* desk.inspect(consumer, poison)).letter.attempts, 2)
      assert.strictEqual((yield* Effect.flip(desk.inspect(consumer, 999)))._tag, "LetterNotFound")
      assert.strictEqual((yield* Effect.flip(desk.replay({ consumer: "no", ...behalf })))._tag, "UnknownConsumer")
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("is replayed with all behind it once the projection is mended, which is audited", () =>
    Effect.gen(function* () {
      const { scope } = yield* poisoned
      yield* Scope.close(scope, Exit.void)
      yield* node([ManagedProjection.make(Tallies(1, { mends: true }))])
      yield* pass(1)
      const { replayed } = yield* (yield* DeadLetterDesk).replay({ consumer, ...behalf })
      assert.strictEqual(replayed, 2)
      assert.deepStrictEqual(yield* rows, [
        { id: "a", seen: 3, sum: 5 },
        { id: "b", seen: 2, sum: 10 }
      ])
      assert.deepStrictEqual((yield* standing(consumer)).letters, [])
      yield* append("a", [noted(16)])
      yield* pass(1)
      assert.deepStrictEqual((yield* rows)[0], { id: "a", seen: 4, sum: 21 })
      const { entries } = yield* (yield* Audit).page({ tenant: "main", order: "oldest", limit: 100 })
      const actions = entries.filter((entry) => entry._tag === "Action")
      assert.deepStrictEqual(
        actions.map(({ action, actor, subject }) => [action, actor, subject]),
        [["DeadLettersReplayed", "sue", consumer]]
      )
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("can be discarded: it stays listed as that, and what is behind it is dealt with", () =>
    Effect.gen(function* () {
      const { poison } = yield* poisoned
      const desk = yield* DeadLetterDesk
      const report = yield* desk.discard({ consumer, position: poison, by: "sue", reason: "nonsense" })
      assert.strictEqual(report.replayed, 1)
      assert.deepStrictEqual((yield* rows)[0], { id: "a", seen: 2, sum: 5 })
      assert.deepStrictEqual((yield* standing(consumer)).letters, [])
      const [discarded] = yield* desk.list({ state: "discarded", limit: 10 })
      assert.deepInclude(discarded?.discarded, { by: "sue", reason: "nonsense" })
      const again = desk.discard({ consumer, position: poison, by: "sue", reason: "nonsense" })
      assert.strictEqual((yield* Effect.flip(again))._tag, "LetterNotFound")
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )
})
