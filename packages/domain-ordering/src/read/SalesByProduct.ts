/**
 * Sales per product and currency. See `Sales.ts` for what counts; here the amounts are those of the product's lines.
 *
 * The name of a product is not in a row: it can change from order to order, and rows only count.
 */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { Currency, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Order } from "../Order.ts"
import type { OrderPlaced } from "../OrderEvents.ts"
import * as Sales from "./Sales.ts"

/** The schema of a row. */
export const SalesByProductRow = Schema.Struct({
  productId: ProductId,
  currency: Currency.Currency,
  ...Sales.fields,
  /** How many pieces were in all orders that were placed. */
  grossPieces: Schema.Int,
  /** How many pieces were in those that were not cancelled. */
  netPieces: Schema.Int
}).annotate({ identifier: "SalesByProductRow" })
/** What was sold of a product, in a currency. */
export type SalesByProductRow = typeof SalesByProductRow.Type

/** The sales, as what keeps their rows knows them. */
export const readModel = ReadModel.make({
  name: "sales_by_product",
  key: ["productId", "currency"],
  row: SalesByProductRow,
  indexes: [["currency", "net"]]
})

const Remembered = Schema.Struct({
  orderId: Sales.remembered.orderId,
  currency: Currency.Currency,
  lines: Schema.Array(Schema.Struct({ productId: ProductId, pieces: Schema.Natural, amount: Schema.Natural }))
})

const soldIn = ({ lines, orderId, total }: OrderPlaced): typeof Remembered.Type => ({
  orderId,
  currency: total.currency,
  lines: lines.map(({ productId, quantity, total }) => ({ productId, pieces: quantity, amount: total.amount }))
})

/** Sales per product. */
export const SalesByProduct = Projection.countersWithMemory({
  readModel,
  readsPersonal: false,
  events: Sales.events,
  memory: {
    category: Order.category,
    readModel: ReadModel.make({ name: "sales_by_product_memory", key: ["orderId"], row: Remembered }),
    remember: (before, event) => Sales.remember(before, event, soldIn)
  },
  counters: [...Sales.counters, "grossPieces", "netPieces"],
  initial: (key) => ({ ...key, ...Sales.none, grossPieces: 0, netPieces: 0 }),
  count: (event, memory) => {
    if (event._tag === "OrderPlaced") {
      const { currency, lines } = soldIn(event)
      if (memory !== undefined) return []
      return lines.flatMap(({ amount, pieces, productId }) => [
        ...Sales.placed({ productId, currency }, amount),
        Projection.increment({ productId, currency }, "grossPieces", pieces),
        Projection.increment({ productId, currency }, "netPieces", pieces)
      ])
    }
    if (event._tag !== "OrderCancelled" || memory === undefined) return []
    const { currency, lines } = memory
    return lines.flatMap(({ amount, pieces, productId }) => [
      ...Sales.cancelled({ productId, currency }, amount),
      Projection.increment({ productId, currency }, "netPieces", 0 - pieces)
    ])
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** The products that were sold in a currency. */
export const inCurrency = (currency: Currency.Currency) => Specification.eq(rows.field("currency"), currency)

/** The product with the greatest net sales comes first. Ask for one currency. */
export const greatestFirst = [Sorting.descending(rows.field("net"))]
