/**
 * The state of the stock of a product. It is rebuilt from events; a snapshot of it is checked against the schema.
 * `none` is a product of which nothing has ever come in.
 *
 * It counts and does not list: for whom pieces are reserved is told by the reservations, so the state of a product that
 * everybody wants is as small as that of any other.
 */
import { ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { StockCounts } from "./StockCounts.ts"

/** The schema of the state of the stock of a product; `status` tells the shapes apart. */
export const StockState = Schema.Union([
  Schema.Struct({ status: Schema.tag("none") }),
  Schema.Struct({ status: Schema.tag("stocked"), productId: ProductId, counts: StockCounts })
])
/** The state of the stock of a product. */
export type StockState = typeof StockState.Type
