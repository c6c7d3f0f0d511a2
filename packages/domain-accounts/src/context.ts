/** The accounts context on the map of contexts. `test/contexts.test.ts` holds it to what the code does. */
import { Context, Relationship } from "@eventfold/context-map"
import * as AccountCommands from "./AccountCommands.ts"
import { AccountEvent } from "./AccountEvents.ts"
import { glossary } from "./glossary.ts"
import * as TransferCommands from "./TransferCommands.ts"
import { TransferEvent } from "./TransferEvents.ts"

/** The accounts context. */
export const context = Context.make({
  name: "accounts",
  class: "generic",
  owner: "Head of finance",
  team: "finance",
  purpose: "Keeps accounts with a balance per currency, and moves money between them.",
  apis: ["/accounts", "/transfers"],
  commands: [AccountCommands, TransferCommands],
  events: [AccountEvent, TransferEvent],
  relationships: [Relationship.sharesKernel("shared-kernel", "Money, names and ids.")],
  glossary
})
