/** The endpoints for orders: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import type { Message } from "@eventfold/decider"
import { OrderCommands, type OrderErrors } from "@eventfold/domain-ordering"
import { History, QueryBus } from "@eventfold/event-store"
import { OrderId } from "@eventfold/shared-kernel"
import { type DateTime, Effect } from "effect"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import { findOrders, findOrdersAsOf, getOrder, getOrderHistory } from "../queries/OrderQueries.ts"
import { findOrdersToShip, getOrderDetails, searchOrders } from "../queries/OrderReadQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import * as CommandProblems from "./CommandProblems.ts"
import * as LiveOrdersHandler from "./LiveOrdersHandler.ts"
import { notThen, pointOf } from "./PastQueries.ts"
import * as Problems from "./Problems.ts"
import { type CommandHeaders, hasVersion } from "./RequestHeaders.ts"
import { answered, pageOf, placeOf, reader } from "./ReadRequests.ts"
import { sender } from "./SentCommand.ts"

type OrderMessage<P extends { readonly _tag: string }> = Message.Command<
  string,
  P,
  OrderCommands.OrderAnswer,
  OrderErrors.OrderRefusal
>

/** The endpoints for orders, over the buses. */
export const layer = HttpApiBuilder.group(
  Api,
  "orders",
  Effect.fn(function* (handlers) {
    const queries = yield* QueryBus
    const reads = yield* reader()
    const live = yield* LiveOrdersHandler.make
    const { tenant } = yield* Settings
    const send = yield* sender(CommandProblems.ofCommand)

    /** Sends a command on an order that the path names. */
    const sendTo = <P extends { readonly _tag: string }>(
      message: OrderMessage<P>,
      request: { readonly headers: CommandHeaders },
      given: { readonly occurredAt?: DateTime.Utc },
      payload: (occurredAt: DateTime.Utc) => P
    ) =>
      Effect.map(send(message, request.headers, given, payload), ({ answer, headers }) =>
        HttpApiSchema.withHeaders({ body: answer, headers })
      )

    return handlers.handleAll({
      draft: ({ headers, payload }) =>
        Effect.map(
          send(OrderCommands.draftOrder, headers, payload, (occurredAt, id) => ({
            ...payload,
            _tag: "DraftOrder",
            orderId: payload.orderId ?? OrderId.fromUuid(id),
            occurredAt
          })),
          (sent) =>
            HttpApiSchema.withHeaders({
              body: sent.answer,
              headers: { ...sent.headers, location: `/orders/${sent.answer.orderId}` }
            })
        ),
      addItem: (request) =>
        sendTo(OrderCommands.addItem, request, request.payload, (occurredAt) => ({
          ...request.payload,
          _tag: "AddItem",
          orderId: request.params.id,
          occurredAt
        })),
      changeItemQuantity: (request) =>
        sendTo(OrderCommands.changeItemQuantity, request, request.payload, (occurredAt) => ({
          _tag: "ChangeItemQuantity",
          orderId: request.params.id,
          productId: request.params.productId,
          quantity: request.payload.quantity,
          occurredAt
        })),
      removeItem: (request) =>
        sendTo(OrderCommands.removeItem, request, request.query, (occurredAt) => ({
          _tag: "RemoveItem",
          orderId: request.params.id,
          productId: request.params.productId,
          occurredAt
        })),
      place: (request) =>
        sendTo(OrderCommands.placeOrder, request, request.payload, (occurredAt) => ({
          ...request.payload,
          _tag: "PlaceOrder",
          orderId: request.params.id,
          occurredAt
        })),
      approve: (request) =>
        sendTo(OrderCommands.approveOrder, request, request.payload, (occurredAt) => ({
          ...request.payload,
          _tag: "ApproveOrder",
          orderId: request.params.id,
          occurredAt
        })),
      ship: (request) =>
        sendTo(OrderCommands.shipOrder, request, request.payload, (occurredAt) => ({
          ...request.payload,
          _tag: "ShipOrder",
          orderId: request.params.id,
          occurredAt
        })),
      deliver: (request) =>
        sendTo(OrderCommands.deliverOrder, request, request.payload, (occurredAt) => ({
          ...request.payload,
          _tag: "DeliverOrder",
          orderId: request.params.id,
          occurredAt
        })),
      cancel: (request) =>
        sendTo(OrderCommands.cancelOrder, request, request.payload, (occurredAt) => ({
          ...request.payload,
          _tag: "CancelOrder",
          orderId: request.params.id,
          occurredAt
        })),
      get: Effect.fnUntraced(function* ({ headers: given, params, query }) {
        const order = yield* queries
          .ask(getOrder, { _tag: "GetOrder", tenant, orderId: params.id, ...pointOf(query) })
          .pipe(
            Effect.catch(CommandProblems.ofOrderQuery),
            Effect.mapError((problem) =>
              problem._tag === "UnknownOrder"
                ? new Problems.UnknownOrder({ orderId: params.id, detail: notThen(query, problem.detail) })
                : problem
            )
          )
        const known = given["if-none-match"]
        const headers = { etag: order.version }
        return known !== undefined && hasVersion(known, order.version)
          ? HttpApiSchema.withHeaders({ body: undefined, headers })
          : HttpApiSchema.withHeaders({ body: order, headers })
      }),
      history: Effect.fnUntraced(function* ({ params, query }) {
        const { events, next, orderId, version } = yield* queries
          .ask(getOrderHistory, { _tag: "GetOrderHistory", tenant, orderId: params.id, ...query })
          .pipe(Effect.catch(CommandProblems.ofOrderQuery))
        return {
          orderId,
          version,
          events: events.map(({ metadata, ...event }) => ({
            ...event,
            ...(metadata["correlationId"] === undefined ? {} : { correlationId: metadata["correlationId"] }),
            ...(metadata["causationId"] === undefined ? {} : { causationId: metadata["causationId"] }),
            ...(metadata["actor"] === undefined ? {} : { actor: metadata["actor"] })
          })),
          ...(next === undefined ? {} : { nextAfter: next })
        }
      }),
      asOf: Effect.fnUntraced(function* ({ query: { by, cursor, date, limit } }) {
        const { next, ...page } = yield* queries
          .ask(findOrdersAsOf, {
            _tag: "FindOrdersAsOf",
            tenant,
            asOf: History.by(by, date),
            limit,
            ...(cursor === undefined ? {} : { after: cursor })
          })
          .pipe(Effect.catch(CommandProblems.ofQuery))
        return { date, by, ...page, ...(next === undefined ? {} : { nextCursor: next }) }
      }),
      list: Effect.fnUntraced(function* (request) {
        const { cursor, limit, wait: _, ...filter } = request.query
        const payload = { _tag: "FindOrders", tenant, ...filter, ...placeOf({ cursor, limit }) } as const
        const page = yield* reads.ask(request, findOrders, payload, CommandProblems.ofPage)
        return answered({ ...page, answer: { orders: page.answer.rows, ...pageOf(page) } })
      }),
      search: Effect.fnUntraced(function* (request) {
        const payload = { _tag: "SearchOrders", tenant, text: request.query.q, ...placeOf(request.query) } as const
        const page = yield* reads.ask(request, searchOrders, payload, CommandProblems.ofPage)
        return answered({ ...page, answer: { orders: page.answer.rows, ...pageOf(page) } })
      }),
      live: ({ headers: given, query }) => live({ _tag: "FindOrders", tenant, ...query }, given["last-event-id"]),
      details: (request) => {
        const payload = { _tag: "GetOrderDetails", tenant, orderId: request.params.id } as const
        return Effect.map(reads.ask(request, getOrderDetails, payload, CommandProblems.ofOrderQuery), answered)
      },
      toShip: Effect.fnUntraced(function* (request) {
        const payload = { _tag: "FindOrdersToShip", tenant, ...placeOf(request.query) } as const
        const page = yield* reads.ask(request, findOrdersToShip, payload, CommandProblems.ofPage)
        return answered({ ...page, answer: { orders: page.answer.rows, ...pageOf(page) } })
      })
    })
  })
)
