/**
 * How many pieces of a product were sold per UTC day of the placing, in all currencies. See `Sales.ts` for what counts.
 *
 * Pieces add up whatever they cost, so there are no amounts in a row; `SalesByProduct.ts` has those.
 */
import { Projection, ReadModel, Rows, Specification, UtcDay } from "@eventfold/decider"
import { ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Order } from "../Order.ts"
import type { OrderPlaced } from "../OrderEvents.ts"
import * as Sales from "./Sales.ts"

/** The schema of a row. */
export const SalesByProductDayRow = Schema.Struct({
  productId: ProductId,
  day: UtcDay.UtcDay,
  /** How many pieces were in all orders that were placed. */
  grossPieces: Schema.Int,
  /** How many pieces were in those that were not cancelled. */
  netPieces: Schema.Int
}).annotate({ identifier: "SalesByProductDayRow" })
/** How many pieces of a product were sold on a day. */
export type SalesByProductDayRow = typeof SalesByProductDayRow.Type

/** The sales, as what keeps their rows knows them. */
export const readModel = ReadModel.make({
  name: "sales_by_product_day",
  key: ["productId", "day"],
  row: SalesByProductDayRow
})

const Remembered = Schema.Struct({
  orderId: Sales.remembered.orderId,
  day: UtcDay.UtcDay,
  lines: Schema.Array(Schema.Struct({ productId: ProductId, pieces: Schema.Natural }))
})

const soldIn = ({ lines, occurredAt, orderId }: OrderPlaced): typeof Remembered.Type => ({
  orderId,
  day: UtcDay.of(occurredAt),
  lines: lines.map(({ productId, quantity }) => ({ productId, pieces: quantity }))
})

/** Pieces per product and day. An order that is cancelled later is taken out of the day on which it was placed. */
export const SalesByProductDay = Projection.countersWithMemory({
  readModel,
  readsPersonal: false,
  datedBy: "day",
  events: Sales.events,
  memory: {
    category: Order.category,
    readModel: ReadModel.make({ name: "sales_by_product_day_memory", key: ["orderId"], row: Remembered }),
    remember: (before, event) => Sales.remember(before, event, soldIn)
  },
  counters: ["grossPieces", "netPieces"],
  initial: (key) => ({ ...key, grossPieces: 0, netPieces: 0 }),
  count: (event, memory) => {
    if (event._tag === "OrderPlaced") {
      if (memory !== undefined) return []
      const { day, lines } = soldIn(event)
      return lines.flatMap(({ pieces, productId }) => [
        Projection.increment({ productId, day }, "grossPieces", pieces),
        Projection.increment({ productId, day }, "netPieces", pieces)
      ])
    }
    if (event._tag !== "OrderCancelled" || memory === undefined) return []
    const { day, lines } = memory
    return lines.map(({ pieces, productId }) => Projection.increment({ productId, day }, "netPieces", 0 - pieces))
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** What was sold of some products from one day to another, both included. */
export const between = (products: ReadonlyArray<ProductId>, from: UtcDay.UtcDay, to: UtcDay.UtcDay) =>
  Specification.and(
    Specification.oneOf(rows.field("productId"), products),
    Specification.gte(rows.field("day"), from),
    Specification.lte(rows.field("day"), to)
  )
