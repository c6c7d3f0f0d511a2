/**
 * Fulfilment at work: sagas and process managers on every node, as `FULFILMENT` says.
 *
 * - `off`: no order is begun to be fulfilled; sagas that run go on.
 * - `orchestrated`: a saga per order.
 * - `choreographed`: each context reacts to what others publish.
 *
 * An order that names no card is fulfilled by people, whatever the setting. Transfers between accounts, what claims the
 * e-mail addresses of customers, and what ends reservations whose time is over, run in any case. All of it is that of the
 * contexts which the process hosts.
 */
import { Choreography } from "@eventfold/domain-fulfilment"
import { Breakers, CommandSender, ProcessManagerRunner, ProcessMonitor, SagaRunner } from "@eventfold/processes"
import { HandlerRunner, Subscriptions } from "@eventfold/subscriptions"
import { Effect, Layer } from "effect"
import type { ContextModule, ReactingServices } from "../contexts/ContextModule.ts"
import { hostedBy } from "../contexts/Hosting.ts"
import { Settings } from "../Settings.ts"
import * as Reactions from "./Reactions.ts"
import * as RunningProcesses from "./RunningProcesses.ts"

/** Sagas, process managers and commands to other processes share them, so they leave alone the same things. */
export const breakers = Layer.unwrap(
  Effect.map(Settings, ({ breakerFailures: failures, breakerOpen: openFor }) => Breakers.layer({ failures, openFor }))
)

const sagas = Layer.unwrap(
  Effect.map(Settings, (settings) =>
    SagaRunner.layer(RunningProcesses.sagas(hostedBy(settings), settings.fulfilmentLimits).map(({ saga }) => saga))
  )
)

const processes = Layer.unwrap(
  Effect.map(Settings, (settings) => {
    const { fulfilment, fulfilmentLimits } = settings
    const running = RunningProcesses.managers(hostedBy(settings), fulfilment, fulfilmentLimits).map(({ run }) => run)
    return ProcessMonitor.layer().pipe(Layer.provideMerge(ProcessManagerRunner.layer(running)))
  })
)

/** The rows of the contexts that are hosted, in the order of the table. */
const reactionsOf = (hosted: ReadonlyArray<ContextModule>) => {
  const rows = new Set(hosted.flatMap(({ reactions }) => reactions))
  return rows.size === 0
    ? []
    : [
        Reactions.handler(
          "choreography",
          Choreography.table.filter((row) => rows.has(row))
        )
      ]
}

const reacting = Layer.unwrap(
  Effect.map(Settings, (settings) => {
    const [{ fulfilment }, hosted] = [settings, hostedBy(settings)]
    const own = hosted.flatMap(({ handlers }) => handlers[fulfilment])
    const reactions = fulfilment === "choreographed" ? reactionsOf(hosted) : []
    return HandlerRunner.layer<ReactingServices>([...own, ...reactions])
  })
)

/** Fulfils orders while the layer lives. */
export const layer = Layer.merge(reacting, processes).pipe(
  Layer.provideMerge(sagas),
  Layer.provide([Subscriptions.layer, CommandSender.layer])
)
