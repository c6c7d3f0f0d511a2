/** The query bus of a process: the queries of the contexts it hosts, and those about its sagas and its audit. */
import { type ContextQueries, QueryBus } from "@eventfold/event-store"
import type { ReadModels } from "@eventfold/subscriptions"
import { Effect, Layer } from "effect"
import type { ProductCatalog } from "../catalog/ProductCatalog.ts"
import { hostedBy } from "../contexts/Hosting.ts"
import type { SearchWords } from "../projections/SearchWords.ts"
import { Settings } from "../Settings.ts"
import type { AccountStreams } from "./AccountStreams.ts"
import * as AuditQueries from "./AuditQueries.ts"
import type { BuyerStreams } from "./BuyerStreams.ts"
import type { CustomerStreams } from "./CustomerStreams.ts"
import type { InventoryStreams } from "./InventoryStreams.ts"
import type { NotificationStreams } from "./NotificationStreams.ts"
import type { OrderStreams } from "./OrderStreams.ts"
import type { PaymentStreams } from "./PaymentStreams.ts"
import * as SagaQueries from "./SagaQueries.ts"
import type { ShipmentStreams } from "./ShipmentStreams.ts"

/** What the handlers of queries may use: nothing that writes. */
export type Readers =
  | OrderStreams
  | AccountStreams
  | BuyerStreams
  | CustomerStreams
  | InventoryStreams
  | PaymentStreams
  | ShipmentStreams
  | NotificationStreams
  | ProductCatalog
  | AuditQueries.AuditTrail
  | ReadModels
  | SearchWords
  | ContextQueries

/** The query bus of a process. */
export const layer: Layer.Layer<QueryBus, never, Readers | Settings> = Layer.unwrap(
  Effect.map(Settings, (settings) =>
    QueryBus.layer<Readers>([
      ...hostedBy(settings).flatMap(({ queries }) => queries),
      ...SagaQueries.handlers,
      ...AuditQueries.handlers
    ])
  )
)
