/** Sales per UTC day of the placing, and currency. See `Sales.ts` for what counts. */
import { Projection, ReadModel, Rows, Sorting, Specification, UtcDay } from "@eventfold/decider"
import { Currency } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Order } from "../Order.ts"
import * as Sales from "./Sales.ts"

/** The schema of a row. */
export const SalesByDayRow = Schema.Struct({
  day: UtcDay.UtcDay,
  currency: Currency.Currency,
  ...Sales.fields
}).annotate({
  identifier: "SalesByDayRow"
})
/** What was sold on a day, in a currency. */
export type SalesByDayRow = typeof SalesByDayRow.Type

/** The sales, as what keeps their rows knows them. */
export const readModel = ReadModel.make({
  name: "sales_by_day",
  key: ["day", "currency"],
  row: SalesByDayRow,
  indexes: [["currency", "day"]]
})

/** Sales per day. An order that is cancelled later is taken out of the day on which it was placed. */
export const SalesByDay = Projection.countersWithMemory({
  readModel,
  readsPersonal: false,
  datedBy: "day",
  events: Sales.events,
  memory: {
    category: Order.category,
    readModel: ReadModel.make({
      name: "sales_by_day_memory",
      key: ["orderId"],
      row: Schema.Struct({ ...Sales.remembered, day: UtcDay.UtcDay, currency: Currency.Currency })
    }),
    remember: (before, event) =>
      Sales.remember(before, event, ({ occurredAt, orderId, total: { amount, currency } }) => ({
        orderId,
        amount,
        day: UtcDay.of(occurredAt),
        currency
      }))
  },
  counters: Sales.counters,
  initial: (key) => ({ ...key, ...Sales.none }),
  count: (event, memory) => {
    if (event._tag === "OrderPlaced") {
      const { amount, currency } = event.total
      return memory === undefined ? Sales.placed({ day: UtcDay.of(event.occurredAt), currency }, amount) : []
    }
    if (event._tag !== "OrderCancelled" || memory === undefined) return []
    return Sales.cancelled({ day: memory.day, currency: memory.currency }, memory.amount)
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** The days from one to another, both included, in a currency. */
export const between = (currency: Currency.Currency, from: UtcDay.UtcDay, to: UtcDay.UtcDay) =>
  Specification.and(
    Specification.eq(rows.field("currency"), currency),
    Specification.gte(rows.field("day"), from),
    Specification.lte(rows.field("day"), to)
  )

/** The earliest day comes first. */
export const byDay = [Sorting.ascending(rows.field("day"))]
