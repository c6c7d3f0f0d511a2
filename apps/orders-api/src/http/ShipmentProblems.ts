/** What the service answers when a shipment refuses, or is not there: problem details like those in `Problems.ts`. */
import { ShipmentErrors, ShipmentId, ShipmentStatus } from "@eventfold/domain-shipping"
import type { DispatchError, QueryFailure, UnknownMessage } from "@eventfold/event-store"
import { Effect, Schema } from "effect"
import { ProblemDetails } from "effect/http"
import { HttpApiError, HttpApiSchema } from "effect/http-api"
import * as CommandProblems from "./CommandProblems.ts"
import * as Problems from "./Problems.ts"

/** Nobody has asked for a shipment with this id. */
export class UnknownShipment extends HttpApiError.Problem<UnknownShipment>()(
  "UnknownShipment",
  { type: Problems.problemType("shipment-not-found"), status: 404, title: "There is no such shipment" },
  { shipmentId: ShipmentId.ShipmentId }
) {}

const refusalType = Schema.Literals(
  ShipmentErrors.ShipmentRefusal.members
    .map((refusal) => refusal.fields._tag.schema.literal)
    .filter((tag) => tag !== "ShipmentNotFound")
    .map((tag) => Problems.typeOf({ _tag: tag }))
)

/** The shipment refuses the command. One `type` per reason. */
export class ShipmentRefused extends Schema.Error<ShipmentRefused>("ShipmentRefused")(
  {
    type: refusalType,
    status: Schema.tag(409),
    title: Schema.String,
    detail: Schema.String,
    /** Where the shipment stands, where that is the reason. */
    shipmentStatus: Schema.optionalKey(ShipmentStatus.ShipmentStatus),
    /** The reason with its facts; `_tag` tells them apart. */
    refusal: ShipmentErrors.ShipmentRefusal
  },
  { description: "The shipment refuses the command", httpApiStatus: 409 }
) {
  readonly _tag = "ShipmentRefused"

  override get message() {
    return this.detail
  }

  /** The problem that tells of a refusal. */
  static of(refusal: Exclude<ShipmentErrors.ShipmentRefusal, ShipmentErrors.ShipmentNotFound>): ShipmentRefused {
    return new ShipmentRefused({
      type: Problems.typeOf(refusal),
      title: Problems.titleOf(refusal),
      detail: refusal.message,
      ...("status" in refusal ? { shipmentStatus: refusal.status } : {}),
      refusal
    })
  }
}

/** {@link ShipmentRefused} as problem details. */
export const ShipmentRefusedProblem = ShipmentRefused.pipe(
  HttpApiSchema.asJson({ contentType: ProblemDetails.contentType })
)

const unknown = ({ message, shipmentId }: ShipmentErrors.ShipmentNotFound) =>
  Effect.fail(new UnknownShipment({ shipmentId, detail: message }))

/** The problem of a command on a shipment that failed. */
export const ofCommand = (
  error: ShipmentErrors.ShipmentRefusal | DispatchError,
  idempotencyKey: string
): Effect.Effect<never, CommandProblems.DispatchProblem | UnknownShipment | ShipmentRefused> => {
  switch (error._tag) {
    case "ShipmentNotFound":
      return unknown(error)
    case "ShipmentImpossible":
    case "ShipmentOfAnotherOrder":
    case "ShipmentAlreadyPacked":
    case "ShipmentNotPacked":
    case "ShipmentNotDispatched":
    case "ShipmentAlreadyDispatched":
    case "ShipmentAlreadyDelivered":
    case "ShipmentAlreadyCancelled":
      return Effect.fail(ShipmentRefused.of(error))
    default:
      return CommandProblems.ofDispatch(error, idempotencyKey)
  }
}

/** The problem of a query about one shipment that failed. */
export const ofQuery = (
  error: ShipmentErrors.ShipmentNotFound | QueryFailure | UnknownMessage
): Effect.Effect<never, UnknownShipment | Problems.Unavailable> =>
  error._tag === "ShipmentNotFound" ? unknown(error) : CommandProblems.ofQuery(error)
