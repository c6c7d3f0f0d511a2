/** The catalogue context on the map of contexts. `test/contexts.test.ts` holds it to what the code does. */
import { Context, Relationship } from "@eventfold/context-map"
import { glossary } from "./glossary.ts"
import * as ProductCommands from "./ProductCommands.ts"
import { ProductEvent } from "./ProductEvents.ts"
import { CatalogEvent, CatalogMessages } from "./published.ts"
import * as RuleCommands from "./RuleCommands.ts"
import { OrderValueDiscountEvent, PromotionEvent } from "./RuleEvents.ts"

/** The catalogue context. */
export const context = Context.make({
  name: "catalog",
  class: "core",
  owner: "Head of sales",
  team: "sales",
  purpose: "Says what products cost, and prices orders by rules.",
  apis: ["/products", "/promotions", "/order-value-discounts"],
  commands: [ProductCommands, RuleCommands],
  events: [ProductEvent, PromotionEvent, OrderValueDiscountEvent],
  publishes: { "what products cost": CatalogEvent },
  says: CatalogMessages.language,
  relationships: [Relationship.sharesKernel("shared-kernel", "Money, quantities, percentages and ids.")],
  glossary
})
