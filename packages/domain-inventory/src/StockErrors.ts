/**
 * Why the stock of a product refuses a command: one typed error per reason, each naming the product and the facts that
 * decide. Refusals are answers, not faults: fields to branch on for programs, a `message` for people.
 */
import { ProductId, Quantity } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Change } from "./Adjustment.ts"
import { Level, maximumOnHand } from "./StockCounts.ts"

const product = { productId: ProductId }

/** There would be more pieces on hand than can be counted; `onHand` is how many there are. */
export class StockTooLarge extends Schema.TaggedError<StockTooLarge>()("StockTooLarge", {
  ...product,
  onHand: Level,
  maximum: Schema.Int
}) {
  override get message() {
    return `${this.productId}: with ${this.onHand} on hand already there would be more than ${this.maximum}`
  }
}

/** The correction takes away more than is available; what is reserved is promised and stays. */
export class AdjustmentExceedsStock extends Schema.TaggedError<AdjustmentExceedsStock>()("AdjustmentExceedsStock", {
  ...product,
  available: Level,
  reserved: Level,
  change: Change
}) {
  override get message() {
    const { available, change, productId, reserved } = this
    return `${productId}: ${-change} cannot be taken away, ${available} are available and ${reserved} reserved`
  }
}

/** Less is available than is to be set aside. A reservation says it of all its lines at once. */
export class NotEnoughAvailable extends Schema.TaggedError<NotEnoughAvailable>()("NotEnoughAvailable", {
  ...product,
  requested: Quantity.Quantity,
  available: Level
}) {
  override get message() {
    return `${this.productId}: ${this.available} are available, ${this.requested} were requested`
  }
}

/** Less is reserved than is to leave the reservations: the reservation it is asked for does not hold it. */
export class NotEnoughReserved extends Schema.TaggedError<NotEnoughReserved>()("NotEnoughReserved", {
  ...product,
  requested: Quantity.Quantity,
  reserved: Level
}) {
  override get message() {
    return `${this.productId}: ${this.reserved} are reserved, ${this.requested} were to leave the reservations`
  }
}

/** There would be too many pieces of a product. */
export const tooLarge = (productId: ProductId, onHand: number): StockTooLarge =>
  new StockTooLarge({ productId, onHand, maximum: maximumOnHand })

/** The schema of every refusal of the messages about stock. */
export const StockRefusal = Schema.Union([StockTooLarge, AdjustmentExceedsStock])
/** Why the stock of a product refuses a message. */
export type StockRefusal = typeof StockRefusal.Type

/** Why the stock of a product refuses what follows from a reservation. */
export type MoveRefusal = NotEnoughAvailable | NotEnoughReserved
