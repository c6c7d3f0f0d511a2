/**
 * The commands as an order decides them: with the prices of what they ask for. Whoever hands commands to an order has asked the
 * catalogue before, and so knows the price, or that there is none; an order takes it as it is, and guards its own sums.
 */
import type { Struct } from "effect"
import type * as Commands from "./OrderCommands.ts"
import type { OrderItem, OrderLine } from "./OrderLines.ts"

/** Begins an order with items that have prices. */
export interface PricedDraft extends Struct.Simplify<Omit<Commands.DraftOrder, "items" | "askedBy">> {
  readonly items?: ReadonlyArray<OrderItem>
}

/** Adds pieces that have a price. */
export interface PricedItem extends OrderItem, Pick<Commands.AddItem, "_tag" | "orderId" | "occurredAt"> {}

/** Places an order. */
export interface PricedPlacement extends Commands.PlaceOrder {
  /** Its lines with the prices they are placed with; the prices they have had until then, when left out. */
  readonly lines?: ReadonlyArray<OrderLine>
}

/** A command with its prices. */
export type PricedCommand =
  | PricedDraft
  | PricedItem
  | PricedPlacement
  | Exclude<Commands.OrderCommand, Commands.DraftOrder | Commands.AddItem | Commands.PlaceOrder>
