/**
 * Processes of the service that host one context each: ordering, inventory, payments and shipping, with a log, inbox and timers of their own.
 * A message broker lies between them; commands to another context go to a process of it that is alive, as JSON, and get lost on the
 * way as a plan has it. Like those of one service they can end anywhere.
 */
import { Choreography } from "@eventfold/domain-fulfilment"
import { CardGateway } from "@eventfold/domain-payments"
import { ContextUnavailable, EventStore, StateCache, type StreamId } from "@eventfold/event-store"
import { InboxMemory, MessageBroker, MessageBrokerMemory, SubscriberRunner } from "@eventfold/messaging"
import { Breakers, CommandSender, ProcessManagerRunner, ProcessMonitor, SagaRunner } from "@eventfold/processes"
import {
  ContextCommandBus,
  contextOf,
  ContextQueryBus,
  HostedCommands,
  HostedQueries,
  RemoteCommands,
  RemoteQueries
} from "@eventfold/services"
import { Generations, HandlerRunner, ProjectionRunner, ReadModels } from "@eventfold/subscriptions"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import type { CommandServices } from "../../src/commands/CommandHandlers.ts"
import type { ReactingServices } from "../../src/contexts/ContextModule.ts"
import * as OrderPriceList from "../../src/commands/OrderPriceList.ts"
import * as ShipmentOrders from "../../src/commands/ShipmentOrders.ts"
import { modules } from "../../src/contexts/Hosting.ts"
import * as Reactions from "../../src/fulfilment/Reactions.ts"
import * as Hearing from "../../src/messaging/Hearing.ts"
import type { Relay } from "../../src/messaging/Relays.ts"
import * as BetweenContexts from "../../src/queries/BetweenContexts.ts"
import * as Process from "./Process.ts"

/** The contexts, each in processes of its own. */
export const contexts = ["ordering", "inventory", "payments", "shipping"] as const
/** One of them. */
export type Name = (typeof contexts)[number]

/** What outlives the processes of a context. */
export const ports = Layer.fresh(Layer.provideMerge(InboxMemory.layerMemory, Process.ports))
/** What outlives the processes of a context. */
export type Ports = Layer.Success<typeof ports>

/** The context that serves one: fulfilment acts for ordering. */
const served = (context: string): Name | undefined =>
  contexts.find((name) => name === (context === "fulfilment" ? "ordering" : context))

/** Where the streams of a category are. */
const ownerOf = (category: string): Name => {
  switch (category) {
    case "reservation":
    case "stock":
      return "inventory"
    case "payment":
    case "process-payment":
      return "payments"
    case "shipment":
    case "process-shipping":
      return "shipping"
    default:
      return "ordering"
  }
}

/** What outlives all processes: the ports of each context, and the broker between them. */
export const make = Effect.gen(function* () {
  const broker = Context.get(yield* Layer.build(Layer.fresh(MessageBrokerMemory.layerMemory())), MessageBroker)
  const all = new Map<Name, Context.Context<Ports>>()
  for (const name of contexts) all.set(name, yield* Layer.build(ports))
  const portsOf = (name: Name) => {
    const found = all.get(name)
    if (found === undefined) throw new RangeError(`no ports of ${name}`)
    return found
  }
  const storeOf = ({ category }: Pick<StreamId.StreamId, "category">) =>
    Context.get(portsOf(ownerOf(category)), EventStore)
  const ordering = Context.get(portsOf("ordering"), EventStore)
  /** Reads each stream where it is. */
  const everywhere: EventStore["Service"] = {
    ...ordering,
    read: (stream, options) => storeOf(stream).read(stream, options),
    readPage: (stream, page) => storeOf(stream).readPage(stream, page)
  }
  return { broker, everywhere, portsOf }
})
/** What outlives all processes. */
export type Services = Effect.Success<typeof make>

/** With ordering goes what orders are priced by. */
const hosted = (name: Name) =>
  modules.filter((module) => module.name === name || (name === "ordering" && module.name === "catalog"))

/** The commands of a context, and what it tells others, for whoever hosts it. */
export const bus = (name: Name, { commands, queries }: Others) => {
  const asking = ContextQueryBus.layer<BetweenContexts.Tellers>(hosted(name).flatMap(({ answers }) => answers)).pipe(
    Layer.provide([BetweenContexts.tellers, Layer.succeed(RemoteQueries, queries)])
  )
  return ContextCommandBus.layer<CommandServices>(hosted(name).flatMap(({ commands }) => commands)).pipe(
    Layer.provide([OrderPriceList.layer, ShipmentOrders.layer, Layer.succeed(RemoteCommands, commands)]),
    Layer.provideMerge(asking)
  )
}

/** How the processes of others are reached. */
export interface Others {
  readonly commands: RemoteCommands["Service"]
  readonly queries: RemoteQueries["Service"]
}

/** All that a process of a context runs. */
const layerOf = ({ breakerOpenFor, limits, way }: Process.Settings, name: Name, owner: string, others: Others) => {
  const module = modules.find((one) => one.name === name)
  const rows = new Set(way === "choreographed" ? module?.reactions : [])
  const reactions = Choreography.table.filter((row) => rows.has(row))
  const handlers = [
    ...(module?.handlers[way] ?? []),
    ...(reactions.length === 0 ? [] : [Reactions.handler("choreography", reactions)]),
    ...(module?.relay === undefined ? [] : [module.relay])
  ]
  const { managers, sagas } = Process.declaredWith(limits)
  const { payment, shipping } = managers
  const ofManagers = name === "payments" && way === "choreographed" ? [payment] : name === "shipping" ? [shipping] : []
  return Layer.mergeAll(
    HandlerRunner.layer<ReactingServices | Effect.Services<Relay>>(handlers, { owner }),
    SubscriberRunner.layer(Hearing.subscribers([name])),
    ProcessMonitor.layer().pipe(Layer.provideMerge(ProcessManagerRunner.layer(ofManagers, { owner })))
  ).pipe(
    Layer.provideMerge(SagaRunner.layer(name === "ordering" ? sagas : [], { owner, concurrency: 8 })),
    Layer.provideMerge(Breakers.layer({ openFor: breakerOpenFor })),
    Layer.provideMerge(CommandSender.layer),
    Layer.provideMerge(bus(name, others)),
    Layer.provideMerge(ProjectionRunner.layer([Process.rows], { owner })),
    Layer.provideMerge(Layer.mergeAll(Generations.layer, ReadModels.layer, Process.subscriptions))
  )
}

/** What a process gives to those who look at it. */
export type Running = Layer.Success<ReturnType<typeof layerOf>>

/** A process of a context. */
export interface ServiceProcess {
  readonly name: Name
  readonly life: Process.Life
  readonly context: Context.Context<Running>
  /** Ends it: nothing it does from now on is stored or said. */
  readonly end: Effect.Effect<void>
}

/** Starts a process of a context. */
export const start = Effect.fnUntraced(function* (
  services: Services,
  settings: Process.Settings,
  name: Name,
  owner: string,
  endsAt: Process.Life["endsAt"],
  gateway: CardGateway.CardGateway["Service"],
  others: Others
) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  const life: Process.Life = { isOver: false, points: 0, endsAt }
  const { broker } = services
  const outer = Layer.mergeAll(
    Layer.succeedContext(Process.mortal(services.portsOf(name), life)),
    StateCache.layer(),
    Layer.succeed(CardGateway.CardGateway, Process.mortalGateway(life, gateway)),
    Layer.succeed(MessageBroker, {
      ...broker,
      publishEncoded: (...given) => Process.whileAlive(life, broker.publishEncoded(...given)),
      acknowledge: (...given) => Process.whileAlive(life, broker.acknowledge(...given))
    })
  )
  const context = yield* Layer.buildWithScope(
    Layer.fresh(Layer.provide(layerOf(settings, name, owner, others), outer)),
    scope
  )
  const end = Effect.suspend(() => {
    life.isOver = true
    return Scope.close(scope, Exit.void)
  })
  return { name, life, context, end } satisfies ServiceProcess
})

/** What happens to a command on its way to another process. */
export type Fate = "handled" | "lost" | "answer-lost"

/** Reaches whichever process serves a context. */
export const between = (processes: () => ReadonlyArray<ServiceProcess>, fate: () => Fate): Others => {
  const reach = <A, E>(context: string, ask: (target: ServiceProcess) => Effect.Effect<A, E>) =>
    Effect.suspend((): Effect.Effect<A, E | ContextUnavailable> => {
      const target = processes().find(({ life, name }) => name === served(context) && !life.isOver)
      const gone = new ContextUnavailable({ context, problem: "unreachable", retryable: true, detail: "it is gone" })
      const becomes = fate()
      if (target === undefined || becomes === "lost") return Effect.fail(gone)
      return Effect.flatMap(Effect.exit(ask(target)), (exit): Effect.Effect<A, E | ContextUnavailable> =>
        target.life.isOver || becomes === "answer-lost" ? Effect.fail(gone) : exit
      )
    })
  return {
    commands: {
      dispatchJson: (context, command, envelope) =>
        reach(context, ({ context }) => Context.get(context, HostedCommands).dispatchJson(command, envelope))
    },
    queries: {
      askJson: (context, query, payload) =>
        reach(context, ({ context }) => Context.get(context, HostedQueries).askJson(query, payload)).pipe(
          Effect.catchTag("AnswerTooLong", Effect.die)
        )
    }
  }
}

/** The context that a command goes to. */
export const destinationOf = (command: string): Name => served(contextOf(command) ?? "") ?? "ordering"
