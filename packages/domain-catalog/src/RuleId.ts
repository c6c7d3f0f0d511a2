/** Names a rule that takes something off prices. People choose it: `spring-sale`. */
import { Schema } from "effect"

const message = "must be 1 to 63 lower-case letters, digits or -, beginning with a letter"

/** The schema of the id of a promotion, or of a discount on the value of orders. */
export const RuleId = Schema.String.annotate({ message }).check(
  Schema.isPattern(/^[a-z][a-z0-9-]{0,62}$/u, { message })
)
/** The id of a rule. */
export type RuleId = typeof RuleId.Type

/** How many rules of a kind there can be. Each is looked at for every order. */
export const mostRules = 200
