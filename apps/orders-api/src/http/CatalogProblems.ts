/** What the service answers when the catalogue refuses, or has no such thing: problem details like those in `Problems.ts`. */
import { CatalogErrors, PricingErrors, RuleId } from "@eventfold/domain-catalog"
import type { DispatchError, QueryFailure, UnknownMessage } from "@eventfold/event-store"
import { ProductId } from "@eventfold/shared-kernel"
import { Effect, Schema } from "effect"
import { ProblemDetails } from "effect/http"
import { HttpApiError, HttpApiSchema } from "effect/http-api"
import * as CommandProblems from "./CommandProblems.ts"
import * as Problems from "./Problems.ts"

/** The catalogue has never had this product. */
export class UnknownProduct extends HttpApiError.Problem<UnknownProduct>()(
  "UnknownProduct",
  { type: Problems.problemType("product-not-found"), status: 404, title: "There is no such product" },
  { productId: ProductId }
) {}

/** There is no such promotion or discount. */
export class UnknownRule extends HttpApiError.Problem<UnknownRule>()(
  "UnknownRule",
  { type: Problems.problemType("rule-not-found"), status: 404, title: "There is no such rule" },
  { ruleId: RuleId }
) {}

const Refusal = Schema.Union([
  CatalogErrors.ProductAlreadyListed,
  PricingErrors.ProductDiscontinued,
  CatalogErrors.TooManyRules
])

/** The catalogue refuses the command. One `type` per reason. */
export class CatalogRefused extends Schema.Error<CatalogRefused>("CatalogRefused")(
  {
    type: Schema.Literals(
      Refusal.members.map((refusal) => Problems.typeOf({ _tag: refusal.fields._tag.schema.literal }))
    ),
    status: Schema.tag(409),
    title: Schema.String,
    detail: Schema.String,
    /** The reason with its facts; `_tag` tells them apart. */
    refusal: Refusal
  },
  { description: "The catalogue refuses the command", httpApiStatus: 409 }
) {
  readonly _tag = "CatalogRefused"

  override get message() {
    return this.detail
  }

  /** The problem that tells of a refusal. */
  static of(refusal: typeof Refusal.Type): CatalogRefused {
    return new CatalogRefused({
      type: Problems.typeOf(refusal),
      title: Problems.titleOf(refusal),
      detail: refusal.message,
      refusal
    })
  }
}

/** {@link CatalogRefused} as problem details. */
export const CatalogRefusedProblem = CatalogRefused.pipe(
  HttpApiSchema.asJson({ contentType: ProblemDetails.contentType })
)

const unknown = ({ message, productId }: PricingErrors.ProductNotInCatalogue) =>
  Effect.fail(new UnknownProduct({ productId, detail: message }))

/** The problem of a command on a product that failed. */
export const ofProductCommand = (
  error: CatalogErrors.ProductRefusal | DispatchError,
  idempotencyKey: string
): Effect.Effect<never, CommandProblems.DispatchProblem | UnknownProduct | CatalogRefused> => {
  switch (error._tag) {
    case "ProductNotInCatalogue":
      return unknown(error)
    case "ProductAlreadyListed":
    case "ProductDiscontinued":
      return Effect.fail(CatalogRefused.of(error))
    default:
      return CommandProblems.ofDispatch(error, idempotencyKey)
  }
}

/** The problem of a command on a rule that failed. */
export const ofRuleCommand = (
  error: CatalogErrors.RuleRefusal | DispatchError,
  idempotencyKey: string
): Effect.Effect<never, CommandProblems.DispatchProblem | UnknownRule | CatalogRefused> => {
  switch (error._tag) {
    case "RuleNotFound":
      return Effect.fail(new UnknownRule({ ruleId: error.ruleId, detail: error.message }))
    case "TooManyRules":
      return Effect.fail(CatalogRefused.of(error))
    default:
      return CommandProblems.ofDispatch(error, idempotencyKey)
  }
}

/** The problem of a query about one product that failed. */
export const ofProductQuery = (
  error: PricingErrors.ProductNotInCatalogue | QueryFailure | UnknownMessage
): Effect.Effect<never, UnknownProduct | Problems.Unavailable> =>
  error._tag === "ProductNotInCatalogue" ? unknown(error) : CommandProblems.ofQuery(error)
