/** The billing context, as a process hosts it: documents of sales, written when it has heard of what leads to them. */
import { Debtors, Invoices, Sales } from "@eventfold/domain-billing"
import { subscriber } from "../../billing/BillingSubscriber.ts"
import * as Invoicing from "../../billing/Invoicing.ts"
import * as BillingCommandHandlers from "../../commands/BillingCommandHandlers.ts"
import * as BillingQueryHandlers from "../../queries/BillingQueryHandlers.ts"
import * as ContextModule from "../ContextModule.ts"

/** What billing brings. */
export const billing = ContextModule.make({
  name: "billing",
  commands: BillingCommandHandlers.handlers,
  queries: BillingQueryHandlers.handlers,
  projections: (_hash, use) => [use(Sales.Sales), use(Invoices.Invoices), use(Debtors.Debtors)],
  subscribers: [subscriber],
  followers: { on: [Invoicing.handler], off: [Invoicing.handler] }
})
