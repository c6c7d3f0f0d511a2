import { assert, describe, it } from "@effect/vitest"
import { EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { DateTime, Deferred, Effect, Layer, Schema, Scope, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { DeadLetterDesk, EventHandler, type HandlerOptions, HandlerRunner } from "../src/index.ts"
import { layer, pass, quiet, standing } from "./Running.ts"
import { append, Broken, broken, Noted, noted } from "./Tallies.ts"

const events = Schema.Union([Noted, Broken])
type Event = typeof events.Type
class Refused extends Schema.TaggedError<Refused>()("Refused", { note: Schema.Int }) {}

/** Runs handlers until the scope closes. */
const running = Effect.fnUntraced(function* <R = never>(
  ...handlers: ReadonlyArray<Effect.Effect<EventHandler.ManagedHandler, never, R>>
) {
  const built = yield* Layer.buildWithScope(HandlerRunner.layer(handlers), yield* Scope.fork(yield* Effect.scope))
  return yield* Effect.provideContext(HandlerRunner, built)
})

/** A handler that notes what it is given, and fails at an event for as long as it is told to. */
const noting = (
  fails: (event: Event, tries: number) => "transient" | "permanent" | undefined,
  options: Partial<EventHandler.Declaration<Event, Refused, never>> = {}
) => {
  const seen: Array<string> = []
  const tries = new Map<number, number>()
  let [now, most] = [0, 0]
  const handler = EventHandler.make<Event, Refused, never>({
    name: "noting",
    events,
    classify: ({ note }) => (note < 0 ? "permanent" : "transient"),
    handle: (event, { position, stream }) =>
      Effect.gen(function* () {
        most = Math.max(most, (now += 1))
        yield* Effect.yieldNow
        const tried = (tries.get(position) ?? 0) + 1
        tries.set(position, tried)
        const failure = fails(event, tried)
        if (failure !== undefined) return yield* new Refused({ note: failure === "permanent" ? -1 : 1 })
        seen.push(`${stream.id}${event._tag === "Noted" ? event.note : "!"}`)
      }).pipe(Effect.ensuring(Effect.sync(() => (now -= 1)))),
    ...options
  })
  return { handler, seen, tries, most: () => most }
}

const consumer = "handler:noting"
const isBroken = (event: Event) => event._tag === "Broken"

describe("an event handler", () => {
  it.effect("is given every event once, in order within a partition, so many partitions at the same time", () =>
    Effect.gen(function* () {
      const { handler, most, seen } = noting(() => undefined, { options: { concurrency: 2 } })
      for (const id of ["a", "b", "c", "d"]) yield* append(id, [noted(1), noted(2), noted(3)])
      const runner = yield* running(handler)
      yield* pass(1)
      for (const id of ["a", "b", "c", "d"]) {
        assert.deepStrictEqual(
          seen.filter((one) => one.startsWith(id)),
          [`${id}1`, `${id}2`, `${id}3`]
        )
      }
      assert.strictEqual(most(), 2)
      const [status] = yield* runner.statuses
      assert.deepInclude(status, { handler: "noting", state: "live", events: 12 })
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("is tried again when a failure may pass, and holds nobody else of the batch back", () =>
    Effect.gen(function* () {
      const { handler, seen } = noting((event, tries) => (isBroken(event) && tries < 3 ? "transient" : undefined))
      yield* append("a", [broken, noted(1)])
      yield* append("b", [noted(2)])
      yield* running(handler)
      yield* pass(0.5)
      assert.deepStrictEqual(seen, ["b2"])
      yield* pass(4)
      assert.deepStrictEqual(seen, ["b2", "a!", "a1"])
      assert.deepStrictEqual((yield* standing(consumer)).letters, [])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("leaves a dead letter when retries run out; its partition queues, and is replayed in order", () =>
    Effect.gen(function* () {
      let mended = false
      const { handler, seen, tries } = noting((event) => (isBroken(event) && !mended ? "transient" : undefined))
      const poison = yield* append("a", [broken])
      yield* append("a", [noted(1)])
      yield* running(handler)
      yield* pass(12)
      assert.strictEqual(tries.get(poison), 4)
      yield* append("a", [noted(2)])
      yield* append("b", [noted(3)])
      yield* pass(1)
      assert.deepStrictEqual(seen, ["b3"])
      const { letters } = yield* standing(consumer)
      assert.deepStrictEqual(
        letters.map(({ attempts, failure }) => [failure?.kind, failure?.name, attempts]),
        [
          ["transient", "Refused", 1],
          [undefined, undefined, 0],
          [undefined, undefined, 0]
        ]
      )
      mended = true
      const desk = yield* DeadLetterDesk
      assert.strictEqual((yield* desk.replay({ consumer, by: "sue", reason: "mended" })).replayed, 3)
      assert.deepStrictEqual(seen, ["b3", "a!", "a1", "a2"])
      yield* append("a", [noted(4)])
      yield* pass(1)
      assert.deepStrictEqual(seen.slice(4), ["a4"])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("leaves a dead letter at once when a failure stays, or does what it says instead", () =>
    Effect.gen(function* () {
      const compensated: Array<string> = []
      const compensate = (_: Event, recorded: { readonly stream: StreamId.StreamId }) =>
        Effect.sync(() => void compensated.push(recorded.stream.id))
      const stays = (event: Event) => (isBroken(event) ? "permanent" : undefined)
      const plain = noting(stays)
      const caring = noting(stays, { name: "caring", compensate })
      yield* append("a", [broken, noted(1)])
      yield* running(plain.handler, caring.handler)
      yield* pass(0.5)
      assert.deepStrictEqual([plain.seen, caring.seen, compensated], [[], ["a1"], ["a"]])
      assert.strictEqual((yield* standing(consumer)).letters.length, 2)
      assert.deepStrictEqual((yield* standing("handler:caring")).letters, [])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("stores exactly once what it stores in the transaction, though the transaction is tried again", () =>
    Effect.gen(function* () {
      const copies = StreamId.make("main", "copy", "all")
      let failures = 2
      const handler = EventHandler.make({
        name: "copying",
        events,
        delivery: "in-transaction",
        handle: (event) =>
          Effect.gen(function* () {
            const data = { from: event._tag }
            const copy = { type: "Copied", schemaVersion: 1, occurredAt: DateTime.makeUnsafe(0), data, metadata: {} }
            const id = SecureRandom.uuidV7Unsafe()
            yield* (yield* EventStore).append(copies, ExpectedVersion.Any, [{ ...copy, id }])
            if (isBroken(event) && (failures -= 1) >= 0) return yield* new Refused({ note: 1 })
          })
      })
      yield* append("a", [noted(1), noted(2), broken])
      yield* running(handler)
      yield* pass(5)
      const store = yield* EventStore
      assert.strictEqual((yield* Stream.runCollect(store.read(copies))).length, 3)
      assert.deepStrictEqual((yield* standing("handler:copying")).letters, [])
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it.effect("may take longer in its transaction than a lease lasts, and is run once", () =>
    Effect.gen(function* () {
      const begun: Array<number> = []
      const handler = EventHandler.make({
        name: "slow",
        events,
        delivery: "in-transaction",
        handle: (_, { position }) =>
          Effect.delay(
            Effect.sync(() => void begun.push(position)),
            "1900 millis"
          )
      })
      yield* append("a", [noted(1), noted(2), noted(3)])
      yield* running(handler)
      yield* pass(10)
      assert.deepStrictEqual(begun, [1, 2, 3])
      assert.deepStrictEqual((yield* standing("handler:slow")).positions, [3])
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it("is refused when its transactions would be open for longer than a store lets them", () => {
    const declared = (options: HandlerOptions) => () =>
      Effect.runSync(noting(() => undefined, { delivery: "in-transaction", options }).handler)
    assert.throws(declared({ timeLimit: "9 seconds", batchSize: 1 }), "whole number from 1 to 2500")
    assert.throws(declared({ timeLimit: "2500 millis", batchSize: 13 }), "times timeLimit must be at most 30000")
    assert.doesNotThrow(declared({ timeLimit: "2500 millis", batchSize: 12 }))
    assert.doesNotThrow(declared({}))
  })

  it.effect("counts as failed when it does not end in time", () =>
    Effect.gen(function* () {
      const never = yield* Deferred.make<void>()
      const { handler } = noting(() => undefined, {
        handle: () => Deferred.await(never),
        options: { timeLimit: "2 seconds", failure: { retries: 0, firstWait: "1 second", longestWait: "1 second" } }
      })
      yield* append("a", [noted(1)])
      yield* running(handler)
      yield* pass(3)
      const { letters } = yield* standing(consumer)
      assert.deepStrictEqual(
        letters.map(({ failure }) => failure?.name),
        ["TimeoutError"]
      )
    }).pipe(Effect.scoped, Effect.provide(layer))
  )
})
