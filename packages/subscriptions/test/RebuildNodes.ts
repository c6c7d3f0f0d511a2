/** Nodes that run projections and build them anew over one store, and that can die at any of their calls. */
import { type EventStore, EventStoreFailure, Transaction } from "@eventfold/event-store"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Consumers,
  DeadLetters,
  type GenerationOptions,
  Generations,
  LiveProjections,
  type ManagedProjection,
  ProjectionRunner,
  ReadModelStore,
  Rebuild,
  type Subscriptions
} from "../src/index.ts"

/** What all nodes share. */
export type Shared = Consumers | DeadLetters | EventStore | ReadModelStore | Transaction | Subscriptions

/** How a node dies. */
export interface Death {
  /** At which of its calls of a port, from 1. */
  readonly at: number
  /** Whether that call still has its effect. */
  readonly after: boolean
}

/** Counts calls, and lets none through once the node is dead. */
class Pulse {
  calls = 0
  readonly death: Death | undefined
  constructor(death: Death | undefined) {
    this.death = death
  }
  get isDead() {
    return this.death !== undefined && this.calls >= this.death.at
  }
  call<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | EventStoreFailure, R> {
    return Effect.suspend(() => {
      if (this.isDead) return Effect.fail(dead)
      this.calls += 1
      if (!this.isDead) return effect
      return this.death?.after === true ? Effect.andThen(effect, Effect.fail(dead)) : Effect.fail(dead)
    })
  }
}

const dead = new EventStoreFailure({ operation: "test", retryable: true, detail: "the node is dead", cause: undefined })

/** The ports as a node sees them: those calls are counted that its steps are made of. */
const seenBy = Effect.fnUntraced(function* (pulse: Pulse) {
  const [consumers, letters] = [yield* Consumers, yield* DeadLetters]
  const [store, transaction] = [yield* ReadModelStore, yield* Transaction]
  return Context.empty().pipe(
    Context.add(Consumers, {
      ...consumers,
      register: (...of) => pulse.call(consumers.register(...of)),
      remove: (...of) => pulse.call(consumers.remove(...of)),
      acquire: (...of) => pulse.call(consumers.acquire(...of)),
      renew: (...of) => pulse.call(consumers.renew(...of)),
      release: (...of) => pulse.call(consumers.release(...of)),
      advance: (...of) => pulse.call(consumers.advance(...of)),
      hold: (...of) => pulse.call(consumers.hold(...of)),
      states: (...of) => pulse.call(consumers.states(...of))
    }),
    Context.add(DeadLetters, {
      ...letters,
      any: (...of) => pulse.call(letters.any(...of)),
      park: (...of) => pulse.call(letters.park(...of)),
      removeAll: (...of) => pulse.call(letters.removeAll(...of))
    }),
    Context.add(ReadModelStore, {
      ...store,
      generations: (...of) => pulse.call(store.generations(...of)),
      begin: (...of) => pulse.call(store.begin(...of)),
      serve: (...of) => pulse.call(store.serve(...of)),
      drop: (...of) => pulse.call(store.drop(...of)),
      load: (...of) => pulse.call(store.load(...of)),
      apply: (...of) => pulse.call(store.apply(...of)),
      copy: (...of) => pulse.call(store.copy(...of))
    }),
    // A commit is a step too: of one that is done, the node may never hear.
    Context.add(Transaction, { run: (effect) => pulse.call(transaction.run(effect)) })
  )
})

/** Starts a node, which ends with the scope or when it is stopped. One that does not run follows no log. */
export const start = Effect.fnUntraced(function* (
  projections: ReadonlyArray<ManagedProjection.ManagedProjection>,
  options: GenerationOptions & { readonly death?: Death; readonly runs?: boolean } = {}
) {
  const pulse = new Pulse(options.death)
  const scope = yield* Scope.fork(yield* Effect.scope)
  const ports = yield* seenBy(pulse)
  const run = options.runs === false ? [] : projections
  const layer = Rebuild.layer(projections).pipe(
    Layer.provideMerge(ProjectionRunner.layer(run)),
    Layer.provideMerge(Generations.layerWith(options)),
    Layer.provideMerge(
      Layer.mergeAll(ConsumerRegistry.layer, ConsumerProgress.layer, LiveProjections.layer(projections))
    ),
    Layer.provide(Layer.succeedContext(ports)),
    Layer.fresh
  )
  const built = yield* Layer.buildWithScope(layer, scope)
  return {
    rebuild: Context.get(built, Rebuild),
    runner: Context.get(built, ProjectionRunner),
    generations: Context.get(built, Generations),
    calls: () => pulse.calls,
    isDead: () => pulse.isDead,
    letters: yield* DeadLetters,
    stop: Scope.close(scope, Exit.void)
  }
})
