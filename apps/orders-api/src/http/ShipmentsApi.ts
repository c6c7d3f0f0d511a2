/** The endpoints for shipments: what each takes, answers and refuses. Versions, idempotency and problems are as for orders. */
import { ShipmentCommands, ShipmentId, Shipments, ShipmentStatus } from "@eventfold/domain-shipping"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ShipmentDetail } from "../queries/ShipmentQueries.ts"
import { about } from "./About.ts"
import * as CommandEndpoint from "./CommandEndpoint.ts"
import { oneAtVersion } from "./OneAtVersion.ts"
import { fresh, pageFields, pageQuery, ReadHeaders } from "./ReadRequests.ts"
import { OneHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"
import * as Bodies from "./ShipmentBodies.ts"
import { ShipmentRefusedProblem, UnknownShipment } from "./ShipmentProblems.ts"
import { TrueOrFalse } from "./TrueOrFalse.ts"

const shipment = { id: ShipmentId.ShipmentId }

const ShipmentAnswer = ShipmentCommands.ShipmentAnswer.annotate({ description: "Where the shipment stands now" })

const command = CommandEndpoint.command(ShipmentAnswer, UnknownShipment, ShipmentRefusedProblem)

/** A page of the list of shipments. */
export const ShipmentListPage = Schema.Struct({
  shipments: Schema.Array(Shipments.ShipmentRow),
  ...pageFields
}).annotate({ identifier: "ShipmentListPage", description: "A page of the list of shipments" })

/** The endpoints for shipments. */
export class ShipmentsApi extends HttpApiGroup.make("shipments")
  .add(
    HttpApiEndpoint.post("request", "/shipments", {
      ...command,
      payload: Bodies.RequestShipment,
      success: CommandEndpoint.created(ShipmentAnswer)
    }).annotateMerge(
      about(
        "Ask for an approved order to be shipped",
        "What goes where is read from the order. Its shipment has the UUID of the order, so asking twice names one shipment."
      )
    ),
    HttpApiEndpoint.post("pack", "/shipments/:id/pack", {
      params: shipment,
      payload: Bodies.PackShipment,
      ...command
    }).annotateMerge(about("Tell that the goods are packed")),
    HttpApiEndpoint.post("dispatch", "/shipments/:id/dispatch", {
      params: shipment,
      payload: Bodies.DispatchShipment,
      ...command
    }).annotateMerge(about("Tell that a carrier has taken the packages")),
    HttpApiEndpoint.post("delay", "/shipments/:id/delay", {
      params: shipment,
      payload: Bodies.DelayShipment,
      ...command
    }).annotateMerge(about("Tell that the carrier will be later than it was thought")),
    HttpApiEndpoint.post("deliver", "/shipments/:id/deliver", {
      params: shipment,
      payload: Bodies.DeliverShipment,
      ...command
    }).annotateMerge(about("Tell that somebody took the packages")),
    HttpApiEndpoint.post("cancel", "/shipments/:id/cancel", {
      params: shipment,
      payload: Bodies.CancelShipment,
      ...command
    }).annotateMerge(about("Call the shipment off before it leaves")),
    HttpApiEndpoint.get("get", "/shipments/:id", {
      params: shipment,
      headers: OneHeaders,
      success: oneAtVersion(ShipmentDetail),
      error: UnknownShipment
    }).annotateMerge(about("One shipment as it is now", "Read from its events: always up to date.")),
    HttpApiEndpoint.get("list", "/shipments", {
      query: {
        orderId: Schema.optionalKey(OrderId),
        status: Schema.optionalKey(ShipmentStatus.ShipmentStatus),
        waiting: Schema.optionalKey(TrueOrFalse),
        ...pageQuery
      },
      headers: ReadHeaders,
      success: fresh(ShipmentListPage)
    }).annotateMerge(
      about("Shipments, the one that was asked for first, first", "All, or those that pass every filter.")
    )
  )
  .annotate(ServedBy, "shipping")
  .annotateMerge(OpenApi.annotations({ title: "Shipments" })) {}
