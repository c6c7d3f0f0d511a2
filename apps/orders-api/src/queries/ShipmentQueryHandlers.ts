/** Answers the queries about shipments: one from its stream, a list from its read model. Nothing here can write. */
import { Specification } from "@eventfold/decider"
import { ShipmentErrors, Shipments } from "@eventfold/domain-shipping"
import { QueryBus } from "@eventfold/event-store"
import { Effect, Option } from "effect"
import * as Pages from "./Pages.ts"
import { findShipments, getShipment } from "./ShipmentQueries.ts"
import { ShipmentStreams } from "./ShipmentStreams.ts"

/** The handlers of the queries about shipments. */
export const handlers = [
  QueryBus.handler(
    getShipment,
    Effect.fnUntraced(function* ({ shipmentId, tenant }) {
      const found = yield* (yield* ShipmentStreams).detail(tenant, shipmentId)
      return Option.isSome(found) ? found.value : yield* new ShipmentErrors.ShipmentNotFound({ shipmentId })
    })
  ),
  QueryBus.handler(findShipments, ({ after, limit, orderId, status, tenant, waiting }) => {
    const where = Specification.and(
      ...(orderId === undefined ? [] : [Shipments.ofOrder(orderId)]),
      ...(status === undefined ? [] : [Shipments.inStatus(status)]),
      ...(waiting === undefined ? [] : [Specification.eq(Shipments.rows.field("waiting"), waiting)])
    )
    return Pages.of(Shipments.readModel, { tenant, where, sort: Shipments.oldestFirst, limit, after }, (row) => row)
  })
]
