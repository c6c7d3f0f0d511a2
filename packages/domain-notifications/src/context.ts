/** The notifications context on the map of contexts. `test/contexts.test.ts` holds it to what the code does. */
import { Context, Relationship } from "@eventfold/context-map"
import { glossary } from "./glossary.ts"
import * as NewsCommands from "./NewsCommands.ts"
import { NewsEvent } from "./NewsEvents.ts"
import * as RecipientCommands from "./RecipientCommands.ts"
import { RecipientEvent } from "./RecipientEvents.ts"

/** The notifications context. The client of mail servers is a part of it. */
export const context = Context.make({
  name: "notifications",
  class: "generic",
  owner: "Head of sales",
  team: "sales",
  purpose: "Tells customers what becomes of their orders, each thing once, by mail or text message.",
  rooms: ["domain-notifications", "smtp"],
  apis: ["/notifications", "/recipients"],
  commands: [NewsCommands, RecipientCommands],
  events: [NewsEvent, RecipientEvent],
  hears: [
    "ordering.order-placed.v1",
    "ordering.order-approved.v1",
    "ordering.order-shipped.v1",
    "ordering.order-cancelled.v1",
    "inventory.stock-reserved.v1",
    "shipping.shipment-delayed.v1",
    "customers.customer-registered.v1"
  ],
  asks: ["customers.CustomerQueries"],
  relationships: [
    Relationship.usesHostOf("ordering", "Customers are told when an order is confirmed, shipped or cancelled."),
    Relationship.usesHostOf("inventory", "Customers are told when their goods are set aside."),
    Relationship.usesHostOf("shipping", "Customers are told when a delivery is late."),
    Relationship.usesHostOf(
      "customers",
      "Who becomes a customer can be told something; how they are reached is asked each time."
    ),
    Relationship.sharesKernel("shared-kernel", "Money, names, addresses of mail and ids.")
  ],
  glossary
})
