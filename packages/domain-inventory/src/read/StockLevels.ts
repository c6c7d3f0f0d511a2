/** One row per product: how many pieces are available, reserved, received and shipped, and when something last moved. */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { ProductId } from "@eventfold/shared-kernel"
import { Option, Schema } from "effect"
import * as StockCounts from "../StockCounts.ts"
import { StockEvent } from "../StockEvents.ts"
import * as StockItem from "../StockItem.ts"

/** The schema of a row. */
export const StockLevel = Schema.Struct({
  productId: ProductId,
  /** What is in the house: available or reserved. */
  onHand: StockCounts.Level,
  ...StockCounts.fields,
  /** When something last moved: it came in, was counted, reserved, made available again, or shipped. */
  lastMovedAt: Schema.DateTimeUtc
}).annotate({ identifier: "StockLevel" })
/** A row of the levels. */
export type StockLevel = typeof StockLevel.Type

/** The levels, as what keeps their rows knows them. */
export const readModel = ReadModel.make({
  name: "stock_levels",
  key: ["productId"],
  row: StockLevel,
  indexes: [["available"]]
})

/** The levels of all products. */
export const StockLevels = Projection.make({
  readModel,
  events: StockEvent,
  keys: Projection.byStream(StockItem.StockItem.category, "productId"),
  project: (event, [row]) => {
    const { occurredAt, productId } = event
    const counts = Option.getOrUndefined(StockCounts.changed(row ?? StockCounts.zero, StockItem.changesOf(event)))
    if (counts === undefined) return Projection.unchanged
    return [Projection.upsert({ productId, onHand: StockCounts.onHand(counts), ...counts, lastMovedAt: occurredAt })]
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** Products of which no more than so many pieces are available. */
export const availableAtMost = (pieces: number) => Specification.lte(rows.field("available"), pieces)

/** The product of which the least is available comes first. */
export const scarcestFirst = [Sorting.ascending(rows.field("available"))]
