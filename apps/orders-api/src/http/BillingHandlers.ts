/** The endpoints of billing: a request becomes a query, its outcome an answer. Nothing is decided here. */
import type { QueryFailure, UnknownMessage } from "@eventfold/event-store"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import {
  findBilledOrders,
  findDebtors,
  findInvoices,
  getInvoice,
  type InvoiceNotFound
} from "../queries/BillingQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import { UnknownInvoice } from "./BillingApi.ts"
import * as CommandProblems from "./CommandProblems.ts"
import type * as Problems from "./Problems.ts"
import { answered, questionOf, reader } from "./ReadRequests.ts"

/** The endpoints of billing, over the bus. */
export const layer = HttpApiBuilder.group(
  Api,
  "billing",
  Effect.fn(function* (handlers) {
    const { tenant } = yield* Settings
    const reads = yield* reader()

    return handlers.handleAll({
      invoice: (request) =>
        Effect.map(
          reads.ask(request, getInvoice, { _tag: "GetInvoice", tenant, invoiceId: request.params.id }, ofInvoice),
          answered
        ),
      invoices: (request) =>
        reads.page(
          request,
          findInvoices,
          { _tag: "FindInvoices", tenant, ...questionOf(request.query) },
          (invoices) => ({
            invoices
          })
        ),
      awaiting: (request) =>
        reads.page(
          request,
          findBilledOrders,
          { _tag: "FindBilledOrders", tenant, ...questionOf(request.query), status: "awaiting-invoicing" },
          (orders) => ({ orders })
        ),
      orders: (request) =>
        reads.page(
          request,
          findBilledOrders,
          { _tag: "FindBilledOrders", tenant, ...questionOf(request.query) },
          (orders) => ({ orders })
        ),
      debtors: (request) =>
        reads.page(request, findDebtors, { _tag: "FindDebtors", tenant, ...questionOf(request.query) }, (debtors) => ({
          debtors
        }))
    })
  })
)

const ofInvoice = (
  error: InvoiceNotFound | QueryFailure | UnknownMessage
): Effect.Effect<never, UnknownInvoice | Problems.Unavailable> =>
  error._tag === "InvoiceNotFound"
    ? Effect.fail(new UnknownInvoice({ invoiceId: error.invoiceId, detail: error.message }))
    : CommandProblems.ofQuery(error)
