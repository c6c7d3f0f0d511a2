/** The fulfilment context on the map of contexts. `test/contexts.test.ts` holds it to what the code does. */
import { Context, Relationship } from "@eventfold/context-map"
import { glossary } from "./glossary.ts"
import * as NoticeCommands from "./NoticeCommands.ts"
import { NoticeEvent } from "./NoticeEvents.ts"

/** The fulfilment context. */
export const context = Context.make({
  name: "fulfilment",
  class: "core",
  owner: "Head of sales",
  team: "sales",
  purpose: "Has an order fulfilled across contexts, or everything undone, and tells the customer.",
  apis: ["/sagas", "/timers", "/processes"],
  commands: [NoticeCommands],
  events: [NoticeEvent],
  takes: ["ordering.OrderPlaced", "ordering.OrderCancelled", "shipping.ShipmentRequested"],
  sends: [
    "inventory.ReserveStock",
    "inventory.ReleaseReservation",
    "payments.TakePayment",
    "payments.RefundPayment",
    "ordering.ApproveOrder",
    "ordering.CancelOrder",
    "shipping.RequestShipment",
    "shipping.WithdrawShipment"
  ],
  asks: ["ordering.OrderStreamId", "shipping.Shipment", "shipping.ShipmentStreamId"],
  relationships: [
    Relationship.usesHostOf(
      "ordering",
      "An order that is placed begins its fulfilment, and is approved or cancelled by it; how it stands is looked up."
    ),
    Relationship.customerOf("inventory", "The first step reserves the stock."),
    Relationship.customerOf("payments", "The second step takes the money."),
    Relationship.customerOf(
      "shipping",
      "The last step asks for the shipment; a delivery that was told too early is looked up."
    ),
    Relationship.sharesKernel("shared-kernel", "Money and ids.")
  ],
  glossary
})
