/** Every route of the service behind the request pipeline: the API, its description, its documentation, the index. */
import { Layer } from "effect"
import { HttpApiBuilder, HttpApiScalar } from "effect/http-api"
import * as AccountsHandlers from "./AccountsHandlers.ts"
import { Api } from "./Api.ts"
import * as AuditHandlers from "./AuditHandlers.ts"
import * as BillingHandlers from "./BillingHandlers.ts"
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
import * as SagasHandlers from "./SagasHandlers.ts"
import * as SalesHandlers from "./SalesHandlers.ts"
import * as ShipmentsHandlers from "./ShipmentsHandlers.ts"
import * as SubscribersHandlers from "./SubscribersHandlers.ts"
import * as TransfersHandlers from "./TransfersHandlers.ts"
import * as WrongFields from "./WrongFields.ts"

/** Every route of the service. */
export const layer = Layer.mergeAll(
  RequestPipeline.layer,
  IndexPage.layer,
  HttpApiBuilder.layer(Api, { openapiPath: otherPaths.openapi }).pipe(
    Layer.provide([
      OrdersHandlers.layer,
      SalesHandlers.layer,
      AccountsHandlers.layer,
      TransfersHandlers.layer,
      CatalogHandlers.layer,
      CustomersHandlers.layer,
      PaymentsHandlers.layer,
      ShipmentsHandlers.layer,
      BillingHandlers.layer,
      NotificationsHandlers.layer,
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
  ),
  // Its default fonts would come from outside.
  HttpApiScalar.layer(Api, { path: otherPaths.docs, scalar: { withDefaultFonts: false } })
)
