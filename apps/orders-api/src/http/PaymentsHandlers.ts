/** The endpoints for payments: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import { PaymentCommands, PaymentIds } from "@eventfold/domain-payments"
import { QueryBus } from "@eventfold/event-store"
import { Effect } from "effect"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import { findPayments, getPayment, getPaymentsOfOrder } from "../queries/PaymentQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import { handler as webhook } from "./CardGatewayWebhook.ts"
import { ofPage, ofQuery } from "./CommandProblems.ts"
import * as PaymentProblems from "./PaymentProblems.ts"
import { answered as read, pageOf, placeOf, reader } from "./ReadRequests.ts"
import { hasVersion } from "./RequestHeaders.ts"
import { sender } from "./SentCommand.ts"

/** The endpoints for payments, over the buses. */
export const layer = HttpApiBuilder.group(
  Api,
  "payments",
  Effect.fn(function* (handlers) {
    const queries = yield* QueryBus
    const { tenant } = yield* Settings
    const reads = yield* reader()
    const send = yield* sender(PaymentProblems.ofCommand)

    return handlers.handleAll({
      request: Effect.fnUntraced(function* ({ headers, payload }) {
        const { capture = true, occurredAt: _, paymentId = PaymentIds.ofOrder(payload.orderId), ...asked } = payload
        const sent = yield* capture
          ? send(PaymentCommands.takePayment, headers, payload, (occurredAt) => ({
              ...asked,
              _tag: "TakePayment",
              paymentId,
              occurredAt
            }))
          : send(PaymentCommands.authorisePayment, headers, payload, (occurredAt) => ({
              ...asked,
              _tag: "AuthorisePayment",
              paymentId,
              occurredAt
            }))
        const location = `/payments/${paymentId}`
        return HttpApiSchema.withHeaders({ body: sent.answer, headers: { ...sent.headers, location } })
      }),
      capture: ({ headers, params: { id: paymentId }, payload }) =>
        Effect.map(
          send(PaymentCommands.capturePayment, headers, payload, (occurredAt) => ({
            ...payload,
            _tag: "CapturePayment",
            paymentId,
            occurredAt
          })),
          answered
        ),
      refund: ({ headers, params: { id: paymentId }, payload: { money, reason, ...payload } }) =>
        Effect.map(
          money === undefined
            ? send(PaymentCommands.refundPayment, headers, payload, (occurredAt) => ({
                _tag: "RefundPayment",
                paymentId,
                reason,
                occurredAt
              }))
            : send(PaymentCommands.refundPart, headers, payload, (occurredAt, id) => ({
                _tag: "RefundPart",
                paymentId,
                refundId: PaymentIds.RefundId.fromUuid(id),
                money,
                reason,
                occurredAt
              })),
          answered
        ),
      void: ({ headers, params: { id: paymentId }, payload }) =>
        Effect.map(
          send(PaymentCommands.voidPayment, headers, payload, (occurredAt) => ({
            ...payload,
            _tag: "VoidPayment",
            paymentId,
            occurredAt
          })),
          answered
        ),
      settle: ({ headers, params: { id: paymentId }, payload }) =>
        Effect.map(
          send(PaymentCommands.settlePayment, headers, payload, (occurredAt) => ({
            _tag: "SettlePayment",
            paymentId,
            occurredAt
          })),
          answered
        ),
      get: Effect.fnUntraced(function* ({ headers: given, params: { id: paymentId } }) {
        const payment = yield* queries
          .ask(getPayment, { _tag: "GetPayment", tenant, paymentId })
          .pipe(Effect.catch(PaymentProblems.ofQuery))
        const known = given["if-none-match"]
        const headers = { etag: payment.version }
        return known !== undefined && hasVersion(known, payment.version)
          ? HttpApiSchema.withHeaders({ body: undefined, headers })
          : HttpApiSchema.withHeaders({ body: payment, headers })
      }),
      list: Effect.fnUntraced(function* (request) {
        const { cursor, limit, wait: _, ...filter } = request.query
        const payload = { _tag: "FindPayments", tenant, ...filter, ...placeOf({ cursor, limit }) } as const
        const page = yield* reads.ask(request, findPayments, payload, ofPage)
        return read({ ...page, answer: { payments: page.answer.rows, ...pageOf(page) } })
      }),
      ofOrder: Effect.fnUntraced(function* (request) {
        const { id: orderId } = request.params
        const payload = { _tag: "GetPaymentsOfOrder", tenant, orderId } as const
        const found = yield* reads.ask(request, getPaymentsOfOrder, payload, ofQuery)
        return read({ ...found, answer: { orderId, payments: found.answer } })
      }),
      webhook: yield* webhook
    })
  })
)

const answered = <A, H extends object>({ answer, headers }: { readonly answer: A; readonly headers: H }) =>
  HttpApiSchema.withHeaders({ body: answer, headers })
