/** The catalogue context on the map of contexts. `test/contexts.test.ts` holds it to what the code does. */
import { Context, Relationship } from "@eventfold/context-map"
import { glossary } from "./glossary.ts"

/** The catalogue context. */
export const context = Context.make({
  name: "catalog",
  class: "core",
  owner: "Head of sales",
  team: "sales",
  purpose: "Says what products cost, and prices orders by rules.",
  relationships: [Relationship.sharesKernel("shared-kernel", "Money, quantities, percentages and ids.")],
  glossary
})
