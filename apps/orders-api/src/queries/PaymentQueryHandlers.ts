/** Answers the queries about payments: one from its stream, the others from read models. Nothing here can write. */
import { Specification } from "@eventfold/decider"
import { PaymentErrors, PaymentList, PaymentsOfOrder } from "@eventfold/domain-payments"
import { QueryBus } from "@eventfold/event-store"
import { ReadModels } from "@eventfold/subscriptions"
import { Effect, Option } from "effect"
import * as Pages from "./Pages.ts"
import { findPayments, getPayment, getPaymentsOfOrder } from "./PaymentQueries.ts"
import { PaymentStreams } from "./PaymentStreams.ts"

/** The handlers of the queries about payments. */
export const handlers = [
  QueryBus.handler(
    getPayment,
    Effect.fnUntraced(function* ({ paymentId, tenant }) {
      const found = yield* (yield* PaymentStreams).detail(tenant, paymentId)
      return Option.isSome(found) ? found.value : yield* new PaymentErrors.PaymentNotFound({ paymentId })
    })
  ),
  QueryBus.handler(findPayments, ({ after, limit, orderId, status, tenant }) => {
    const where = Specification.and(
      ...(orderId === undefined ? [] : [PaymentList.ofOrder(orderId)]),
      ...(status === undefined ? [] : [PaymentList.inStatus(status)])
    )
    return Pages.of(PaymentList.readModel, { tenant, where, sort: PaymentList.latestFirst, limit, after }, (row) => row)
  }),
  QueryBus.handler(
    getPaymentsOfOrder,
    Effect.fnUntraced(function* ({ orderId, tenant }) {
      const models = yield* ReadModels
      const where = Specification.eq(PaymentsOfOrder.rows.field("orderId"), orderId)
      // Nothing in this question but the order comes from the caller.
      const found = yield* Effect.catchTags(
        models.find(PaymentsOfOrder.readModel, tenant, { where, limit: mostCurrencies }),
        { LimitRefused: Effect.die, ValueRefused: Effect.die, CursorRefused: Effect.die }
      )
      return found.rows.map(({ captured, currency, feesKept, refunded }) => ({
        captured: { amount: captured, currency },
        refunded: { amount: refunded, currency },
        feesKept: { amount: feesKept, currency }
      }))
    })
  )
]

/** There are fewer currencies than that. */
const mostCurrencies = 1000
