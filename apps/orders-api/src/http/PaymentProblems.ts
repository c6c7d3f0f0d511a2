/** What the service answers when a payment refuses, or is not there: problem details like those in `Problems.ts`. */
import { PaymentErrors, PaymentIds, PaymentStatus } from "@eventfold/domain-payments"
import type { DispatchError, QueryFailure, UnknownMessage } from "@eventfold/event-store"
import { Effect, Schema } from "effect"
import { ProblemDetails } from "effect/http"
import { HttpApiError, HttpApiSchema } from "effect/http-api"
import * as CommandProblems from "./CommandProblems.ts"
import * as Problems from "./Problems.ts"

/** Nobody has asked for a payment with this id. */
export class UnknownPayment extends HttpApiError.Problem<UnknownPayment>()(
  "UnknownPayment",
  { type: Problems.problemType("payment-not-found"), status: 404, title: "There is no such payment" },
  { paymentId: PaymentIds.PaymentId }
) {}

/** The webhook is not from the card gateway, or cannot be understood. */
export class WebhookRefused extends HttpApiError.Problem<WebhookRefused>()(
  "WebhookRefused",
  { type: Problems.problemType("webhook-refused"), status: 401, title: "The webhook is not believed" },
  {}
) {}

const refusalType = Schema.Literals(
  PaymentErrors.PaymentRefusal.members
    .map((refusal) => refusal.fields._tag.schema.literal)
    .filter((tag) => tag !== "PaymentNotFound")
    .map((tag) => Problems.typeOf({ _tag: tag }))
)

/** The payment refuses the command, or its gateway does. One `type` per reason. */
export class PaymentRefused extends Schema.Error<PaymentRefused>("PaymentRefused")(
  {
    type: refusalType,
    status: Schema.tag(409),
    title: Schema.String,
    detail: Schema.String,
    /** Where the payment stands, where that is the reason. */
    paymentStatus: Schema.optionalKey(PaymentStatus.PaymentStatus),
    /** The reason with its facts; `_tag` tells them apart. */
    refusal: PaymentErrors.PaymentRefusal
  },
  { description: "The payment refuses the command, or its gateway does", httpApiStatus: 409 }
) {
  readonly _tag = "PaymentRefused"

  override get message() {
    return this.detail
  }

  /** The problem that tells of a refusal. */
  static of(refusal: Exclude<PaymentErrors.PaymentRefusal, PaymentErrors.PaymentNotFound>): PaymentRefused {
    return new PaymentRefused({
      type: Problems.typeOf(refusal),
      title: Problems.titleOf(refusal),
      detail: refusal.message,
      ...("status" in refusal ? { paymentStatus: refusal.status } : {}),
      refusal
    })
  }
}

/** {@link PaymentRefused} as problem details. */
export const PaymentRefusedProblem = PaymentRefused.pipe(
  HttpApiSchema.asJson({ contentType: ProblemDetails.contentType })
)

const unknown = ({ message, paymentId }: PaymentErrors.PaymentNotFound) =>
  Effect.fail(new UnknownPayment({ paymentId, detail: message }))

/** The problem of a command on a payment that failed. */
export const ofCommand = (
  error: PaymentErrors.PaymentRefusal | DispatchError,
  idempotencyKey: string
): Effect.Effect<never, CommandProblems.DispatchProblem | UnknownPayment | PaymentRefused> => {
  switch (error._tag) {
    case "PaymentNotFound":
      return unknown(error)
    case "PaymentDiffers":
    case "PaymentDeclined":
    case "PaymentIsVoid":
    case "PaymentNotAuthorised":
    case "PaymentAlreadyCaptured":
    case "PaymentNotCaptured":
    case "AmountTooLarge":
    case "RefundDiffers":
    case "RefundIdReserved":
    case "RefundRefused":
    case "TooManyRefunds":
      return Effect.fail(PaymentRefused.of(error))
    default:
      return CommandProblems.ofDispatch(error, idempotencyKey)
  }
}

/** The problem of a query about one payment that failed. */
export const ofQuery = (
  error: PaymentErrors.PaymentNotFound | QueryFailure | UnknownMessage
): Effect.Effect<never, UnknownPayment | Problems.Unavailable> =>
  error._tag === "PaymentNotFound" ? unknown(error) : CommandProblems.ofQuery(error)
