/** The query bus of the service: the queries of every context it serves. */
import { QueryBus } from "@eventfold/event-store"
import type { Layer } from "effect"
import * as AccountQueryHandlers from "./AccountQueryHandlers.ts"
import type { AccountStreams } from "./AccountStreams.ts"
import * as AuditQueries from "./AuditQueries.ts"
import type { OrderList } from "./OrderList.ts"
import * as OrderQueryHandlers from "./OrderQueryHandlers.ts"
import type { OrderStreams } from "./OrderStreams.ts"

type Readers = OrderList | OrderStreams | AccountStreams | AuditQueries.AuditTrail

/** The query bus of the service. */
export const layer: Layer.Layer<QueryBus, never, Readers> = QueryBus.layer<Readers>([
  ...OrderQueryHandlers.handlers,
  ...AccountQueryHandlers.handlers,
  ...AuditQueries.handlers
])
