/** What happened on a UTC day in a currency: orders placed, shipped and cancelled. See `Figures.ts` for what counts. */
import { Projection, ReadModel, Rows, Sorting, Specification, UtcDay } from "@eventfold/decider"
import { Currency } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import * as Figures from "./Figures.ts"

/** The schema of a row. */
export const DayFiguresRow = Schema.Struct({
  day: UtcDay.UtcDay,
  currency: Currency.Currency,
  ...Figures.fields
}).annotate({ identifier: "DayFiguresRow" })
/** What happened on a day. */
export type DayFiguresRow = typeof DayFiguresRow.Type

/** The rows, as what keeps them knows them. */
export const readModel = ReadModel.make({
  name: "analytics_days",
  key: ["day", "currency"],
  row: DayFiguresRow,
  indexes: [["currency", "day"]]
})

/** The figures of every day on which something happened. */
export const DayFigures = Projection.counters({
  readModel,
  readsPersonal: false,
  datedBy: "day",
  events: Figures.events,
  counters: Figures.counters,
  initial: (key) => ({ ...key, ...Figures.none }),
  count: (event) => {
    const { amount, currency } = event.content.total
    return Figures.counted(event, { day: UtcDay.of(event.occurredAt), currency }, amount)
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** The days of a currency, from one to another, both included; what is left out does not restrict. */
export const between = (currency: Currency.Currency, from?: UtcDay.UtcDay, to?: UtcDay.UtcDay) =>
  Specification.and(
    Specification.eq(rows.field("currency"), currency),
    ...(from === undefined ? [] : [Specification.gte(rows.field("day"), from)]),
    ...(to === undefined ? [] : [Specification.lte(rows.field("day"), to)])
  )

/** The earliest day comes first. */
export const byDay = [Sorting.ascending(rows.field("day"))]
