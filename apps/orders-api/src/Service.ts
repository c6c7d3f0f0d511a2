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
import { layerMemory as layerReadSideMemory } from "@eventfold/subscriptions"
import { Layer } from "effect"
import { HttpRouter } from "effect/http"
import * as CatalogRestored from "./catalog/CatalogRestored.ts"
import { ProductCatalog } from "./catalog/ProductCatalog.ts"
import * as CommandHandlers from "./commands/CommandHandlers.ts"
import * as CommandRetention from "./commands/CommandRetention.ts"
import { HealthChecks } from "./health/HealthChecks.ts"
import * as Followers from "./Followers.ts"
import * as Fulfilment from "./fulfilment/Fulfilment.ts"
import * as Closing from "./http/Closing.ts"
import * as Routes from "./http/Routes.ts"
import * as Messaging from "./messaging/Messaging.ts"
import { subscribers, type Subscribers } from "./messaging/Subscribers.ts"
import * as ReadSide from "./projections/ReadSide.ts"
import { AccountStreams } from "./queries/AccountStreams.ts"
import { AuditTrail } from "./queries/AuditQueries.ts"
import { CustomerStreams } from "./queries/CustomerStreams.ts"
import { InventoryStreams } from "./queries/InventoryStreams.ts"
import { NotificationStreams } from "./queries/NotificationStreams.ts"
import { OrderStreams } from "./queries/OrderStreams.ts"
import { PaymentStreams } from "./queries/PaymentStreams.ts"
import * as QueryHandlers from "./queries/QueryHandlers.ts"
import { ShipmentStreams } from "./queries/ShipmentStreams.ts"

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

const server = HttpRouter.serve(Layer.mergeAll(Routes.layer, CommandRetention.layer, CatalogRestored.layer), {
  // The pipeline writes its own line per request, and the banner tells the address.
  disableLogger: true,
  disableListenLog: true
})

/** The service on an HTTP server, over the ports, with these subscribers. */
export const layerWith = (hearing: Subscribers) =>
  Closing.announce.pipe(
    Layer.provideMerge(server),
    Layer.provide(Closing.Closing.layer),
    Layer.provide([QueryHandlers.layer, HealthChecks.layer]),
    Layer.provide(
      Layer.provideMerge(
        Layer.mergeAll(Fulfilment.layer, Followers.layer, Messaging.layer(hearing)),
        CommandHandlers.layer
      )
    ),
    Layer.provide([
      ReadSide.layer,
      OrderStreams.layer,
      AccountStreams.layer,
      CustomerStreams.layer,
      InventoryStreams.layer,
      PaymentStreams.layer,
      ShipmentStreams.layer,
      NotificationStreams.layer,
      AuditTrail.layer,
      ProductCatalog.layer
    ])
  )

/** The service on an HTTP server, over the ports. */
export const layer = layerWith(subscribers)
