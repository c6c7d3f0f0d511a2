/** The query bus of the service: the queries of every context it serves. */
import { QueryBus } from "@eventfold/event-store"
import type { ReadModels } from "@eventfold/subscriptions"
import type { Layer } from "effect"
import type { SearchWords } from "../projections/SearchWords.ts"
import * as AccountQueryHandlers from "./AccountQueryHandlers.ts"
import * as AccountReadHandlers from "./AccountReadHandlers.ts"
import type { ProductCatalog } from "../catalog/ProductCatalog.ts"
import type { AccountStreams } from "./AccountStreams.ts"
import * as AuditQueries from "./AuditQueries.ts"
import * as BillingQueryHandlers from "./BillingQueryHandlers.ts"
import * as CatalogQueryHandlers from "./CatalogQueryHandlers.ts"
import * as CustomerQueryHandlers from "./CustomerQueryHandlers.ts"
import type { CustomerStreams } from "./CustomerStreams.ts"
import * as InventoryQueryHandlers from "./InventoryQueryHandlers.ts"
import type { InventoryStreams } from "./InventoryStreams.ts"
import * as NotificationQueryHandlers from "./NotificationQueryHandlers.ts"
import type { NotificationStreams } from "./NotificationStreams.ts"
import * as OrderQueryHandlers from "./OrderQueryHandlers.ts"
import * as OrderReadHandlers from "./OrderReadHandlers.ts"
import type { OrderStreams } from "./OrderStreams.ts"
import * as PaymentQueryHandlers from "./PaymentQueryHandlers.ts"
import type { PaymentStreams } from "./PaymentStreams.ts"
import * as SagaQueries from "./SagaQueries.ts"
import * as SalesQueryHandlers from "./SalesQueryHandlers.ts"
import * as StockForecast from "./StockForecast.ts"
import * as ShipmentQueryHandlers from "./ShipmentQueryHandlers.ts"
import type { ShipmentStreams } from "./ShipmentStreams.ts"

type Readers =
  | OrderStreams
  | AccountStreams
  | CustomerStreams
  | InventoryStreams
  | PaymentStreams
  | ShipmentStreams
  | NotificationStreams
  | ProductCatalog
  | AuditQueries.AuditTrail
  | ReadModels
  | SearchWords

/** The query bus of the service. */
export const layer: Layer.Layer<QueryBus, never, Readers> = QueryBus.layer<Readers>([
  ...OrderQueryHandlers.handlers,
  ...OrderReadHandlers.handlers,
  ...SalesQueryHandlers.handlers,
  ...AccountQueryHandlers.handlers,
  ...AccountReadHandlers.handlers,
  ...CatalogQueryHandlers.handlers,
  ...CustomerQueryHandlers.handlers,
  ...PaymentQueryHandlers.handlers,
  ...ShipmentQueryHandlers.handlers,
  ...BillingQueryHandlers.handlers,
  ...NotificationQueryHandlers.handlers,
  ...SagaQueries.handlers,
  ...InventoryQueryHandlers.handlers,
  StockForecast.handler,
  ...AuditQueries.handlers
])
