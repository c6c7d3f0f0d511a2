/** The payments context on the map of contexts. `test/contexts.test.ts` holds it to what the code does. */
import { Context, Relationship } from "@eventfold/context-map"
import { Schema } from "effect"
import { glossary } from "./glossary.ts"
import * as PaymentCommands from "./PaymentCommands.ts"
import { PaymentEvent } from "./PaymentEvents.ts"
import * as Published from "./published.ts"

/** The payments context. The client of the card gateway is a part of it. */
export const context = Context.make({
  name: "payments",
  class: "generic",
  owner: "Head of finance",
  team: "finance",
  purpose: "Holds, takes and gives back the money of orders, by way of a card gateway.",
  rooms: ["domain-payments", "card-gateway"],
  apis: ["/payments"],
  commands: [PaymentCommands],
  events: [PaymentEvent],
  publishes: {
    "the outcome of payments": Schema.Union([
      Published.PaymentAuthorised,
      Published.CardDeclined,
      Published.PaymentCaptured,
      Published.CaptureDeclined,
      Published.PaymentRefunded,
      Published.FeeNotReturned,
      Published.RefundDeclined,
      Published.PaymentVoided
    ])
  },
  says: Published.PaymentsMessages.language,
  takes: [
    "inventory.StockReserved",
    "ordering.OrderPlaced",
    "ordering.OrderShipped",
    "ordering.OrderCancelled",
    "shipping.ShipmentDispatched",
    "shipping.ShipmentCancelled"
  ],
  sends: ["ordering.CancelOrder"],
  relationships: [
    Relationship.partnerOf(
      "ordering",
      "An order that is not paid is cancelled, and one that is shipped keeps its payment; both change what that means together."
    ),
    Relationship.usesHostOf("inventory", "Nobody pays before the stock is reserved."),
    Relationship.usesHostOf("shipping", "What has left is paid for; what is called off is given back."),
    Relationship.conformsTo("card-gateway", {
      because: "The gateway has its own names, counts in cents and has its own codes; nobody there asks us.",
      speaks: ["card-gateway/GatewayLanguage"]
    }),
    Relationship.protectedFrom("card-gateway", {
      because: "A payment does not change when the gateway is another one.",
      translatedIn: ["card-gateway/Translation", "card-gateway/CardGatewayHttp", "card-gateway/Webhooks"]
    }),
    Relationship.sharesKernel("shared-kernel", "Money and ids.")
  ],
  glossary
})
