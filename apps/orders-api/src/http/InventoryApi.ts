/**
 * The endpoints for stock and reservations: what each takes, answers and refuses. Versions, idempotency and problems are as
 * for orders.
 */
import { UtcDay } from "@eventfold/decider"
import {
  ReservationCommands,
  ReservationId,
  Reservations,
  ReservationStatus,
  StockCommands,
  StockCounts,
  StockLevels
} from "@eventfold/domain-inventory"
import { OrderId, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import * as StockForecast from "../queries/StockForecast.ts"
import { about } from "./About.ts"
import * as CommandEndpoint from "./CommandEndpoint.ts"
import * as Bodies from "./InventoryBodies.ts"
import { InventoryRefusedProblem, UnknownReservation, UnknownStock } from "./InventoryProblems.ts"
import { oneAtVersion } from "./OneAtVersion.ts"
import { optionalBody } from "./OptionalBody.ts"
import { pageSize } from "./PageSize.ts"
import { PointInTime } from "./PointInTime.ts"
import { fresh, pageFields, pageQuery, ReadHeaders } from "./ReadRequests.ts"
import { OneHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"
import { wholeNumber } from "./WholeNumber.ts"

const product = { productId: ProductId }
const reservation = { id: ReservationId }

const StockAnswer = StockCommands.StockAnswer.annotate({ description: "How much there is of the product now" })
const ReservationAnswer = ReservationCommands.ReservationAnswer.annotate({
  description: "Where the reservation stands now"
})

const stockCommand = { params: product, ...CommandEndpoint.command(StockAnswer, InventoryRefusedProblem) }

const reservationCommand = {
  params: reservation,
  payload: optionalBody(Bodies.EndReservation),
  ...CommandEndpoint.command(ReservationAnswer, UnknownReservation, InventoryRefusedProblem)
}

/** A page of the list of products. */
export const StockPage = Schema.Struct({ stock: Schema.Array(StockLevels.StockLevel), ...pageFields }).annotate({
  identifier: "StockPage",
  description: "A page of the list of products"
})

/** A page of the list of reservations. */
export const ReservationPage = Schema.Struct({
  reservations: Schema.Array(Reservations.ReservationRow),
  ...pageFields
}).annotate({ identifier: "ReservationPage", description: "A page of the list of reservations" })

/** A page of forecasts. */
export const StockForecastPage = Schema.Struct({
  forecasts: Schema.Array(StockForecast.StockForecast),
  /** The last of the 28 days over which it was counted what was sold. */
  day: UtcDay.UtcDay,
  ...pageFields
}).annotate({ identifier: "StockForecastPage", description: "A page of forecasts of how long the stock lasts" })

const pieces = { message: `must be a whole number of pieces from 0 to ${StockCounts.maximumOnHand}` }

/** The endpoints for stock and reservations. */
export class InventoryApi extends HttpApiGroup.make("inventory")
  .add(
    HttpApiEndpoint.get("list", "/inventory", {
      query: {
        availableAtMost: Schema.optionalKey(wholeNumber(pieces, 0, StockCounts.maximumOnHand)),
        ...pageQuery
      },
      headers: ReadHeaders,
      success: fresh(StockPage)
    }).annotateMerge(
      about(
        "Products in stock, the one of which the least is available first",
        "All of which anything has ever come in, or those of which no more than so many pieces are available: 0 finds what cannot be sold."
      )
    ),
    HttpApiEndpoint.get("forecast", "/inventory/forecast", {
      query: {
        productId: Schema.optionalKey(ProductId),
        day: Schema.optionalKey(UtcDay.UtcDay.annotate({ message: "must be a day such as 2026-03-31" })),
        ...pageQuery,
        limit: pageSize(StockForecast.largestForecastPage, 20)
      },
      headers: ReadHeaders,
      success: fresh(StockForecastPage)
    }).annotateMerge(
      about(
        "How long the stock lasts, the product of which the least is available first",
        "What is available, against what was sold per day over the last 28 days: what was placed and not cancelled, on the UTC day it was placed. A product that did not sell has no daysLeft."
      )
    ),
    HttpApiEndpoint.get("get", "/inventory/:productId", {
      params: product,
      headers: OneHeaders,
      success: oneAtVersion(StockAnswer),
      error: UnknownStock
    }).annotateMerge(
      about(
        "How much there is of a product",
        "Read from its events: always up to date. On hand is what is available or reserved, and received + adjusted = available + reserved + shipped."
      )
    ),
    HttpApiEndpoint.post("receive", "/inventory/:productId/receipts", {
      ...stockCommand,
      payload: Bodies.ReceiveStock
    }).annotateMerge(about("Take pieces in", "The first receipt makes a product known here.")),
    HttpApiEndpoint.post("adjust", "/inventory/:productId/adjustments", {
      ...stockCommand,
      payload: Bodies.AdjustStock
    }).annotateMerge(
      about(
        "Correct the count of a product",
        "By so many pieces, up or down. Refused when more is taken away than is available: what is reserved is promised."
      )
    ),
    HttpApiEndpoint.get("reservations", "/reservations", {
      query: {
        orderId: Schema.optionalKey(OrderId),
        status: Schema.optionalKey(ReservationStatus.ReservationStatus),
        overdueAt: Schema.optionalKey(PointInTime),
        ...pageQuery
      },
      headers: ReadHeaders,
      success: fresh(ReservationPage)
    }).annotateMerge(about("Reservations, the newest first", "All, or those that pass every filter.")),
    HttpApiEndpoint.post("reserve", "/reservations", {
      ...CommandEndpoint.command(ReservationAnswer, InventoryRefusedProblem),
      payload: Bodies.ReserveStock,
      success: CommandEndpoint.created(ReservationAnswer)
    }).annotateMerge(
      about(
        "Reserve several products for an order: all of it, or nothing",
        "Refused with every line that is short. Choose the reservation's id, or leave it out: then it is derived from the Idempotency-Key, so that a repetition names the same reservation."
      )
    ),
    HttpApiEndpoint.get("reservation", "/reservations/:id", {
      params: reservation,
      headers: OneHeaders,
      success: oneAtVersion(ReservationAnswer),
      error: UnknownReservation
    }).annotateMerge(about("One reservation as it is now", "Read from its events: always up to date.")),
    HttpApiEndpoint.post("release", "/reservations/:id/release", reservationCommand).annotateMerge(
      about(
        "Release a reservation: what it holds is available again",
        "It may be released twice, and before it is made: then it never can be."
      )
    ),
    HttpApiEndpoint.post("commit", "/reservations/:id/commit", reservationCommand).annotateMerge(
      about("Commit a reservation: what it holds has left the house")
    ),
    HttpApiEndpoint.post("expire", "/reservations/:id/expire", reservationCommand).annotateMerge(
      about(
        "End a reservation whose time is over",
        "The service does so by itself. Refused before its time. One that was released or committed by then stays as it is."
      )
    )
  )
  .annotate(ServedBy, "inventory")
  .annotateMerge(OpenApi.annotations({ title: "Inventory" })) {}
