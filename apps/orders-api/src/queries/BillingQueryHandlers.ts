/** Answers the queries of billing, from its read models. Nothing here can write. */
import { Specification } from "@eventfold/decider"
import { Debtors, InvoiceId, Invoices, Sales } from "@eventfold/domain-billing"
import { QueryBus } from "@eventfold/event-store"
import { ReadModels } from "@eventfold/subscriptions"
import { Effect, Option } from "effect"
import { findBilledOrders, findDebtors, findInvoices, getInvoice, InvoiceNotFound } from "./BillingQueries.ts"
import * as Pages from "./Pages.ts"

/** The handlers of the queries of billing. */
export const handlers = [
  QueryBus.handler(
    getInvoice,
    Effect.fnUntraced(function* ({ invoiceId, tenant }) {
      const models = yield* ReadModels
      const found = yield* models.get(Invoices.readModel, tenant, { orderId: InvoiceId.orderOf(invoiceId) })
      return Option.isSome(found) ? found.value : yield* new InvoiceNotFound({ invoiceId })
    })
  ),
  QueryBus.handler(findInvoices, ({ after, customerId, limit, status, tenant }) => {
    const where = Specification.and(
      ...(customerId === undefined ? [] : [Invoices.ofCustomer(customerId)]),
      ...(status === undefined ? [] : [Invoices.inStatus(status)])
    )
    return Pages.of(Invoices.readModel, { tenant, where, sort: Invoices.byNumber, limit, after }, (row) => row)
  }),
  QueryBus.handler(findBilledOrders, ({ after, customerId, limit, status, tenant }) => {
    const where = Specification.and(
      ...(customerId === undefined ? [] : [Sales.ofCustomer(customerId)]),
      ...(status === undefined ? [] : [Sales.inStatus(status)])
    )
    return Pages.of(Sales.readModel, { tenant, where, sort: Sales.byCustomer, limit, after }, (row) => row)
  }),
  QueryBus.handler(findDebtors, ({ after, limit, tenant }) => {
    const request = { tenant, where: Specification.everything, sort: Debtors.byCustomer, limit, after }
    return Pages.of(Debtors.readModel, request, (row) => row)
  })
]
