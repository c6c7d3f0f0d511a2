/** The endpoints for payments: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import { PaymentCommands, PaymentIds } from "@eventfold/domain-payments"
import { QueryBus } from "@eventfold/event-store"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { findPayments, getPayment, getPaymentsOfOrder } from "../queries/PaymentQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import { handler as webhook } from "./CardGatewayWebhook.ts"
import { ofQuery } from "./CommandProblems.ts"
import { unlessKnown } from "./OneAtVersion.ts"
import * as PaymentProblems from "./PaymentProblems.ts"
import { answered, questionOf, reader } from "./ReadRequests.ts"
import { createdAt, sender } from "./SentCommand.ts"

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
      request: (request) => {
        const { capture = true, paymentId = PaymentIds.ofOrder(request.payload.orderId), ...asked } = request.payload
        return Effect.map(
          capture
            ? send(PaymentCommands.takePayment, request, (occurredAt) => ({
                ...asked,
                _tag: "TakePayment",
                paymentId,
                occurredAt
              }))
            : send(PaymentCommands.authorisePayment, request, (occurredAt) => ({
                ...asked,
                _tag: "AuthorisePayment",
                paymentId,
                occurredAt
              })),
          createdAt(() => `/payments/${paymentId}`)
        )
      },
      capture: (request) =>
        send(PaymentCommands.capturePayment, request, (occurredAt) => ({
          ...request.payload,
          _tag: "CapturePayment",
          paymentId: request.params.id,
          occurredAt
        })),
      refund: (request) => {
        const { money, reason } = request.payload
        const { id: paymentId } = request.params
        return money === undefined
          ? send(PaymentCommands.refundPayment, request, (occurredAt) => ({
              _tag: "RefundPayment",
              paymentId,
              reason,
              occurredAt
            }))
          : send(PaymentCommands.refundPart, request, (occurredAt, id) => ({
              _tag: "RefundPart",
              paymentId,
              refundId: PaymentIds.RefundId.fromUuid(id),
              money,
              reason,
              occurredAt
            }))
      },
      void: (request) =>
        send(PaymentCommands.voidPayment, request, (occurredAt) => ({
          ...request.payload,
          _tag: "VoidPayment",
          paymentId: request.params.id,
          occurredAt
        })),
      settle: (request) =>
        send(PaymentCommands.settlePayment, request, (occurredAt) => ({
          _tag: "SettlePayment",
          paymentId: request.params.id,
          occurredAt
        })),
      get: Effect.fnUntraced(function* (request) {
        const payment = yield* queries
          .ask(getPayment, { _tag: "GetPayment", tenant, paymentId: request.params.id })
          .pipe(Effect.catch(PaymentProblems.ofQuery))
        return unlessKnown(request, payment)
      }),
      list: (request) =>
        reads.page(
          request,
          findPayments,
          { _tag: "FindPayments", tenant, ...questionOf(request.query) },
          (payments) => ({ payments })
        ),
      ofOrder: Effect.fnUntraced(function* (request) {
        const { id: orderId } = request.params
        const payload = { _tag: "GetPaymentsOfOrder", tenant, orderId } as const
        const found = yield* reads.ask(request, getPaymentsOfOrder, payload, ofQuery)
        return answered({ ...found, answer: { orderId, payments: found.answer } })
      }),
      webhook: yield* webhook
    })
  })
)
