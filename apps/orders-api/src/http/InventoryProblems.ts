/** What the service answers when stock or a reservation refuses, or is not there: problem details like those in `Problems.ts`. */
import { ReservationErrors, ReservationId, StockErrors } from "@eventfold/domain-inventory"
import type { DispatchError, QueryFailure, UnknownMessage } from "@eventfold/event-store"
import { ProductId } from "@eventfold/shared-kernel"
import { Effect, Schema } from "effect"
import { ProblemDetails } from "effect/http"
import { HttpApiError, HttpApiSchema } from "effect/http-api"
import type { StockNotFound } from "../queries/InventoryQueries.ts"
import * as CommandProblems from "./CommandProblems.ts"
import * as Problems from "./Problems.ts"

/** Nothing of this product has ever come in. */
export class UnknownStock extends HttpApiError.Problem<UnknownStock>()(
  "UnknownStock",
  { type: Problems.problemType("stock-not-found"), status: 404, title: "Nothing of this product has ever come in" },
  { productId: ProductId }
) {}

/** Nobody has made a reservation with this id. */
export class UnknownReservation extends HttpApiError.Problem<UnknownReservation>()(
  "UnknownReservation",
  { type: Problems.problemType("reservation-not-found"), status: 404, title: "There is no such reservation" },
  { reservationId: ReservationId }
) {}

/** Stock or a reservation refuses the command. One `type` per reason. */
export class InventoryRefused extends Schema.Error<InventoryRefused>("InventoryRefused")(
  {
    type: Schema.Literals(
      [...StockErrors.StockRefusal.members, ...ReservationErrors.ReservationRefusal.members]
        .map((refusal) => refusal.fields._tag.schema.literal)
        .filter((tag) => tag !== "ReservationNotFound")
        .map((tag) => Problems.typeOf({ _tag: tag }))
    ),
    status: Schema.tag(409),
    title: Schema.String,
    detail: Schema.String,
    /** The reason with its facts; `_tag` tells them apart. */
    refusal: Schema.Union([...StockErrors.StockRefusal.members, ...ReservationErrors.ReservationRefusal.members])
  },
  { description: "Stock or a reservation refuses the command", httpApiStatus: 409 }
) {
  readonly _tag = "InventoryRefused"

  override get message() {
    return this.detail
  }

  /** The problem that tells of a refusal. */
  static of(
    refusal:
      | StockErrors.StockRefusal
      | Exclude<ReservationErrors.ReservationRefusal, ReservationErrors.ReservationNotFound>
  ): InventoryRefused {
    return new InventoryRefused({
      type: Problems.typeOf(refusal),
      title: Problems.titleOf(refusal),
      detail: refusal.message,
      refusal
    })
  }
}

/** {@link InventoryRefused} as problem details. */
export const InventoryRefusedProblem = InventoryRefused.pipe(
  HttpApiSchema.asJson({ contentType: ProblemDetails.contentType })
)

const unknown = ({ message, reservationId }: ReservationErrors.ReservationNotFound) =>
  Effect.fail(new UnknownReservation({ reservationId, detail: message }))

/** The problem of a command on stock that failed. */
export const ofStockCommand = (
  error: StockErrors.StockRefusal | DispatchError,
  idempotencyKey: string
): Effect.Effect<never, CommandProblems.DispatchProblem | InventoryRefused> =>
  error._tag === "StockTooLarge" || error._tag === "AdjustmentExceedsStock"
    ? Effect.fail(InventoryRefused.of(error))
    : CommandProblems.ofDispatch(error, idempotencyKey)

/** The problem of a command on a reservation that failed. */
export const ofReservationCommand = (
  error: ReservationErrors.ReservationRefusal | DispatchError,
  idempotencyKey: string
): Effect.Effect<never, CommandProblems.DispatchProblem | UnknownReservation | InventoryRefused> => {
  switch (error._tag) {
    case "ReservationNotFound":
      return unknown(error)
    case "InsufficientStock":
    case "ReservationDiffers":
    case "ReservationEnded":
    case "ReservationAlreadyCommitted":
    case "ReservationNotDue":
      return Effect.fail(InventoryRefused.of(error))
    default:
      return CommandProblems.ofDispatch(error, idempotencyKey)
  }
}

/** The problem of a query about one product that failed. */
export const ofStockQuery = (
  error: StockNotFound | QueryFailure | UnknownMessage
): Effect.Effect<never, UnknownStock | Problems.Unavailable> =>
  error._tag === "StockNotFound"
    ? Effect.fail(new UnknownStock({ productId: error.productId, detail: error.message }))
    : CommandProblems.ofQuery(error)

/** The problem of a query about one reservation that failed. */
export const ofReservationQuery = (
  error: ReservationErrors.ReservationNotFound | QueryFailure | UnknownMessage
): Effect.Effect<never, UnknownReservation | Problems.Unavailable> =>
  error._tag === "ReservationNotFound" ? unknown(error) : CommandProblems.ofQuery(error)
