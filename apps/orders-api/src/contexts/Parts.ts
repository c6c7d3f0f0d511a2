/**
 * Which context the modules of the service belong to: the context map is held to their imports as to those of a package.
 *
 * A name is what modules begin with, and the longest counts. Every module of the service is in one of the two lists: a test
 * says so of one that is not.
 */
import type { Conformance } from "@eventfold/context-map"

const room = "orders-api"

/** The modules of each context. */
const own: Readonly<Record<string, ReadonlyArray<string>>> = {
  ordering: [
    "buyers/",
    "commands/Order",
    "queries/Buyer",
    "queries/LiveOrders",
    "queries/Order",
    "queries/PiecesSold",
    "queries/Sales",
    "BuyerStreamIds",
    "OrderStreamId"
  ],
  fulfilment: ["fulfilment/", "commands/Notice", "queries/Saga", "FulfilmentSettings"],
  inventory: [
    "commands/Inventory",
    "commands/Reservation",
    "commands/Stock",
    "queries/Inventory",
    "InventoryStreamIds"
  ],
  payments: ["gateway/", "commands/Payment", "queries/Payment", "PaymentStreamId"],
  shipping: ["commands/Shipment", "queries/Shipment", "ShipmentStreamId"],
  billing: ["billing/", "commands/Billing", "queries/Billing", "BillingStreamIds"],
  notifications: [
    "notifications/",
    "commands/Recipient",
    "queries/Notification",
    "NotificationSettings",
    "NotificationStreamIds"
  ],
  analytics: ["analytics/", "queries/Analytics", "AnalyticsStreamIds"],
  catalog: ["catalog/", "commands/Catalog", "queries/Catalog", "CatalogStreamIds"],
  customers: [
    "commands/Customer",
    "commands/EmailHashes",
    "fulfilment/Registrations",
    "queries/Customer",
    "CustomerStreamIds"
  ],
  accounts: ["commands/Account", "commands/Transfer", "fulfilment/Transfers", "queries/Account", "AccountStreamId"]
}

/** The modules that put contexts together, or know of none. */
const common: ReadonlyArray<string> = [
  "archive/",
  "contexts/",
  "health/",
  "http/",
  "messaging/",
  "projections/",
  "services/",
  "commands/CommandHandlers",
  "commands/CommandRetention",
  "commands/LookUps",
  "fulfilment/Fulfilment",
  "fulfilment/RunningProcess",
  "fulfilment/SagaStart",
  "queries/Audit",
  "queries/BetweenContexts",
  "queries/EventSummary",
  "queries/Pages",
  "queries/QueryHandlers",
  "queries/SearchText",
  "queries/Shown",
  // It tells of the stock by what was sold: of two contexts.
  "queries/StockForecast",
  "queries/StreamEvents",
  "Banner",
  "CausedBy",
  "EnvironmentSettings",
  "Followers",
  "InvalidConfiguration",
  "LastResort",
  "Logging",
  "MessagingSettings",
  "Service",
  "HostingSettings",
  "ServiceSettings",
  "SettingVariables",
  "Settings",
  "index",
  "main"
]

/** To whom the modules of the service belong. */
export const parts: ReadonlyArray<Conformance.Part> = [
  ...Object.entries(own).flatMap(([context, modules]) =>
    modules.map((name) => ({ modules: `${room}/${name}`, context }))
  ),
  ...common.map((name) => ({ modules: `${room}/${name}` }))
]
