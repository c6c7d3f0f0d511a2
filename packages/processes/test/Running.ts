/** Nodes that run process managers over one store in memory, on the test clock. */
import { CommandBus, layerMemory as eventsInMemory } from "@eventfold/event-store"
import { fingerprint } from "@eventfold/event-store/Fingerprint"
import {
  ConsumerProgress,
  ConsumerRegistry,
  layerMemory as readSideInMemory,
  Subscriptions
} from "@eventfold/subscriptions"
import { Context, type Duration, Effect, Layer, References, Scope } from "effect"
import { TestClock } from "effect/testing"
import { CommandSender, ProcessManagerRunner, ProcessMonitor, TimersMemory } from "../src/index.ts"
import { type Bank, handlers, Parcels } from "./Parcels.ts"

/** All ports in memory. */
export const ports = Layer.fresh(
  Layer.mergeAll(
    readSideInMemory,
    ConsumerRegistry.layer,
    ConsumerProgress.layer,
    Subscriptions.layer,
    TimersMemory.layerMemory
  ).pipe(Layer.provideMerge(eventsInMemory))
)

const yields = Effect.forEach(Array.from({ length: 60 }), () => Effect.yieldNow, { discard: true })

/** Lets all other fibers go on until they wait, also those that wait for a digest as this does. */
export const settled = Effect.andThen(fingerprint([]), yields).pipe(Effect.repeat({ times: 3 }))

/** So much time goes by, in steps of half a second, and everybody does what there is to do. */
export const pass = Effect.fnUntraced(function* (seconds: number) {
  yield* settled
  for (let half = 0; half < seconds * 2; half += 1) {
    yield* TestClock.adjust("500 millis")
    yield* settled
  }
})

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
    Layer.provide(CommandSender.layer.pipe(Layer.provide(CommandBus.layer(handlers(bank))))),
    Layer.buildWithScope(scope)
  )
  return { runner: Context.get(built, ProcessManagerRunner), monitor: Context.get(built, ProcessMonitor), scope }
})

/** What runs inside says little: the warnings are expected. */
export const quiet = Effect.provideService(References.MinimumLogLevel, "None")
