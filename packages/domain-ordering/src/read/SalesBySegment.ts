/**
 * Sales per segment of order value, and currency. See `Sales.ts` for what counts.
 *
 * An order of more than 1,000 is `premium`, of more than 100 `standard`, any other `basic`: in major units of the order's
 * currency, so 1,000 is 100,000 cents and 1,000 yen. What it cost when it was placed decides.
 */
import { Projection, ReadModel, Rows, Specification } from "@eventfold/decider"
import { Currency, type Money } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Order } from "../Order.ts"
import * as Sales from "./Sales.ts"

/** The schema of a segment of order value. */
export const Segment = Schema.Literals(["premium", "standard", "basic"])
/** A segment of order value. */
export type Segment = typeof Segment.Type

const segment = { segment: Segment, currency: Currency.Currency }

/** The schema of a row. */
export const SalesBySegmentRow = Schema.Struct({ ...segment, ...Sales.fields }).annotate({
  identifier: "SalesBySegmentRow"
})
/** What was sold in a segment, in a currency. */
export type SalesBySegmentRow = typeof SalesBySegmentRow.Type

/** The sales, as what keeps their rows knows them. */
export const readModel = ReadModel.make({
  name: "sales_by_segment",
  key: ["segment", "currency"],
  row: SalesBySegmentRow
})

/** The segment of an order that costs so much. */
export const segmentOf = ({ amount, currency }: Money.Money): Segment => {
  const major = 10 ** Currency.decimalsOf(currency)
  return amount > 1_000 * major ? "premium" : amount > 100 * major ? "standard" : "basic"
}

/** Sales per segment. */
export const SalesBySegment = Projection.countersWithMemory({
  readModel,
  readsPersonal: false,
  events: Sales.events,
  memory: {
    category: Order.category,
    readModel: ReadModel.make({
      name: "sales_by_segment_memory",
      key: ["orderId"],
      row: Schema.Struct({ ...Sales.remembered, ...segment })
    }),
    remember: (before, event) =>
      Sales.remember(before, event, ({ orderId, total }) => ({
        orderId,
        amount: total.amount,
        segment: segmentOf(total),
        currency: total.currency
      }))
  },
  counters: Sales.counters,
  initial: (key) => ({ ...key, ...Sales.none }),
  count: (event, memory) => {
    if (event._tag === "OrderPlaced") {
      const { total } = event
      return memory === undefined
        ? Sales.placed({ segment: segmentOf(total), currency: total.currency }, total.amount)
        : []
    }
    if (event._tag !== "OrderCancelled" || memory === undefined) return []
    return Sales.cancelled({ segment: memory.segment, currency: memory.currency }, memory.amount)
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** The segments in a currency. */
export const inCurrency = (currency: Currency.Currency) => Specification.eq(rows.field("currency"), currency)
