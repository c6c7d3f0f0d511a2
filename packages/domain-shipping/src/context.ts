/** The shipping context on the map of contexts. `test/contexts.test.ts` holds it to what the code does. */
import { Context, Relationship } from "@eventfold/context-map"
import { glossary } from "./glossary.ts"
import { ShippingEvent, ShippingMessages } from "./published.ts"
import * as ShipmentCommands from "./ShipmentCommands.ts"
import { ShipmentEvent } from "./ShipmentEvents.ts"

/** The shipping context. */
export const context = Context.make({
  name: "shipping",
  class: "supporting",
  owner: "Head of logistics",
  team: "logistics",
  purpose: "Brings what was ordered to the customer, from the request to the signature.",
  apis: ["/shipments"],
  commands: [ShipmentCommands],
  events: [ShipmentEvent],
  publishes: { "the way of a shipment": ShippingEvent },
  says: ShippingMessages.language,
  takes: [
    "ordering.OrderApproved",
    "ordering.OrderShipped",
    "ordering.OrderCancelled",
    "payments.PaymentCaptured",
    "payments.CardDeclined"
  ],
  sends: [
    "ordering.ShipOrder",
    "ordering.DeliverOrder",
    "ordering.CancelOrder",
    "inventory.CommitReservation",
    "fulfilment.NotifyCustomer"
  ],
  asks: ["ordering.OrderToDeliver"],
  relationships: [
    Relationship.customerOf(
      "ordering",
      "A shipment takes what goes where from its order, ships it by leaving, and delivers it by being delivered."
    ),
    Relationship.customerOf("inventory", "Goods that leave are taken out of the stock."),
    Relationship.usesHostOf("payments", "Nothing leaves before it is paid."),
    Relationship.customerOf("fulfilment", "Customers are told of delays and deliveries."),
    Relationship.sharesKernel("shared-kernel", "Addresses, names and ids.")
  ],
  glossary
})
