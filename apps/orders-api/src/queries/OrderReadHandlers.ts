/** Answers the queries about orders from read models. Nothing here can write. */
import { Specification } from "@eventfold/decider"
import { OrderDetail, OrderErrors, OrderSearch, ShippingQueue } from "@eventfold/domain-ordering"
import { QueryBus } from "@eventfold/event-store"
import { ReadModels } from "@eventfold/subscriptions"
import { Effect, Option } from "effect"
import { SearchWords } from "../projections/SearchWords.ts"
import * as OrderLists from "./OrderLists.ts"
import { findOrders } from "./OrderQueries.ts"
import { findOrdersToShip, getOrderDetails, searchOrders } from "./OrderReadQueries.ts"
import * as Pages from "./Pages.ts"

/** The handlers of the queries about orders that read models answer. */
export const handlers = [
  QueryBus.handler(findOrders, OrderLists.page),
  QueryBus.handler(
    searchOrders,
    Effect.fnUntraced(function* ({ after, limit, tenant, text }) {
      const { hash } = yield* SearchWords
      const found = Specification.or(OrderSearch.withWords(text), OrderSearch.withAddress(hash, text))
      return yield* Pages.of(
        OrderSearch.readModel,
        { tenant, where: found, limit, after },
        ({ customerId, orderId, products }) => ({ customerId, orderId, products })
      )
    })
  ),
  QueryBus.handler(
    getOrderDetails,
    Effect.fnUntraced(function* ({ orderId, tenant }) {
      const models = yield* ReadModels
      const found = yield* models.get(OrderDetail.readModel, tenant, { orderId })
      return Option.isSome(found) ? found.value : yield* new OrderErrors.OrderNotFound({ orderId })
    })
  ),
  QueryBus.handler(findOrdersToShip, ({ after, limit, tenant }) =>
    Pages.of(
      ShippingQueue.readModel,
      { tenant, where: ShippingQueue.waiting, sort: ShippingQueue.oldestFirst, limit, after },
      ({ currency, total, ...row }) => ({ ...row, total: { amount: total, currency } })
    )
  )
]
