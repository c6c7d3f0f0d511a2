/**
 * What contexts tell each other when they are asked. Whoever asks does so through the port `ContextQueries`, and so does not see
 * whether the other context is in its process.
 *
 * Other services can ask for the `answers` of the contexts that are hosted, and for nothing else. All of them are read from
 * streams and documents, so whoever asks sees what was stored before.
 */
import type { Documents } from "@eventfold/documents"
import { ContextQueries, type EventStore } from "@eventfold/event-store"
import type { ServiceRegistry } from "@eventfold/messaging"
import type { Breakers } from "@eventfold/processes"
import { ContextQueryBus, type HostedQueries } from "@eventfold/services"
import type { ReadModels } from "@eventfold/subscriptions"
import { Effect, Layer } from "effect"
import { ProductCatalog } from "../catalog/ProductCatalog.ts"
import { hostedBy, modules } from "../contexts/Hosting.ts"
import * as Elsewhere from "../services/Elsewhere.ts"
import { Settings } from "../Settings.ts"
import { CustomerStreams } from "./CustomerStreams.ts"
import { OrderStreams } from "./OrderStreams.ts"

/** What the handlers read. */
export type Tellers = CustomerStreams | OrderStreams | ProductCatalog

/** What the handlers read, from the stores of this process. */
export const tellers: Layer.Layer<Tellers, never, EventStore | Documents> = Layer.mergeAll(
  CustomerStreams.layer,
  OrderStreams.layer,
  ProductCatalog.layer
)

/** Queries between contexts that are all in this process. */
export const layer: Layer.Layer<ContextQueries, never, EventStore | Documents> = ContextQueries.layer<Tellers>(
  modules.flatMap(({ answers }) => answers)
).pipe(Layer.provide(tellers))

/**
 * Queries of a process: those of the contexts it hosts are answered here, and those of others where the registry says they are.
 * With it comes what other services may ask for.
 */
export const layerHosted: Layer.Layer<
  ContextQueries | HostedQueries,
  never,
  EventStore | Documents | ReadModels | Breakers | ServiceRegistry | Settings
> = Layer.unwrap(
  Effect.map(Settings, (settings) => {
    const handlers = hostedBy(settings).flatMap(({ answers, figures }) => [...answers, ...figures])
    return ContextQueryBus.layer<Tellers | ReadModels>(handlers).pipe(
      Layer.provide([tellers, Elsewhere.queries(handlers.map(({ name }) => name))])
    )
  })
)
