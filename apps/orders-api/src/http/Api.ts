/**
 * The whole API as one value: `HttpApiClient.make(Api)` is a typed client, the server implements it, OpenAPI describes it.
 *
 * Input is strict: every wrong field is reported at once, and so is a field nobody knows.
 */
import { HttpApi, HttpApiMiddleware, OpenApi } from "effect/http-api"
import packageJson from "../../package.json" with { type: "json" }
import { AccountsApi } from "./AccountsApi.ts"
import { AnalyticsApi } from "./AnalyticsApi.ts"
import { polished } from "./ApiDescription.ts"
import { AuditApi } from "./AuditApi.ts"
import { BillingApi } from "./BillingApi.ts"
import { BuyersApi } from "./BuyersApi.ts"
import { CatalogApi } from "./CatalogApi.ts"
import { ContextsApi } from "./ContextsApi.ts"
import { CustomersApi } from "./CustomersApi.ts"
import { DeadLettersApi } from "./DeadLettersApi.ts"
import { HealthApi } from "./HealthApi.ts"
import { InventoryApi } from "./InventoryApi.ts"
import { MessagesApi } from "./MessagesApi.ts"
import { NotificationsApi } from "./NotificationsApi.ts"
import { OrdersApi } from "./OrdersApi.ts"
import { PaymentsApi } from "./PaymentsApi.ts"
import { PrivacyApi } from "./PrivacyApi.ts"
import { InternalError, InvalidRequest, UnavailableProblem } from "./Problems.ts"
import { ProcessesApi } from "./ProcessesApi.ts"
import { ProjectionsApi } from "./ProjectionsApi.ts"
import { SagasApi } from "./SagasApi.ts"
import { SalesApi } from "./SalesApi.ts"
import { ShipmentsApi } from "./ShipmentsApi.ts"
import { SubscribersApi } from "./SubscribersApi.ts"
import { TransfersApi } from "./TransfersApi.ts"

/** The version of the service. */
export const version = packageJson.version

/** Rules that hold for every endpoint: what is not valid, not possible right now, or a mistake is a problem document. */
export class RequestRules extends HttpApiMiddleware.Service<RequestRules>()("@eventfold/orders-api/RequestRules", {
  error: [InvalidRequest, InternalError, UnavailableProblem]
}) {}

/** How requests are checked: all of it, and nothing unknown. */
export const strictly = { errors: "all", onExcessProperty: "error" } as const

/** The whole API. */
export const Api = HttpApi.make("orders-api")
  .add(OrdersApi, SalesApi, AccountsApi, TransfersApi, InventoryApi, PaymentsApi, ShipmentsApi, SagasApi, ProcessesApi)
  .add(BuyersApi, BillingApi, NotificationsApi, AnalyticsApi)
  .add(
    CatalogApi,
    CustomersApi,
    ContextsApi,
    MessagesApi,
    SubscribersApi,
    ProjectionsApi,
    DeadLettersApi,
    AuditApi,
    PrivacyApi,
    HealthApi
  )
  .middleware(RequestRules)
  .annotate(HttpApi.ParamsParseOptions, { errors: "all" })
  .annotate(HttpApi.HeadersParseOptions, { errors: "all" })
  .annotate(HttpApi.QueryParseOptions, strictly)
  .annotate(HttpApi.PayloadParseOptions, strictly)
  .annotateMerge(
    OpenApi.annotations({
      title: "eventfold orders",
      version,
      description: [
        "Orders from draft to delivery, stock and its reservations, payments, shipments, invoices, notifications, customers, and bank accounts, as streams of events.",
        'Commands answer the version of the order, account, product, reservation, payment, shipment or customer as `ETag`; with `If-Match: "3"` they happen only at version 3.',
        "With an `Idempotency-Key` (a UUID) a repetition answers what the first one answered and changes nothing.",
        "Questions about many orders or accounts are answered from read models, which follow the events. Every command answers a `Consistency-Token`: a question that carries it knows of that command, or is answered 503. `Up-To-Date` says whether anything was missing.",
        "`X-Correlation-Id` is kept with every event and in every log line; `X-Actor` (who) and `X-Reason` (why) are kept with every event.",
        'Money is a whole number of minor units: `{ "amount": 1840, "currency": "USD" }` is 18.40 USD.',
        "Problems are RFC 9457 documents; `type` tells them apart."
      ].join("\n\n"),
      license: { name: "MIT" },
      transform: polished
    })
  )
