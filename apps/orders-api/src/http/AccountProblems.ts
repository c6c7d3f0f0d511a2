/** What the service answers when an account refuses, or is not there: problem details like those in `Problems.ts`. */
import { AccountErrors } from "@eventfold/domain-accounts"
import type { DispatchError, QueryFailure, UnknownMessage } from "@eventfold/event-store"
import { AccountId } from "@eventfold/shared-kernel"
import { Effect, Schema } from "effect"
import { ProblemDetails } from "effect/http"
import { HttpApiError, HttpApiSchema } from "effect/http-api"
import * as CommandProblems from "./CommandProblems.ts"
import * as Problems from "./Problems.ts"

/** Nobody has opened an account with this id. */
export class UnknownAccount extends HttpApiError.Problem<UnknownAccount>()(
  "UnknownAccount",
  { type: Problems.problemType("account-not-open"), status: 404, title: "There is no such account" },
  { accountId: AccountId }
) {}

const refusalType = Schema.Literals(
  AccountErrors.AccountRefusal.members
    .map((refusal) => refusal.fields._tag.schema.literal)
    .filter((tag) => tag !== "AccountNotOpen")
    .map((tag) => Problems.typeOf({ _tag: tag }))
)

/** The account refuses the command. One `type` per reason. */
export class AccountRefused extends Schema.Error<AccountRefused>("AccountRefused")(
  {
    type: refusalType,
    status: Schema.tag(409),
    title: Schema.String,
    detail: Schema.String,
    /** The reason with its facts; `_tag` tells them apart. */
    refusal: AccountErrors.AccountRefusal
  },
  { description: "The account refuses the command", httpApiStatus: 409 }
) {
  readonly _tag = "AccountRefused"

  override get message() {
    return this.detail
  }

  /** The problem that tells of a refusal. */
  static of(refusal: Exclude<AccountErrors.AccountRefusal, AccountErrors.AccountNotOpen>): AccountRefused {
    return new AccountRefused({
      type: Problems.typeOf(refusal),
      title: Problems.titleOf(refusal),
      detail: refusal.message,
      refusal
    })
  }
}

/** {@link AccountRefused} as problem details. */
export const AccountRefusedProblem = AccountRefused.pipe(
  HttpApiSchema.asJson({ contentType: ProblemDetails.contentType })
)

const unknown = ({ accountId, message }: AccountErrors.AccountNotOpen) =>
  Effect.fail(new UnknownAccount({ accountId, detail: message }))

/** The problem of a command on an account that failed. */
export const ofCommand = (
  error: AccountErrors.AccountRefusal | DispatchError,
  idempotencyKey: string
): Effect.Effect<never, CommandProblems.DispatchProblem | UnknownAccount | AccountRefused> => {
  switch (error._tag) {
    case "AccountNotOpen":
      return unknown(error)
    case "AccountAlreadyOpen":
    case "AccountAlreadyClosed":
    case "AccountNotEmpty":
    case "CurrencyNotHeld":
    case "InsufficientFunds":
    case "BalanceTooLarge":
      return Effect.fail(AccountRefused.of(error))
    default:
      return CommandProblems.ofDispatch(error, idempotencyKey)
  }
}

/** The problem of a query about one account that failed. */
export const ofQuery = (
  error: AccountErrors.AccountNotOpen | QueryFailure | UnknownMessage
): Effect.Effect<never, UnknownAccount | Problems.Unavailable> =>
  error._tag === "AccountNotOpen" ? unknown(error) : CommandProblems.ofQuery(error)
