/** A process that stands still is told of for as long as it does, and not after something has come to it. */
import { assert, describe, it } from "@effect/vitest"
import { ProcessManager } from "@eventfold/decider"
import { CommandBus } from "@eventfold/event-store"
import { Context, Effect, Layer, Schema } from "effect"
import { Breakers, CommandSender, ProcessManagerRunner, ProcessMonitor } from "../src/index.ts"
import { approve, Event, handlers, order } from "./Parcels.ts"
import { pass, ports, quiet } from "./Running.ts"

const State = Schema.Struct({ approved: Schema.Boolean })

/** Waits for an approval, and does nothing about it when that does not come. */
const Patient = ProcessManager.make({
  name: "patient",
  events: Event,
  commands: [],
  State,
  initial: { approved: false },
  correlate: ({ parcel }) => parcel,
  evolve: (state, input) => (input._tag === "ParcelApproved" ? { approved: true } : state),
  react: () => ProcessManager.nothing,
  ended: () => false,
  phase: ({ approved }) => (approved ? "approved" : "waiting"),
  patience: "2 minutes"
})

const node = Effect.map(
  Layer.build(
    ProcessMonitor.layer().pipe(
      Layer.provide(ProcessManagerRunner.layer([ProcessManagerRunner.run(Patient)])),
      Layer.provide(Breakers.layer()),
      Layer.provide(CommandSender.layer.pipe(Layer.provide(CommandBus.layer(handlers(() => "pays")))))
    )
  ),
  (built) => Context.get(built, ProcessMonitor)
)

const named = Effect.map((all: ReadonlyArray<{ readonly process: string }>) => all.map(({ process }) => process))

describe("the monitor", () => {
  it.effect("tells which processes stand still now, each once", () =>
    Effect.gen(function* () {
      const monitor = yield* node
      for (const parcel of ["a", "b"]) yield* order(parcel)
      yield* pass(90)
      assert.deepStrictEqual(yield* named(monitor.silent), [])
      yield* pass(100)
      assert.deepStrictEqual((yield* named(monitor.silent)).toSorted(), ["a", "b"])
      yield* approve("a")
      yield* pass(1)
      assert.deepStrictEqual(yield* named(monitor.silent), ["b"])
      assert.strictEqual((yield* monitor.stalled).length, 2)
      // Found again after its patience, it is still one process; so is the other one, which stands still again.
      yield* pass(240)
      assert.deepStrictEqual((yield* named(monitor.silent)).toSorted(), ["a", "b"])
      assert.isAtLeast((yield* monitor.stalled).length, 4)
    }).pipe(Effect.scoped, Effect.provide(ports), quiet)
  )
})
