/** The ordering context on the map of contexts. `test/contexts.test.ts` holds it to what the code does. */
import { Context, Relationship } from "@eventfold/context-map"
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
  apis: ["/orders", "/customers", "/shipping-queue", "/sales"],
  commands: [OrderCommands],
  events: [OrderEvent],
  publishes: { "the way of an order": OrderingEvent },
  says: OrderingMessages.language,
  takes: ["payments.PaymentCaptured", "shipping.ShipmentDelivered"],
  relationships: [
    Relationship.customerOf("inventory", "What is ordered is reserved in the stock before anybody pays."),
    Relationship.partnerOf(
      "shipping",
      "An order is delivered when its shipment is; both change what a delivery is together."
    ),
    Relationship.customerOf("catalog", "What is ordered costs what the catalogue says, by its rules."),
    Relationship.usesHostOf("payments", "A captured payment approves the order; an order names the token of a card."),
    Relationship.sharesKernel("shared-kernel", "Money, quantities, addresses and ids.")
  ],
  glossary
})
