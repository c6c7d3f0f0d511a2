/** The billing context on the map of contexts. `test/contexts.test.ts` holds it to what the code does. */
import { Context, Relationship } from "@eventfold/context-map"
import * as DebtorCommands from "./DebtorCommands.ts"
import { DebtorEvent } from "./DebtorEvents.ts"
import { glossary } from "./glossary.ts"
import { NumberEvent } from "./NumberEvents.ts"
import { BillingEvent } from "./published.ts"
import * as SaleCommands from "./SaleCommands.ts"
import { SaleEvent } from "./SaleEvents.ts"

/** The billing context. */
export const context = Context.make({
  name: "billing",
  class: "supporting",
  owner: "Head of finance",
  team: "finance",
  purpose: "Invoices what was shipped, once and numbered without holes, and credits what is not owed any more.",
  apis: ["/invoices", "/billing"],
  commands: [SaleCommands, DebtorCommands],
  events: [SaleEvent, NumberEvent, DebtorEvent],
  publishes: { "the documents of sales": BillingEvent },
  hears: [
    "ordering.order-placed.v1",
    "ordering.order-shipped.v1",
    "ordering.order-cancelled.v1",
    "payments.payment-captured.v1",
    "payments.payment-refunded.v1",
    "customers.customer-registered.v1"
  ],
  relationships: [
    Relationship.usesHostOf("ordering", "What is placed is a sale, and what is shipped is invoiced."),
    Relationship.usesHostOf("customers", "Who becomes a customer can be billed."),
    Relationship.usesHostOf("payments", "An invoice is paid when the money came in, and credited when it went back."),
    Relationship.sharesKernel("shared-kernel", "Money, quantities and ids.")
  ],
  glossary
})
