/** Nodes that run process managers over one store in memory, on the test clock. */
import { CommandBus, layerMemory as eventsInMemory } from "@eventfold/event-store"
import {
  ConsumerProgress,
  ConsumerRegistry,
  DeadLetterDesk,
  layerMemory as readSideInMemory,
  Subscriptions
} from "@eventfold/subscriptions"
import { Context, type Duration, Effect, Layer, References, Scope } from "effect"
import { Breakers, CommandSender, ProcessManagerRunner, ProcessMonitor, TimersMemory } from "../src/index.ts"
import { type Bank, handlers, Parcels } from "./Parcels.ts"

export { pass, settled } from "@eventfold/testing/TestTime"

/** All ports in memory. */
export const ports = Layer.fresh(
  DeadLetterDesk.layer.pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        readSideInMemory,
        ConsumerRegistry.layer,
        ConsumerProgress.layer,
        Subscriptions.layer,
        TimersMemory.layerMemory
      )
    ),
    Layer.provideMerge(eventsInMemory)
  )
)

/** A node that runs the parcels until its scope closes. */
export const node = Effect.fnUntraced(function* (
  bank: Bank,
  owner: string = "one",
  timeLimit: Duration.Input = "5 seconds",
  retries: number = 2
) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  const definition = ProcessManagerRunner.run(Parcels, { sending: { timeLimit, retries, firstWait: "100 millis" } })
  const built = yield* ProcessMonitor.layer().pipe(
    Layer.provideMerge(ProcessManagerRunner.layer([definition], { owner })),
    Layer.provideMerge(Breakers.layer()),
    Layer.provide(CommandSender.layer.pipe(Layer.provide(CommandBus.layer(handlers(bank))))),
    Layer.buildWithScope(scope)
  )
  return { runner: Context.get(built, ProcessManagerRunner), monitor: Context.get(built, ProcessMonitor), scope }
})

/** What runs inside says little: the warnings are expected. */
export const quiet = Effect.provideService(References.MinimumLogLevel, "None")
