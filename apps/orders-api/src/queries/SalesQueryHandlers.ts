/** Answers the queries about sales and customers from read models. Nothing here can write. */
import { Specification } from "@eventfold/decider"
import {
  CustomerDashboard,
  CustomerTotals,
  OrderList,
  SalesByDay,
  SalesByProduct,
  SalesByRegion,
  SalesBySegment
} from "@eventfold/domain-ordering"
import { QueryBus } from "@eventfold/event-store"
import type { Currency } from "@eventfold/shared-kernel"
import { ReadModels } from "@eventfold/subscriptions"
import { Effect, Option } from "effect"
import { BuyerStreams } from "./BuyerStreams.ts"
import * as Pages from "./Pages.ts"
import {
  findSalesByDay,
  findSalesByProduct,
  findSalesByRegion,
  findSalesBySegment,
  findTopCustomers,
  getDashboard
} from "./SalesQueries.ts"

/** Counted minor units as money of the row's currency. */
const money = <Row extends { readonly currency: Currency.Currency; readonly gross: number; readonly net: number }>({
  currency,
  gross,
  net,
  ...row
}: Row) => ({ ...row, gross: { amount: gross, currency }, net: { amount: net, currency } })

const days = SalesByDay.rows.field("day")

/** The handlers of the queries about sales and customers. */
export const handlers = [
  QueryBus.handler(findSalesByDay, ({ after, currency, from, limit, tenant, to }) => {
    const where = Specification.and(
      Specification.eq(SalesByDay.rows.field("currency"), currency),
      ...(from === undefined ? [] : [Specification.gte(days, from)]),
      ...(to === undefined ? [] : [Specification.lte(days, to)])
    )
    return Pages.of(SalesByDay.readModel, { tenant, where, sort: SalesByDay.byDay, limit, after }, money)
  }),
  QueryBus.handler(findSalesByProduct, ({ after, currency, limit, tenant }) => {
    const where = SalesByProduct.inCurrency(currency)
    return Pages.of(
      SalesByProduct.readModel,
      { tenant, where, sort: SalesByProduct.greatestFirst, limit, after },
      money
    )
  }),
  QueryBus.handler(findSalesByRegion, ({ after, currency, limit, tenant }) => {
    const where = SalesByRegion.inCurrency(currency)
    return Pages.of(SalesByRegion.readModel, { tenant, where, sort: SalesByRegion.greatestFirst, limit, after }, money)
  }),
  QueryBus.handler(findSalesBySegment, ({ after, currency, limit, tenant }) =>
    Pages.of(SalesBySegment.readModel, { tenant, where: SalesBySegment.inCurrency(currency), limit, after }, money)
  ),
  QueryBus.handler(findTopCustomers, ({ after, currency, limit, tenant }) => {
    const where = CustomerTotals.inCurrency(currency)
    return Pages.of(
      CustomerTotals.readModel,
      { tenant, where, sort: CustomerTotals.greatestFirst, limit, after },
      money
    )
  }),
  QueryBus.handler(
    getDashboard,
    Effect.fnUntraced(function* ({ customerId, tenant }) {
      const [models, buyers] = [yield* ReadModels, yield* BuyerStreams]
      const [totals, recent, buyer] = yield* Effect.all(
        [
          models.find(CustomerTotals.readModel, tenant, {
            where: CustomerTotals.of(customerId),
            limit: Pages.mostCurrencies
          }),
          models.find(OrderList.readModel, tenant, {
            where: CustomerDashboard.placedBy(customerId),
            sort: CustomerDashboard.lastPlacedFirst,
            limit: CustomerDashboard.recentOrders
          }),
          buyers.detail(tenant, customerId)
        ],
        { concurrency: 3 }
        // Nothing in these questions comes from the caller but an id that was checked.
      ).pipe(Effect.catchTags({ LimitRefused: Effect.die, ValueRefused: Effect.die, CursorRefused: Effect.die }))
      const dashboard = CustomerDashboard.of(customerId, totals.rows, recent.rows)
      return {
        ...dashboard,
        recent: dashboard.recent.map(OrderList.summaryOf),
        ...(Option.isSome(buyer) ? { buyer: buyer.value } : {})
      }
    })
  )
]
