/** The inventory context on the map of contexts. `test/contexts.test.ts` holds it to what the code does. */
import { Context, Relationship } from "@eventfold/context-map"
import { glossary } from "./glossary.ts"
import { InventoryEvent, InventoryMessages } from "./published.ts"
import * as ReservationCommands from "./ReservationCommands.ts"
import { ReservationEvent } from "./ReservationEvents.ts"
import * as StockCommands from "./StockCommands.ts"
import { StockEvent } from "./StockEvents.ts"

/** The inventory context. */
export const context = Context.make({
  name: "inventory",
  class: "supporting",
  owner: "Head of the warehouse",
  team: "warehouse",
  purpose: "Knows what is in stock, and for which order how much of it is reserved.",
  apis: ["/inventory", "/reservations"],
  commands: [StockCommands, ReservationCommands],
  events: [StockEvent, ReservationEvent],
  publishes: { "what becomes of reservations": InventoryEvent },
  says: InventoryMessages.language,
  takes: ["ordering.OrderPlaced", "shipping.ShipmentCancelled"],
  sends: ["ordering.CancelOrder"],
  relationships: [Relationship.sharesKernel("shared-kernel", "Quantities and ids.")],
  glossary
})
