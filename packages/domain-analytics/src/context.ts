/** The analytics context on the map of contexts. `test/contexts.test.ts` holds it to what the code does. */
import { Context, Relationship } from "@eventfold/context-map"
import * as CountCommands from "./CountCommands.ts"
import { CountEvent } from "./CountEvents.ts"
import { glossary } from "./glossary.ts"

/** The analytics context. */
export const context = Context.make({
  name: "analytics",
  class: "supporting",
  owner: "Head of finance",
  team: "finance",
  purpose: "Adds up what happens to orders per day and product, for those who plan.",
  apis: ["/analytics"],
  commands: [CountCommands],
  events: [CountEvent],
  hears: ["ordering.order-placed.v1", "ordering.order-shipped.v1", "ordering.order-cancelled.v1"],
  relationships: [
    Relationship.usesHostOf("ordering", "Orders are counted as they are told: placed, shipped and cancelled."),
    Relationship.sharesKernel("shared-kernel", "Money and ids.")
  ],
  glossary
})
