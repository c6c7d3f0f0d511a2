/** Answers the queries of analytics, from its read models. Nothing here can write. */
import { DayFigures, ProductFigures } from "@eventfold/domain-analytics"
import { QueryBus } from "@eventfold/event-store"
import { findDayFigures, findProductFigures } from "./AnalyticsQueries.ts"
import * as Pages from "./Pages.ts"

/** Counted minor units as money of the row's currency. */
const money = <Row extends Omit<DayFigures.DayFiguresRow, "day">>({
  cancelled,
  currency,
  ordered,
  shipped,
  ...row
}: Row) => ({
  ...row,
  ordered: { amount: ordered, currency },
  shipped: { amount: shipped, currency },
  cancelled: { amount: cancelled, currency }
})

/** The handlers of the queries of analytics. */
export const handlers = [
  QueryBus.handler(findDayFigures, ({ after, currency, from, limit, tenant, to }) => {
    const where = DayFigures.between(currency, from, to)
    return Pages.of(DayFigures.readModel, { tenant, where, sort: DayFigures.byDay, limit, after }, money)
  }),
  QueryBus.handler(findProductFigures, ({ after, currency, from, limit, productId, tenant, to }) => {
    const where = ProductFigures.asked({ currency, productId, from, to })
    return Pages.of(ProductFigures.readModel, { tenant, where, sort: ProductFigures.byDay, limit, after }, money)
  })
]
