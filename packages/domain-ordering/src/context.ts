/** The ordering context on the map of contexts. `test/contexts.test.ts` holds it to what the code does. */
import { Context, Relationship } from "@eventfold/context-map"
import * as BuyerCommands from "./BuyerCommands.ts"
import { BuyerEvent } from "./BuyerEvents.ts"
import { glossary } from "./glossary.ts"
import * as OrderCommands from "./OrderCommands.ts"
import { OrderEvent } from "./OrderEvents.ts"
import { OrderingEvent, OrderingMessages } from "./published.ts"

/** The ordering context. */
export const context = Context.make({
  name: "ordering",
  class: "core",
  owner: "Head of sales",
  team: "sales",
  purpose: "Takes orders from the first draft to the delivery, and knows what was sold to whom.",
  apis: ["/orders", "/customers", "/shipping-queue", "/sales", "/buyers"],
  commands: [OrderCommands, BuyerCommands],
  events: [OrderEvent, BuyerEvent],
  publishes: { "the way of an order": OrderingEvent },
  says: OrderingMessages.language,
  takes: ["payments.PaymentCaptured"],
  hears: ["customers.customer-registered.v1", "customers.customer-changed.v1"],
  asks: ["customers.CustomerQueries", "catalog.CatalogPrices"],
  relationships: [
    Relationship.customerOf("inventory", "What is ordered is reserved in the stock before anybody pays."),
    Relationship.customerOf("catalog", "What is ordered costs what the catalogue says, by its rules."),
    Relationship.partnerOf(
      "payments",
      "A captured payment approves the order, and an order names the token of a card; both change what that means together."
    ),
    Relationship.usesHostOf("customers", "Who becomes a customer can buy; sales asks who it is, and keeps it."),
    Relationship.sharesKernel("shared-kernel", "Money, quantities, addresses and ids.")
  ],
  glossary
})
