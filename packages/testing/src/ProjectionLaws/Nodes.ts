/** Nodes that run a projection over the ports in memory, and what goes wrong with them. Time is that of the law. */
import { type AppendSignal, type Audit, EventStore } from "@eventfold/event-store"
import { fingerprint } from "@eventfold/event-store/Fingerprint"
import {
  ConsumerProgress,
  ConsumerRegistry,
  DeadLetterDesk,
  Generations,
  LiveProjections,
  type ManagedProjection,
  ProjectionRunner,
  Rebuild,
  Subscriptions
} from "@eventfold/subscriptions"
import { Context, Effect, Exit, Layer, Random, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as Chaos from "../Chaos.ts"
import { Violation } from "../Law.ts"
import * as Log from "./Log.ts"

/** Begins a node that runs a projection, over ports that fail as often as `weather` says at the time. */
export const begin = Effect.fnUntraced(function* (
  projection: ManagedProjection.ManagedProjection,
  weather: Chaos.Odds
) {
  const ports = yield* Effect.context<Chaos.Ports | Audit | AppendSignal>()
  const cut = { off: false }
  const chaos = {
    get of() {
      return cut.off ? 1 : weather.of
    }
  }
  const scope = yield* Scope.fork(yield* Effect.scope)
  const layer = Layer.merge(Rebuild.layer([projection]), DeadLetterDesk.layer).pipe(
    Layer.provideMerge(ProjectionRunner.layer([projection])),
    Layer.provide(Layer.merge(Generations.layer, LiveProjections.layer([projection]))),
    Layer.provide(Layer.mergeAll(ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer)),
    Layer.provide(Layer.succeedContext(Chaos.around(ports, chaos)))
  )
  const built = yield* Layer.buildWithScope(Layer.fresh(layer), scope)
  /** One that is killed cannot give its leases back, half of the time. */
  const kill = Effect.andThen(
    Effect.map(Random.nextBoolean, (clean) => (cut.off = !clean)),
    Scope.close(scope, Exit.void)
  )
  return { kill, desk: Context.get(built, DeadLetterDesk), rebuild: Context.get(built, Rebuild) }
})

const turns = Effect.forEach(Array.from({ length: 40 }), () => Effect.yieldNow, { discard: true })
/** Lets all other fibers go on until they wait, also those that wait for a digest as this does. */
const settled = Effect.andThen(fingerprint([]), turns).pipe(Effect.repeat({ times: 1 }))

/** So many seconds go by, and everybody does what there is to do. */
export const pass = Effect.fnUntraced(function* (seconds: number) {
  yield* settled
  for (let second = 0; second < seconds; second += 1) {
    yield* TestClock.adjust("1 second")
    yield* settled
  }
})

/** Time goes by until a generation is read, or a later one. */
export const passUntilRead = Effect.fnUntraced(function* (projection: string, generation: number) {
  for (let second = 0; second < 180; second += 1) {
    if (((yield* Log.serving(projection))?.generation ?? 0) >= generation) return
    yield* pass(1)
  }
  const end = yield* (yield* EventStore).end
  const message = `generation ${generation} of ${projection} is not read three minutes after the last of ${end} events`
  return yield* new Violation({ message })
})
