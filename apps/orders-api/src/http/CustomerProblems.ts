/** What the service answers when a customer refuses, or is not there: problem details like those in `Problems.ts`. */
import { CustomerErrors, CustomerStatus } from "@eventfold/domain-customers"
import type { DispatchError, QueryFailure, UnknownMessage } from "@eventfold/event-store"
import { CustomerId } from "@eventfold/shared-kernel"
import { Effect, Schema } from "effect"
import { ProblemDetails } from "effect/http"
import { HttpApiError, HttpApiSchema } from "effect/http-api"
import * as CommandProblems from "./CommandProblems.ts"
import * as Problems from "./Problems.ts"

/** There is no customer with this id. */
export class UnknownCustomer extends HttpApiError.Problem<UnknownCustomer>()(
  "UnknownCustomer",
  { type: Problems.problemType("customer-not-found"), status: 404, title: "There is no such customer" },
  { customerId: CustomerId }
) {}

/** The customer does not get the e-mail address that was asked for. */
export class EmailUnavailable extends HttpApiError.Problem<EmailUnavailable>()(
  "EmailUnavailable",
  { type: Problems.problemType("email-unavailable"), status: 409, title: "The e-mail address cannot be theirs" },
  { customerId: CustomerId, reason: CustomerStatus.WhyNot }
) {
  /** Why the customer did not get it. */
  static of(customerId: CustomerId, reason: CustomerStatus.WhyNot): EmailUnavailable {
    return new EmailUnavailable({ customerId, reason, detail: `${CustomerStatus.whyNot[reason]}.` })
  }
}

const refusalType = Schema.Literals(
  CustomerErrors.CustomerRefusal.members
    .map((refusal) => refusal.fields._tag.schema.literal)
    .filter((tag) => tag !== "CustomerNotFound")
    .map((tag) => Problems.typeOf({ _tag: tag }))
)

/** The customer refuses the command. One `type` per reason. */
export class CustomerRefused extends Schema.Error<CustomerRefused>("CustomerRefused")(
  {
    type: refusalType,
    status: Schema.tag(409),
    title: Schema.String,
    detail: Schema.String,
    /** The reason with its facts; `_tag` tells them apart. */
    refusal: CustomerErrors.CustomerRefusal
  },
  { description: "The customer refuses the command", httpApiStatus: 409 }
) {
  readonly _tag = "CustomerRefused"

  override get message() {
    return this.detail
  }

  /** The problem that tells of a refusal. */
  static of(refusal: Exclude<CustomerErrors.CustomerRefusal, CustomerErrors.CustomerNotFound>): CustomerRefused {
    return new CustomerRefused({
      type: Problems.typeOf(refusal),
      title: Problems.titleOf(refusal),
      detail: refusal.message,
      refusal
    })
  }
}

/** {@link CustomerRefused} as problem details. */
export const CustomerRefusedProblem = CustomerRefused.pipe(
  HttpApiSchema.asJson({ contentType: ProblemDetails.contentType })
)

const unknown = ({ customerId, message }: CustomerErrors.CustomerNotFound) =>
  Effect.fail(new UnknownCustomer({ customerId, detail: message }))

/** The problem of a command on a customer that failed. */
export const ofCommand = (
  error: CustomerErrors.CustomerRefusal | DispatchError,
  idempotencyKey: string
): Effect.Effect<never, CommandProblems.DispatchProblem | UnknownCustomer | CustomerRefused> => {
  switch (error._tag) {
    case "CustomerNotFound":
      return unknown(error)
    case "CustomerAlreadyRegistered":
    case "RegistrationNotEnded":
    case "RegistrationEnded":
    case "CustomerForgotten":
    case "EmailChangePending":
    case "EmailNotAwaited":
      return Effect.fail(CustomerRefused.of(error))
    default:
      return CommandProblems.ofDispatch(error, idempotencyKey)
  }
}

/** The problem of a query about one customer that failed. */
export const ofQuery = (
  error: CustomerErrors.CustomerNotFound | QueryFailure | UnknownMessage
): Effect.Effect<never, UnknownCustomer | Problems.Unavailable> =>
  error._tag === "CustomerNotFound" ? unknown(error) : CommandProblems.ofQuery(error)
