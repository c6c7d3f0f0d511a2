/** An import makes the timers that run from what the processes have recorded, and drops those of the target. */
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { DomainEvent, Message, ProcessManager } from "@eventfold/decider"
import { CommandHandler, StreamId } from "@eventfold/event-store"
import { Timers } from "@eventfold/processes"
import { DateTime, Effect, Layer, Schema } from "effect"
import { exportStore, importStore } from "../src/index.ts"
import * as StoreToMove from "./StoreToMove.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const Rung = DomainEvent.make("Rung", { bell: Schema.String, does: Schema.String })
const tell = Message.command({
  context: "bells",
  payload: Schema.TaggedStruct("Tell", {}),
  answer: Schema.Struct({})
})

/** A process that starts, puts off and cancels timers as it is told. */
const Bells = ProcessManager.make({
  name: "bells",
  events: Schema.Union([Rung]),
  commands: [tell],
  State: Schema.Boolean,
  initial: false,
  correlate: ({ bell }) => bell,
  evolve: (ended, input) => ended || (input._tag === "Rung" && input.does === "end"),
  react: (_, input) => {
    if (input._tag !== "Rung") return ProcessManager.nothing
    const [does = "", timer = "", after = "1"] = input.does.split(" ")
    if (does === "start") return { start: [{ timer, after: `${Number(after)} hours` }] }
    return does === "cancel" ? { cancel: [timer] } : ProcessManager.nothing
  },
  ended: (ended) => ended
})
const bells = CommandHandler.make(ProcessManager.decider(Bells))

const at = DateTime.makeUnsafe("2026-01-15T12:00:00Z")
const ring = Effect.fnUntraced(function* (bell: string, ...told: ReadonlyArray<string>) {
  for (const does of told) {
    const input = does.startsWith("fire ")
      ? ({
          _tag: "TimerFired",
          timer: does.slice(5),
          dueAt: DateTime.addDuration(at, "1 hour"),
          occurredAt: at
        } as const)
      : Rung.make({ bell, does, occurredAt: at })
    yield* bells.handle(StreamId.make("main", Bells.category, bell), { input, at })
  }
})

const listed = Effect.fnUntraced(function* (purpose: "timer" | "watch") {
  const found = yield* (yield* Timers).list({ purpose, limit: 100 })
  return found.map(({ dueAt, process, timer }) =>
    purpose === "watch" ? process : `${process} ${timer} ${DateTime.formatIso(dueAt).slice(11, 16)}`
  )
})

describe("an import", () => {
  it.live("makes the timers that run from the log, and drops those that were there", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryDirectory, "store.jsonl")
      const database = Layer.provideMerge(StoreToMove.store, StoreToMove.embedded)
      yield* Effect.gen(function* () {
        yield* ring("runs", "start a", "start b 3", "start c", "cancel c")
        yield* ring("put-off", "start a", "start a 5")
        yield* ring("fired", "start a", "fire a", "hum")
        yield* ring("again", "start a", "fire a", "start a 2")
        yield* ring("ended", "start a", "end")
        yield* exportStore({ path: file, source: "a test" })
      }).pipe(Effect.provide(Layer.fresh(database)))
      yield* Effect.gen(function* () {
        const timers = yield* Timers
        const stale = { tenant: "main", manager: "bells", process: "gone", purpose: "timer", timer: "a" } as const
        yield* timers.schedule([{ ...stale, dueAt: at }])
        yield* importStore({ path: file })
        const expected = ["runs a 13:00", "again a 14:00", "runs b 15:00", "put-off a 17:00"]
        assert.deepStrictEqual(yield* listed("timer"), expected)
        assert.deepStrictEqual((yield* listed("watch")).toSorted(), ["again", "fired", "put-off", "runs"])
        yield* importStore({ path: file, resume: true })
        assert.deepStrictEqual(yield* listed("timer"), expected, "an import that has nothing to do changes nothing")
      }).pipe(Effect.provide(Layer.fresh(database)))
    })
  )
})
