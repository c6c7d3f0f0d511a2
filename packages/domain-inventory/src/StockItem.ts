/**
 * The stock of a product, as a decider: pieces come in, are counted anew, set aside for reservations, made available again,
 * and shipped.
 *
 * Guarantees: what is available and what is reserved are never below zero, and received + adjusted = available + reserved +
 * shipped. Which reservation holds what, and that each moves its pieces once, is the matter of `Reservation.ts`: the two
 * change in one transaction.
 */
import { Decider } from "@eventfold/decider"
import type { ProductId } from "@eventfold/shared-kernel"
import { Option, Result } from "effect"
import type * as Commands from "./StockCommands.ts"
import * as StockCounts from "./StockCounts.ts"
import * as Refused from "./StockErrors.ts"
import { StockEvent } from "./StockEvents.ts"
import { StockState } from "./StockState.ts"

/** Nothing has come in yet. */
export const initial: StockState = { status: "none" }

/** How many pieces there are, none of them where nothing has come in. */
export const countsOf = (stock: StockState): StockCounts.StockCounts =>
  stock.status === "none" ? StockCounts.zero : stock.counts

/** How an event changes the counts. */
export const changesOf = (event: StockEvent): Partial<StockCounts.StockCounts> => {
  if (event._tag === "StockAdjusted") return { adjusted: event.change, available: event.change }
  const quantity: number = event.quantity
  switch (event._tag) {
    case "StockReceived":
      return { received: quantity, available: quantity }
    case "StockAllocated":
      return { available: -quantity, reserved: quantity }
    case "StockFreed":
      return { available: quantity, reserved: -quantity }
    case "StockShipped":
      return { reserved: -quantity, shipped: quantity }
  }
}

/** Folds one event into the state. An event that cannot follow the state leaves it as it is. */
export const evolve = (stock: StockState, event: StockEvent): StockState =>
  Option.match(StockCounts.changed(countsOf(stock), changesOf(event)), {
    onNone: () => stock,
    onSome: (counts) => ({ status: "stocked", productId: event.productId, counts })
  })

type Refusal = Refused.StockRefusal | Refused.MoveRefusal
type Decision = Result.Result<ReadonlyArray<StockEvent>, Refusal>

/** The event that a command asks for. */
const eventOf = (command: Commands.StockCommand): StockEvent => {
  switch (command._tag) {
    case "ReceiveStock":
      return { ...command, _tag: "StockReceived" }
    case "AdjustStock":
      return { ...command, _tag: "StockAdjusted" }
    case "AllocateStock":
      return { ...command, _tag: "StockAllocated" }
    case "FreeStock":
      return { ...command, _tag: "StockFreed" }
    case "ShipStock":
      return { ...command, _tag: "StockShipped" }
  }
}

/** Why the counts cannot be changed as a command asks for. */
const refusalOf = (command: Commands.StockCommand, counts: StockCounts.StockCounts): Refusal => {
  const { productId } = command
  const { available, reserved } = counts
  switch (command._tag) {
    case "ReceiveStock":
      return Refused.tooLarge(productId, StockCounts.onHand(counts))
    case "AdjustStock":
      return command.change > 0
        ? Refused.tooLarge(productId, StockCounts.onHand(counts))
        : new Refused.AdjustmentExceedsStock({ productId, available, reserved, change: command.change })
    case "AllocateStock":
      return new Refused.NotEnoughAvailable({ productId, requested: command.quantity, available })
    case "FreeStock":
    case "ShipStock":
      return new Refused.NotEnoughReserved({ productId, requested: command.quantity, reserved })
  }
}

/** The event a command causes; or why it is refused. */
export const decide = (command: Commands.StockCommand, stock: StockState): Decision => {
  const event = eventOf(command)
  const counts = countsOf(stock)
  return Option.isSome(StockCounts.changed(counts, changesOf(event)))
    ? Result.succeed([event])
    : Result.fail(refusalOf(command, counts))
}

/** The stock of a product as a decider. Its streams are named `stock`. */
export const StockItem = Decider.make({
  category: "stock",
  State: StockState,
  Event: StockEvent,
  initial,
  evolve,
  decide
})

/** What is told of the counts of a product at a version of its stream. */
export const answer = (
  productId: ProductId,
  counts: StockCounts.StockCounts,
  version: number
): Commands.StockAnswer => ({ productId, version, onHand: StockCounts.onHand(counts), ...counts })

/**
 * What a command on the stock of a product answers, for a state at a version of its stream.
 *
 * @throws RangeError for a state without stock: every command that succeeds has moved pieces, so it is a mistake of the program.
 */
export const answerOf = (stock: StockState, version: number): Commands.StockAnswer => {
  if (stock.status === "none") throw new RangeError("There is no stock to answer about")
  return answer(stock.productId, stock.counts, version)
}
