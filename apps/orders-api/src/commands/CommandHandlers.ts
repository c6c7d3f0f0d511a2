/** The command bus of the service: the commands of every context it serves. */
import type { Documents } from "@eventfold/documents"
import type { CardGateway } from "@eventfold/domain-payments"
import { ProductCatalog } from "../catalog/ProductCatalog.ts"
import {
  CommandBus,
  type CommandLog,
  type CommandServices,
  type KeyStore,
  type Transaction
} from "@eventfold/event-store"
import { Layer } from "effect"
import * as AccountCommandHandlers from "./AccountCommandHandlers.ts"
import * as CatalogCommandHandlers from "./CatalogCommandHandlers.ts"
import * as BillingCommandHandlers from "./BillingCommandHandlers.ts"
import * as CustomerCommandHandlers from "./CustomerCommandHandlers.ts"
import * as NoticeCommandHandlers from "./NoticeCommandHandlers.ts"
import * as OrderCommandHandlers from "./OrderCommandHandlers.ts"
import * as PaymentCommandHandlers from "./PaymentCommandHandlers.ts"
import * as ShipmentCommandHandlers from "./ShipmentCommandHandlers.ts"
import * as RecipientCommandHandlers from "./RecipientCommandHandlers.ts"
import * as ReservationCommandHandlers from "./ReservationCommandHandlers.ts"
import * as StockCommandHandlers from "./StockCommandHandlers.ts"
import * as TransferCommandHandlers from "./TransferCommandHandlers.ts"

/** What the handlers of the service need. */
type Services = CommandServices | CardGateway.CardGateway | KeyStore | Documents | Transaction | ProductCatalog

/** The command bus of the service. */
export const layer: Layer.Layer<CommandBus, never, Exclude<Services, ProductCatalog> | CommandLog> =
  CommandBus.layer<Services>([
    ...OrderCommandHandlers.handlers,
    ...AccountCommandHandlers.handlers,
    ...TransferCommandHandlers.handlers,
    ...CatalogCommandHandlers.handlers,
    ...CustomerCommandHandlers.handlers,
    ...PaymentCommandHandlers.handlers,
    ...ShipmentCommandHandlers.handlers,
    ...NoticeCommandHandlers.handlers,
    ...BillingCommandHandlers.handlers,
    ...RecipientCommandHandlers.handlers,
    ...StockCommandHandlers.handlers,
    ...ReservationCommandHandlers.handlers
  ]).pipe(Layer.provide(ProductCatalog.layer))
