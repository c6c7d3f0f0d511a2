import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Layer, Schema, Scope } from "effect"
import { DeadLetterDesk, type EventHandler, type HandlerOptions, HandlerRunner, TogetherHandler } from "../src/index.ts"
import { layer, pass, quiet, standing } from "./Running.ts"
import { append, Broken, broken, Noted, noted } from "./Tallies.ts"

const events = Schema.Union([Noted, Broken])
type Event = typeof events.Type
class Refused extends Schema.TaggedError<Refused>()("Refused", { retryable: Schema.Boolean }) {}

/** Runs handlers until the scope closes. */
const running = Effect.fnUntraced(function* (...handlers: ReadonlyArray<Effect.Effect<EventHandler.ManagedHandler>>) {
  const built = yield* Layer.buildWithScope(HandlerRunner.layer(handlers), yield* Scope.fork(yield* Effect.scope))
  return yield* Effect.provideContext(HandlerRunner, built)
})

/** When it is known what an event means: with the call, in an effect, or now this and now that. */
type Saying = "at once" | "later" | "by turns"

/** A handler that says events as texts; what says and takes them fails as it is told to. */
const tellingOf = (
  saying: Saying,
  options: {
    readonly say?: (text: string) => Refused | undefined
    readonly flush?: (texts: ReadonlyArray<string>) => Refused | undefined
    readonly most?: number
    readonly options?: HandlerOptions
    readonly partitionBy?: (event: Event) => string
  } = {}
) => {
  const { flush, say, ...others } = options
  const calls: Array<ReadonlyArray<string>> = []
  let [asked, turns] = [0, 0]
  const failing = <A>(refused: Refused | undefined, otherwise: () => A) =>
    refused === undefined ? Effect.sync(otherwise) : Effect.fail(refused)
  const handler = TogetherHandler.make<Event, string, Refused, never>({
    name: "telling",
    events,
    most: 1000,
    say: (event, { stream }) => {
      const text = `${stream.id}${event._tag === "Noted" ? event.note : "!"}`
      const texts = event._tag === "Noted" && event.note === 0 ? [] : [text]
      turns += 1
      if (saying === "later" || (saying === "by turns" && turns % 2 === 0)) {
        return Effect.suspend(() => failing(say?.(text), () => texts))
      }
      const refused = say?.(text)
      return refused === undefined ? Effect.succeed(texts) : Effect.fail(refused)
    },
    flush: (texts) =>
      Effect.suspend(() => {
        asked += 1
        return failing(flush?.(texts), () => void calls.push(texts))
      }),
    ...others
  })
  return { handler, calls, asked: () => asked }
}

const consumer = "handler:telling"
const [refused, away] = [new Refused({ retryable: false }), new Refused({ retryable: true })]
const letters = Effect.map(standing(consumer), ({ letters }) =>
  letters.map(({ failure, partition, position }) => [position, partition, failure?.name])
)

describe.each<Saying>(["at once", "later", "by turns"])("a handler that works together, and says %s", (saying) => {
  const telling = (options?: Parameters<typeof tellingOf>[1]) => tellingOf(saying, options)

  it.effect("hands on what is said of a batch in one call, in the order of the events, in parts that fit", () =>
    Effect.gen(function* () {
      const whole = telling()
      for (const id of ["a", "b"]) yield* append(id, [noted(1), noted(0), noted(2)])
      yield* append("a", [noted(3)])
      const runner = yield* running(whole.handler)
      yield* pass(1)
      assert.deepStrictEqual(whole.calls, [["a1", "a2", "b1", "b2", "a3"]])
      assert.deepInclude((yield* runner.statuses)[0], { handler: "telling", delivery: "together", events: 7 })
      const parts = telling({ most: 2 })
      yield* running(Effect.map(parts.handler, (one) => ({ ...one, name: "parts", consumer: "handler:parts" })))
      yield* pass(1)
      assert.deepStrictEqual(parts.calls, [["a1", "a2"], ["b1", "b2"], ["a3"]])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("takes a thousand at a time while it catches up, and a hundred when it is there", () =>
    Effect.gen(function* () {
      const { calls, handler } = telling()
      yield* append(
        "a",
        Array.from({ length: 1500 }, (_, index) => noted(index + 1))
      )
      yield* running(handler)
      yield* pass(1)
      assert.deepStrictEqual(
        calls.map(({ length }) => length),
        [1000, 500]
      )
      yield* append(
        "a",
        Array.from({ length: 150 }, (_, index) => noted(index + 1))
      )
      yield* pass(1)
      assert.deepStrictEqual(
        calls.slice(2).map(({ length }) => length),
        [100, 50]
      )
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("waits for as long as what it hands on to is away, and holds nothing back", () =>
    Effect.gen(function* () {
      let down = true
      const { asked, calls, handler } = telling({ flush: () => (down ? away : undefined) })
      yield* append("a", [noted(1)])
      yield* append("b", [noted(1)])
      const runner = yield* running(handler)
      yield* pass(600)
      assert.isBelow(asked(), 100)
      assert.isAbove(asked(), 50)
      const [status] = yield* runner.statuses
      assert.deepInclude(status, { state: "retrying", position: 0 })
      assert.include(status?.problem ?? "", "Refused")
      assert.deepStrictEqual(yield* letters, [])
      down = false
      yield* pass(13)
      assert.deepStrictEqual(calls, [["a1", "b1"]])
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it.effect("finds the one that is refused by halving, and holds back its partition only, from there on", () =>
    Effect.gen(function* () {
      let mended = false
      const { calls, handler } = telling({
        flush: (texts) => (!mended && texts.some((text) => text === "c2") ? refused : undefined)
      })
      for (const id of ["a", "b", "c", "d", "e"]) yield* append(id, [noted(1), noted(2), noted(3)])
      yield* running(handler)
      yield* pass(1)
      const all = ["a", "b", "c", "d", "e"].flatMap((id) => [`${id}1`, `${id}2`, `${id}3`])
      assert.deepStrictEqual(
        calls.flat(),
        all.filter((text) => text !== "c2" && text !== "c3")
      )
      assert.deepStrictEqual(yield* letters, [
        [8, "note/c", "Refused"],
        [9, "note/c", undefined]
      ])
      yield* append("c", [noted(4)])
      yield* pass(1)
      mended = true
      const desk = yield* DeadLetterDesk
      assert.strictEqual((yield* desk.replay({ consumer, by: "sue", reason: "mended" })).replayed, 3)
      assert.deepStrictEqual(calls.at(-1), ["c2", "c3", "c4"])
      assert.deepStrictEqual(yield* letters, [])
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it.effect("takes it for an outage when everything is refused: nothing is held back, and nothing is lost", () =>
    Effect.gen(function* () {
      let mended = false
      const { calls, handler } = telling({ flush: () => (mended ? undefined : refused) })
      for (let id = 10; id < 40; id += 1) yield* append(`s${id}`, [noted(1)])
      const runner = yield* running(handler)
      yield* pass(60)
      assert.deepStrictEqual(yield* letters, [])
      assert.deepInclude((yield* runner.statuses)[0], { state: "retrying" })
      mended = true
      yield* pass(13)
      assert.lengthOf(calls.flat(), 30)
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it.effect("says again what may pass without holding the others up, and leaves a letter when retries run out", () =>
    Effect.gen(function* () {
      let buyers = 0
      const { calls, handler } = telling({
        say: (text) => (text === "a2" && (buyers += 1) < 3 ? away : text === "b2" ? away : undefined)
      })
      for (const id of ["a", "b", "c"]) yield* append(id, [noted(1), noted(2), noted(3)])
      yield* running(handler)
      yield* pass(0.5)
      assert.deepStrictEqual(calls, [["a1", "b1", "c1", "c2", "c3"]])
      yield* pass(4)
      assert.deepStrictEqual(calls[1], ["a2", "a3"])
      yield* pass(10)
      assert.deepStrictEqual(yield* letters, [
        [5, "note/b", "Refused"],
        [6, "note/b", undefined]
      ])
      assert.lengthOf(calls, 2)
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it.effect("hands on what stands before an event of which nothing can ever be said", () =>
    Effect.gen(function* () {
      const { calls, handler } = telling({
        say: (text) => (text === "a2" ? refused : undefined),
        partitionBy: () => "all"
      })
      yield* append("a", [noted(1), noted(2)])
      yield* append("b", [noted(3)])
      yield* running(handler)
      yield* pass(1)
      assert.deepStrictEqual(calls, [["a1"]])
      assert.deepStrictEqual(yield* letters, [
        [2, "all", "Refused"],
        [3, "all", undefined]
      ])
      yield* append("b", [broken])
      yield* pass(1)
      assert.lengthOf(yield* letters, 3)
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it.effect("holds back what it fails to say, and what it says too much of", () =>
    Effect.gen(function* () {
      const { calls, handler } = telling({
        most: 1,
        say: (text) => {
          if (text === "a2") throw new Error("a mistake")
          return undefined
        }
      })
      for (const id of ["a", "b"]) yield* append(id, [noted(1), noted(2)])
      yield* running(handler)
      yield* pass(1)
      assert.deepStrictEqual(calls.flat(), ["a1", "b1", "b2"])
      assert.deepStrictEqual(yield* letters, [[2, "note/a", "Error"]])
      const talking = { name: "talking", events, most: 1, flush: () => Effect.void }
      yield* running(
        TogetherHandler.make({
          ...talking,
          say: () => (saying === "at once" ? Effect.succeed(["x", "y"]) : Effect.sync(() => ["x", "y"]))
        })
      )
      yield* pass(1)
      const { letters: tooMuch } = yield* standing("handler:talking")
      assert.deepStrictEqual(
        tooMuch.map(({ failure, position }) => [position, failure?.name]),
        [
          [1, "TooMuchSaid"],
          [2, undefined],
          [3, "TooMuchSaid"],
          [4, undefined]
        ]
      )
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it.effect("is not held up for ever by what never answers", () =>
    Effect.gen(function* () {
      const never = yield* Deferred.make<void>()
      const handler = TogetherHandler.make<Event, string, Refused, never>({
        name: "telling",
        events,
        most: 10,
        say: () => Effect.succeed(["text"]),
        flush: () => Deferred.await(never)
      })
      yield* append("a", [noted(1)])
      const runner = yield* running(handler)
      yield* pass(31)
      assert.include((yield* runner.statuses)[0]?.problem ?? "", "TimeoutError")
      assert.deepStrictEqual(yield* letters, [])
    }).pipe(Effect.scoped, Effect.provide(layer), quiet)
  )

  it("is refused when it could hand on nothing", () => {
    const none = TogetherHandler.make({
      name: "telling",
      events,
      most: 0,
      say: () => Effect.succeed([]),
      flush: () => Effect.void
    })
    assert.throws(() => Effect.runSync(none), "most must be a whole number")
  })
})
