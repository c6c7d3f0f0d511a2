/**
 * Fulfilment at work: sagas and process managers on every node, as `FULFILMENT` says.
 *
 * - `off`: no order is begun to be fulfilled; sagas that run go on.
 * - `orchestrated`: a saga per order.
 * - `choreographed`: each context reacts to what others publish.
 *
 * An order that names no card is fulfilled by people, whatever the setting. Transfers between accounts, what claims the
 * e-mail addresses of customers, and what ends reservations whose time is over, run in any case.
 */
import { Choreography } from "@eventfold/domain-fulfilment"
import { Breakers, CommandSender, ProcessManagerRunner, ProcessMonitor, SagaRunner } from "@eventfold/processes"
import { HandlerRunner, Subscriptions } from "@eventfold/subscriptions"
import { Effect, Layer } from "effect"
import { Settings } from "../Settings.ts"
import * as Coordinated from "./Coordinated.ts"
import * as Reactions from "./Reactions.ts"
import * as Registrations from "./Registrations.ts"
import * as RunningProcesses from "./RunningProcesses.ts"

/** Sagas and process managers share them, so they leave alone the same things. */
const breakers = Layer.unwrap(
  Effect.map(Settings, ({ breakerFailures: failures, breakerOpen: openFor }) => Breakers.layer({ failures, openFor }))
)

const sagas = Layer.unwrap(
  Effect.map(Settings, ({ fulfilmentLimits }) =>
    SagaRunner.layer(RunningProcesses.sagas(fulfilmentLimits).map(({ saga }) => saga))
  )
).pipe(Layer.provideMerge(breakers))

const processes = Layer.unwrap(
  Effect.map(Settings, ({ fulfilment, fulfilmentLimits }) => {
    const running = RunningProcesses.managers(fulfilmentLimits)[fulfilment].map(({ run }) => run)
    return ProcessMonitor.layer().pipe(Layer.provideMerge(ProcessManagerRunner.layer(running)))
  })
)

const delivering = Reactions.handler("deliveries", [Choreography.delivered])
const reactions = Reactions.handler("choreography", Choreography.table)
type Needed =
  | Effect.Services<typeof Coordinated.handler>
  | Effect.Services<typeof reactions>
  | Effect.Services<typeof Registrations.handler>

const reacting = Layer.unwrap(
  Effect.map(Settings, ({ fulfilment }) => {
    const handlers = { off: [], orchestrated: [Coordinated.handler, delivering], choreographed: [reactions] }
    return HandlerRunner.layer<Needed>([Registrations.handler, ...handlers[fulfilment]])
  })
)

/** Fulfils orders while the layer lives. */
export const layer = Layer.merge(reacting, processes).pipe(
  Layer.provideMerge(sagas),
  Layer.provide([Subscriptions.layer, CommandSender.layer])
)
