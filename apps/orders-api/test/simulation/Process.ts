/**
 * A process of the service that fulfils orders, over ports that outlive it. It can end before and after everything it
 * stores or asks a foreign system for: from then on it can store nothing any more.
 */
import { CardGateway } from "@eventfold/domain-payments"
import {
  Choreography,
  type Limits,
  OrderCancellation,
  OrderFulfilment,
  PaymentProcess,
  ShippingProcess
} from "@eventfold/domain-fulfilment"
import {
  CommandLog,
  EventStore,
  EventStoreFailure,
  layerMemory as eventsInMemory,
  StateCache,
  Transaction
} from "@eventfold/event-store"
import { DocumentsMemory } from "@eventfold/documents"
import {
  Breakers,
  CommandSender,
  ProcessManagerRunner,
  ProcessMonitor,
  SagaRows,
  SagaRunner,
  Timers,
  TimersMemory
} from "@eventfold/processes"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Consumers,
  Generations,
  HandlerRunner,
  layerMemory as readSideInMemory,
  ManagedProjection,
  ProjectionRunner,
  ReadModels,
  ReadModelStore,
  Subscriptions
} from "@eventfold/subscriptions"
import { Context, type Duration, Effect, Exit, Layer, Scope } from "effect"
import * as CommandHandlers from "../../src/commands/CommandHandlers.ts"
import * as BetweenContexts from "../../src/queries/BetweenContexts.ts"
import * as Coordinated from "../../src/fulfilment/Coordinated.ts"
import * as Reactions from "../../src/fulfilment/Reactions.ts"
import type { Way } from "./Plan.ts"

/** How a process is set. */
export interface Settings {
  readonly way: Way
  readonly limits: Limits.Limits
  readonly breakerOpenFor: Duration.Input
}

/** Shorter than usual, so that a run is over in minutes. */
export const limits: Limits.Limits = {
  stock: "20 seconds",
  payment: "10 seconds",
  paymentAttempts: 3,
  outageEvery: "10 seconds",
  outageLongest: "50 seconds",
  contextOutageLongest: "2 minutes"
}

/** What outlives every process. */
export const ports = Layer.fresh(
  Layer.mergeAll(
    readSideInMemory,
    ConsumerRegistry.layer,
    ConsumerProgress.layer,
    TimersMemory.layerMemory,
    DocumentsMemory.layerMemory
  ).pipe(Layer.provideMerge(eventsInMemory))
)
/** What outlives every process. */
export type Ports = Layer.Success<typeof ports>

/** Whether a process is alive, and how often it has come by a point at which it can end. */
export interface Life {
  isOver: boolean
  points: number
  /** Whether it ends at a point. */
  readonly endsAt: (point: number) => boolean
}

/** The ports as a process has them for as long as it lives. */
export const mortal = <P>(context: Context.Context<P | Ports>, life: Life): Context.Context<P | Ports> => {
  const point = (operation: string) =>
    Effect.suspend(() => {
      if (!life.isOver) {
        life.isOver = life.endsAt(life.points)
        life.points += 1
      }
      return life.isOver
        ? Effect.fail(
            new EventStoreFailure({ operation, retryable: true, detail: "the process ended", cause: undefined })
          )
        : Effect.void
    })
  const risky = <A, E, R>(operation: string, effect: Effect.Effect<A, E, R>) =>
    Effect.andThen(
      point(operation),
      Effect.tap(effect, () => point(operation))
    )
  const consumers = Context.get(context, Consumers)
  const [store, log] = [Context.get(context, EventStore), Context.get(context, CommandLog)]
  const [rows, timers] = [Context.get(context, ReadModelStore), Context.get(context, Timers)]
  const transaction = Context.get(context, Transaction)
  return context.pipe(
    Context.add(Consumers, {
      ...consumers,
      acquire: (...given) => risky("acquire", consumers.acquire(...given)),
      renew: (...given) => risky("renew", consumers.renew(...given)),
      release: (...given) => risky("release", consumers.release(...given)),
      advance: (...given) => risky("advance", consumers.advance(...given))
    }),
    Context.add(EventStore, { ...store, append: (...given) => risky("append", store.append(...given)) }),
    Context.add(CommandLog, {
      ...log,
      claim: (...given) => risky("claim", log.claim(...given)),
      complete: (...given) => risky("complete", log.complete(...given))
    }),
    Context.add(ReadModelStore, { ...rows, apply: (...given) => risky("apply", rows.apply(...given)) }),
    Context.add(Timers, {
      ...timers,
      schedule: (...given) => risky("schedule", timers.schedule(...given)),
      cancel: (...given) => risky("cancel", timers.cancel(...given)),
      claimDue: (...given) => risky("claimDue", timers.claimDue(...given))
    }),
    Context.add(Transaction, { run: (effect) => risky("commit", transaction.run(effect)) })
  )
}

const sending = { timeLimit: "15 seconds" } as const
const reactions = Reactions.handler("choreography", Choreography.table)
const delivering = Reactions.handler("deliveries", [Choreography.delivered])

const handlersOf = { orchestrated: [Coordinated.handler, delivering], choreographed: [reactions] }

/** What is declared, as a program does it once: it costs more than a process does in a second. */
const declare = (limits: Limits.Limits) => {
  const shipping = ProcessManagerRunner.run(ShippingProcess.make(limits), { sending })
  const payment = ProcessManagerRunner.run(PaymentProcess.make(limits), {
    sending: { ...sending, breakers: PaymentProcess.breakers }
  })
  return {
    managers: { shipping, payment, orchestrated: [shipping], choreographed: [shipping, payment] },
    sagas: [OrderFulfilment.make(limits), OrderCancellation.make(limits)]
  }
}
const declared = new WeakMap<Limits.Limits, ReturnType<typeof declare>>()
/** What is declared with these limits. */
export const declaredWith = (limits: Limits.Limits) => {
  const found = declared.get(limits) ?? declare(limits)
  declared.set(limits, found)
  return found
}
/** How sagas stand, as rows. */
export const rows = ManagedProjection.make(SagaRows.projection, SagaRows.pacing)

/** Looked at less often than usual: in memory whoever appends tells all processes. */
const pollEvery = { busy: "1 second", idle: "5 seconds" } as const
export const subscriptions = Layer.effect(
  Subscriptions,
  Effect.map(Subscriptions, (usual) => ({
    ...usual,
    stream: (options) => usual.stream({ ...options, pollEvery })
  }))
).pipe(Layer.provide(Subscriptions.layer))

/** All that a process runs. */
const layerOf = ({ breakerOpenFor, limits, way }: Settings, owner: string) => {
  const { managers, sagas } = declaredWith(limits)
  return Layer.mergeAll(
    HandlerRunner.layer<Effect.Services<typeof Coordinated.handler> | Effect.Services<typeof reactions>>(
      handlersOf[way],
      { owner }
    ),
    ProcessMonitor.layer().pipe(Layer.provideMerge(ProcessManagerRunner.layer(managers[way], { owner })))
  ).pipe(
    Layer.provideMerge(SagaRunner.layer(sagas, { owner, concurrency: 8 })),
    Layer.provideMerge(Breakers.layer({ openFor: breakerOpenFor })),
    Layer.provideMerge(CommandSender.layer),
    Layer.provideMerge(CommandHandlers.layer),
    Layer.provide(BetweenContexts.layer),
    Layer.provideMerge(ProjectionRunner.layer([rows], { owner })),
    Layer.provideMerge(Layer.mergeAll(Generations.layer, ReadModels.layer, subscriptions))
  )
}

/** What a process gives to those who look at it. */
export type Services = Layer.Success<ReturnType<typeof layerOf>>

/** A process. */
export interface Process {
  readonly life: Life
  readonly context: Context.Context<Services>
  /** Ends it: nothing it does from now on is stored. */
  readonly end: Effect.Effect<void>
}

/** Starts a process. */
export const start = Effect.fnUntraced(function* (
  settings: Settings,
  owner: string,
  endsAt: Life["endsAt"],
  gateway: CardGateway.CardGateway["Service"]
) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  const life: Life = { isOver: false, points: 0, endsAt }
  const context = mortal(yield* Effect.context<Ports>(), life)
  const outer = Layer.mergeAll(
    Layer.succeedContext(context),
    StateCache.layer(),
    Layer.succeed(CardGateway.CardGateway, mortalGateway(life, gateway))
  )
  const built = yield* Layer.buildWithScope(Layer.fresh(Layer.provide(layerOf(settings, owner), outer)), scope)
  const end = Effect.suspend(() => {
    life.isOver = true
    return Scope.close(scope, Exit.void)
  })
  return { life, context: built, end } satisfies Process
})

/** The card gateway as a process has it for as long as it lives. */
export const mortalGateway = (
  life: Life,
  gateway: CardGateway.CardGateway["Service"]
): CardGateway.CardGateway["Service"] => ({
  authorise: (request) => whileAlive(life, gateway.authorise(request)),
  capture: (request) => whileAlive(life, gateway.capture(request)),
  refund: (request) => whileAlive(life, gateway.refund(request)),
  void: (request) => whileAlive(life, gateway.void(request))
})

/** A process can end before it asks, and before it hears the answer. */
export const whileAlive = <A, E>(life: Life, effect: Effect.Effect<A, E>): Effect.Effect<A, E> => {
  const point = Effect.suspend(() => {
    if (!life.isOver) {
      life.isOver = life.endsAt(life.points)
      life.points += 1
    }
    return life.isOver ? Effect.interrupt : Effect.void
  })
  return Effect.andThen(
    point,
    Effect.tap(effect, () => point)
  )
}
