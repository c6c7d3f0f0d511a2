/** The customers context on the map of contexts. `test/contexts.test.ts` holds it to what the code does. */
import { Context, Relationship } from "@eventfold/context-map"
import * as CustomerCommands from "./CustomerCommands.ts"
import { CustomerEvent } from "./CustomerEvents.ts"
import * as EmailClaimCommands from "./EmailClaimCommands.ts"
import { EmailClaimEvent } from "./EmailClaimEvents.ts"
import { glossary } from "./glossary.ts"
import { CustomersEvent, CustomersMessages } from "./published.ts"

/** The customers context. */
export const context = Context.make({
  name: "customers",
  class: "supporting",
  owner: "Head of sales",
  team: "sales",
  purpose: "Knows who buys, how they are reached, and that an e-mail address is one customer's.",
  apis: ["/customers"],
  commands: [CustomerCommands, EmailClaimCommands],
  events: [CustomerEvent, EmailClaimEvent],
  publishes: { "who the customers are": CustomersEvent },
  says: CustomersMessages.language,
  relationships: [Relationship.sharesKernel("shared-kernel", "Names, addresses and ids.")],
  glossary
})
