/**
 * Every route of a process behind the request pipeline: the API of the contexts it hosts, its description, its documentation, the
 * index, and what other services ask for.
 */
import { ServiceEndpoint } from "@eventfold/services"
import { Effect, Layer } from "effect"
import { HttpApiBuilder, HttpApiScalar } from "effect/http-api"
import * as AccountsHandlers from "./AccountsHandlers.ts"
import * as AnalyticsHandlers from "./AnalyticsHandlers.ts"
import { Settings, type SettingsShape } from "../Settings.ts"
import type { Api } from "./Api.ts"
import * as AuditHandlers from "./AuditHandlers.ts"
import * as BillingHandlers from "./BillingHandlers.ts"
import * as BuyersHandlers from "./BuyersHandlers.ts"
import * as CatalogHandlers from "./CatalogHandlers.ts"
import * as CustomersHandlers from "./CustomersHandlers.ts"
import * as ContextsHandlers from "./ContextsHandlers.ts"
import * as DeadLettersHandlers from "./DeadLettersHandlers.ts"
import * as HealthHandlers from "./HealthHandlers.ts"
import * as IndexPage from "./IndexPage.ts"
import * as InventoryHandlers from "./InventoryHandlers.ts"
import * as MessagesHandlers from "./MessagesHandlers.ts"
import * as NotificationsHandlers from "./NotificationsHandlers.ts"
import * as OrdersHandlers from "./OrdersHandlers.ts"
import { otherPaths } from "./Paths.ts"
import * as PaymentsHandlers from "./PaymentsHandlers.ts"
import * as PrivacyHandlers from "./PrivacyHandlers.ts"
import * as ProcessesHandlers from "./ProcessesHandlers.ts"
import * as ProjectionsHandlers from "./ProjectionsHandlers.ts"
import * as RequestPipeline from "./RequestPipeline.ts"
import { servedApi } from "./ServedApi.ts"
import * as SagasHandlers from "./SagasHandlers.ts"
import * as SalesHandlers from "./SalesHandlers.ts"
import * as ShipmentsHandlers from "./ShipmentsHandlers.ts"
import * as SubscribersHandlers from "./SubscribersHandlers.ts"
import * as TransfersHandlers from "./TransfersHandlers.ts"
import * as WrongFields from "./WrongFields.ts"

const apiOf = (api: typeof Api) =>
  HttpApiBuilder.layer(api, { openapiPath: otherPaths.openapi }).pipe(
    Layer.provide([
      OrdersHandlers.layer,
      SalesHandlers.layer,
      AccountsHandlers.layer,
      TransfersHandlers.layer,
      CatalogHandlers.layer,
      CustomersHandlers.layer,
      PaymentsHandlers.layer,
      ShipmentsHandlers.layer,
      BuyersHandlers.layer,
      BillingHandlers.layer,
      NotificationsHandlers.layer,
      AnalyticsHandlers.layer,
      SagasHandlers.layer,
      ProcessesHandlers.layer,
      InventoryHandlers.layer,
      ContextsHandlers.layer,
      MessagesHandlers.layer,
      SubscribersHandlers.layer,
      ProjectionsHandlers.layer,
      DeadLettersHandlers.layer,
      AuditHandlers.layer,
      PrivacyHandlers.layer,
      HealthHandlers.layer
    ]),
    Layer.provide(WrongFields.layer)
  )

// Its default fonts would come from outside.
const docsOf = (api: typeof Api) =>
  HttpApiScalar.layer(api, { path: otherPaths.docs, scalar: { withDefaultFonts: false } })

/** What other services ask for. Settings that were checked have a credential that nobody refuses. */
const ofServices = ({ serviceCredential: credential, serviceCredentialAlso: alsoAccepted }: SettingsShape) =>
  credential === undefined
    ? Layer.empty
    : Layer.orDie(ServiceEndpoint.layer({ credential, ...(alsoAccepted === undefined ? {} : { alsoAccepted }) }))

/** Every route of a process. */
export const layer = Layer.unwrap(
  Effect.map(Settings, (settings) => {
    const api = servedApi(settings)
    return Layer.mergeAll(RequestPipeline.layer, IndexPage.layer, apiOf(api), docsOf(api), ofServices(settings))
  })
)
