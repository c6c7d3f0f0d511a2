/**
 * The service put together: buses, read models, health and routes over the ports of the event store.
 *
 * Which ports (memory, embedded database, server) and which HTTP server is decided outside; nothing here knows.
 */
import { type Documents, DocumentsMemory } from "@eventfold/documents"
import {
  type Audit,
  type CommandLog,
  type CommandServices,
  type KeyStore,
  layerMemory as layerEventStoreMemory,
  Transaction
} from "@eventfold/event-store"
import { type Inbox, InboxMemory, type MessageBroker, MessageBrokerMemory } from "@eventfold/messaging"
import { type Timers, TimersMemory } from "@eventfold/processes"
import { layerMemory as layerReadSideMemory, NodePlacement } from "@eventfold/subscriptions"
import { Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"
import * as CatalogRestored from "./catalog/CatalogRestored.ts"
import { ProductCatalog } from "./catalog/ProductCatalog.ts"
import * as CommandHandlers from "./commands/CommandHandlers.ts"
import * as CommandRetention from "./commands/CommandRetention.ts"
import * as DatabaseContexts from "./contexts/DatabaseContexts.ts"
import { hosts } from "./contexts/Hosting.ts"
import { HealthChecks } from "./health/HealthChecks.ts"
import * as Followers from "./Followers.ts"
import * as Fulfilment from "./fulfilment/Fulfilment.ts"
import * as Closing from "./http/Closing.ts"
import * as Routes from "./http/Routes.ts"
import * as Messaging from "./messaging/Messaging.ts"
import { Post } from "./notifications/Post.ts"
import type { Subscribers } from "./messaging/Subscribers.ts"
import * as ReadSide from "./projections/ReadSide.ts"
import { AccountStreams } from "./queries/AccountStreams.ts"
import { AuditTrail } from "./queries/AuditQueries.ts"
import * as BetweenContexts from "./queries/BetweenContexts.ts"
import { BuyerStreams } from "./queries/BuyerStreams.ts"
import { CustomerStreams } from "./queries/CustomerStreams.ts"
import { InventoryStreams } from "./queries/InventoryStreams.ts"
import { NotificationStreams } from "./queries/NotificationStreams.ts"
import { OrderStreams } from "./queries/OrderStreams.ts"
import { PaymentStreams } from "./queries/PaymentStreams.ts"
import * as QueryHandlers from "./queries/QueryHandlers.ts"
import { ShipmentStreams } from "./queries/ShipmentStreams.ts"
import * as Registration from "./services/Registration.ts"
import * as Registry from "./services/Registry.ts"
import { Settings } from "./Settings.ts"

/** What the service keeps its data in. */
export type Ports =
  | CommandServices
  | Audit
  | Transaction
  | CommandLog
  | KeyStore
  | ReadSide.ReadSidePorts
  | Timers
  | Documents
  | Inbox
  | MessageBroker

/** The ports in memory: everything is gone when the program ends. */
export const portsMemory = Layer.mergeAll(
  layerEventStoreMemory,
  layerReadSideMemory,
  TimersMemory.layerMemory,
  DocumentsMemory.layerMemory,
  MessageBrokerMemory.layerMemory(),
  Layer.provide(InboxMemory.layerMemory, Transaction.layerMemory)
)

const restoring = Layer.unwrap(
  Effect.map(Settings, (settings) => (hosts(settings, "catalog") ? CatalogRestored.layer : Layer.empty))
)

const server = HttpRouter.serve(Layer.mergeAll(Routes.layer, CommandRetention.layer, restoring), {
  // The pipeline writes its own line per request, and the banner tells the address.
  disableLogger: true,
  disableListenLog: true
})

const running = (hearing: Subscribers | undefined) =>
  Layer.merge(Closing.announce, Registration.layer).pipe(
    Layer.provideMerge(server),
    Layer.provide(Closing.Closing.layer),
    Layer.provide([QueryHandlers.layer, HealthChecks.layer]),
    Layer.provide(
      Layer.provideMerge(
        Layer.mergeAll(Fulfilment.layer, Followers.layer, Messaging.layer(hearing)),
        CommandHandlers.layerHosted
      )
    ),
    Layer.provide(BetweenContexts.layerHosted),
    Layer.provide(Layer.provideMerge(Fulfilment.breakers, Registry.layer)),
    Layer.provide([
      Post.layer,
      ReadSide.layer,
      OrderStreams.layer,
      AccountStreams.layer,
      BuyerStreams.layer,
      CustomerStreams.layer,
      InventoryStreams.layer,
      PaymentStreams.layer,
      ShipmentStreams.layer,
      NotificationStreams.layer,
      AuditTrail.layer,
      ProductCatalog.layer
    ]),
    Layer.provide(NodePlacement.layer())
  )

/**
 * The service on an HTTP server, over the ports, with these subscribers, or those of the contexts that it hosts. It does not start
 * on a database that is for other contexts.
 */
export const layerWith = (hearing?: Subscribers) =>
  Layer.unwrap(Effect.map(DatabaseContexts.claim, () => running(hearing)))

/** The service on an HTTP server, over the ports. */
export const layer = layerWith()
