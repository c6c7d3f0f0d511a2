/** The command bus of a process: the commands of the contexts it hosts. */
import type { Documents } from "@eventfold/documents"
import type { PriceList } from "@eventfold/domain-ordering"
import type { CardGateway } from "@eventfold/domain-payments"
import type { OrdersToShip } from "@eventfold/domain-shipping"
import {
  CommandBus,
  type CommandLog,
  type CommandServices as EventSourced,
  type ContextQueries,
  type KeyStore,
  type Transaction
} from "@eventfold/event-store"
import type { ServiceRegistry } from "@eventfold/messaging"
import type { Breakers } from "@eventfold/processes"
import { ContextCommandBus, type HostedCommands } from "@eventfold/services"
import { Effect, Layer } from "effect"
import type { ContextModule } from "../contexts/ContextModule.ts"
import { hostedBy, modules } from "../contexts/Hosting.ts"
import * as Elsewhere from "../services/Elsewhere.ts"
import { Settings } from "../Settings.ts"
import * as OrderPriceList from "./OrderPriceList.ts"
import * as ShipmentOrders from "./ShipmentOrders.ts"

/** What the handlers of commands may use. */
export type CommandServices = Stores | PriceList.PriceList | OrdersToShip.OrdersToShip

type Stores = EventSourced | CardGateway.CardGateway | KeyStore | Documents | Transaction

/** What commands ask other contexts through. */
const ports = Layer.merge(OrderPriceList.layer, ShipmentOrders.layer)

/** The command bus over the commands of these contexts. */
const of = (
  hosted: ReadonlyArray<ContextModule>
): Layer.Layer<CommandBus, never, Stores | CommandLog | ContextQueries> =>
  CommandBus.layer<CommandServices>(hosted.flatMap(({ commands }) => commands)).pipe(Layer.provide(ports))

/** The command bus over the commands of all contexts. */
export const layer = of(modules)

/**
 * The command bus of a process: commands of the contexts it hosts are handled here, and those of others where the registry says
 * they are. With it comes what of them other services may ask for.
 */
export const layerHosted: Layer.Layer<
  CommandBus | HostedCommands,
  never,
  Stores | CommandLog | ContextQueries | Breakers | ServiceRegistry | Settings
> = Layer.unwrap(
  Effect.map(Settings, (settings) => {
    const handlers = hostedBy(settings).flatMap(({ commands }) => commands)
    return ContextCommandBus.layer<CommandServices>(handlers).pipe(
      Layer.provide([ports, Elsewhere.commands(handlers.map(({ name }) => name))])
    )
  })
)
