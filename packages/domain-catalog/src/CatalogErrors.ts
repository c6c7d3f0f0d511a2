/** Why the catalogue refuses a command: one typed error per reason, each naming the product or the rule. */
import { ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { ProductDiscontinued, ProductNotInCatalogue } from "./PricingErrors.ts"
import { mostRules, RuleId } from "./RuleId.ts"

/** The product is in the catalogue, otherwise than it is to be listed in what `differs` names. */
export class ProductAlreadyListed extends Schema.TaggedError<ProductAlreadyListed>()("ProductAlreadyListed", {
  productId: ProductId,
  differs: Schema.Literals(["name", "price"])
}) {
  override get message() {
    return `product ${this.productId} is listed already, with another ${this.differs}`
  }
}

/** There is no such promotion, and no such discount. */
export class RuleNotFound extends Schema.TaggedError<RuleNotFound>()("RuleNotFound", { ruleId: RuleId }) {
  override get message() {
    return `there is no rule ${this.ruleId}`
  }
}

/** There are as many rules of the kind as there can be. */
export class TooManyRules extends Schema.TaggedError<TooManyRules>()("TooManyRules", {
  ruleId: RuleId,
  maximum: Schema.Int
}) {
  /** The refusal of one more. */
  static of(ruleId: RuleId): TooManyRules {
    return new TooManyRules({ ruleId, maximum: mostRules })
  }

  override get message() {
    return `with ${this.ruleId} there would be more than ${this.maximum} rules of its kind: withdraw another one first`
  }
}

/** The schema of every refusal of a command on a product. */
export const ProductRefusal = Schema.Union([ProductNotInCatalogue, ProductAlreadyListed, ProductDiscontinued])
/** Why a command on a product is refused. */
export type ProductRefusal = typeof ProductRefusal.Type

/** The schema of every refusal of a command on a rule. */
export const RuleRefusal = Schema.Union([RuleNotFound, TooManyRules])
/** Why a command on a rule is refused. */
export type RuleRefusal = typeof RuleRefusal.Type
