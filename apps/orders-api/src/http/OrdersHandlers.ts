/** The endpoints for orders: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import { OrderCommands } from "@eventfold/domain-ordering"
import { History, QueryBus } from "@eventfold/event-store"
import { OrderId } from "@eventfold/shared-kernel"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { findOrders, findOrdersAsOf, getOrder, getOrderHistory } from "../queries/OrderQueries.ts"
import { findOrdersToShip, getOrderDetails, searchOrders } from "../queries/OrderReadQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import * as CommandProblems from "./CommandProblems.ts"
import * as LiveOrdersHandler from "./LiveOrdersHandler.ts"
import { unlessKnown } from "./OneAtVersion.ts"
import { notThen, pointOf } from "./PastQueries.ts"
import * as Problems from "./Problems.ts"
import { answered, questionOf, reader } from "./ReadRequests.ts"
import { createdAt, sender } from "./SentCommand.ts"

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

    return handlers.handleAll({
      draft: (request) =>
        Effect.map(
          send(OrderCommands.draftOrder, request, (occurredAt, id) => ({
            ...request.payload,
            ...askedBy(request.headers),
            _tag: "DraftOrder",
            orderId: request.payload.orderId ?? OrderId.fromUuid(id),
            occurredAt
          })),
          createdAt(({ orderId }) => `/orders/${orderId}`)
        ),
      addItem: (request) =>
        send(OrderCommands.addItem, request, (occurredAt) => ({
          ...request.payload,
          ...askedBy(request.headers),
          _tag: "AddItem",
          orderId: request.params.id,
          occurredAt
        })),
      changeItemQuantity: (request) =>
        send(OrderCommands.changeItemQuantity, request, (occurredAt) => ({
          _tag: "ChangeItemQuantity",
          orderId: request.params.id,
          productId: request.params.productId,
          quantity: request.payload.quantity,
          occurredAt
        })),
      removeItem: (request) =>
        send(OrderCommands.removeItem, { ...request, payload: request.query }, (occurredAt) => ({
          _tag: "RemoveItem",
          orderId: request.params.id,
          productId: request.params.productId,
          occurredAt
        })),
      place: (request) =>
        send(OrderCommands.placeOrder, request, (occurredAt) => ({
          ...request.payload,
          _tag: "PlaceOrder",
          orderId: request.params.id,
          occurredAt
        })),
      approve: (request) =>
        send(OrderCommands.approveOrder, request, (occurredAt) => ({
          ...request.payload,
          _tag: "ApproveOrder",
          orderId: request.params.id,
          occurredAt
        })),
      ship: (request) =>
        send(OrderCommands.shipOrder, request, (occurredAt) => ({
          ...request.payload,
          _tag: "ShipOrder",
          orderId: request.params.id,
          occurredAt
        })),
      deliver: (request) =>
        send(OrderCommands.deliverOrder, request, (occurredAt) => ({
          ...request.payload,
          _tag: "DeliverOrder",
          orderId: request.params.id,
          occurredAt
        })),
      cancel: (request) =>
        send(OrderCommands.cancelOrder, request, (occurredAt) => ({
          ...request.payload,
          _tag: "CancelOrder",
          orderId: request.params.id,
          occurredAt
        })),
      get: Effect.fnUntraced(function* (request) {
        const { params, query } = request
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
        return unlessKnown(request, order)
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
      list: (request) =>
        reads.page(request, findOrders, { _tag: "FindOrders", tenant, ...questionOf(request.query) }, (orders) => ({
          orders
        })),
      search: (request) => {
        const { q: text, ...query } = questionOf(request.query)
        const payload = { _tag: "SearchOrders", tenant, text, ...query } as const
        return reads.page(request, searchOrders, payload, (orders) => ({ orders }))
      },
      live: ({ headers: given, query }) => live({ _tag: "FindOrders", tenant, ...query }, given["last-event-id"]),
      details: (request) => {
        const payload = { _tag: "GetOrderDetails", tenant, orderId: request.params.id } as const
        return Effect.map(reads.ask(request, getOrderDetails, payload, CommandProblems.ofOrderQuery), answered)
      },
      toShip: (request) =>
        reads.page(
          request,
          findOrdersToShip,
          { _tag: "FindOrdersToShip", tenant, ...questionOf(request.query) },
          (orders) => ({ orders })
        )
    })
  })
)

const askedBy = ({ "x-role": role }: { readonly "x-role"?: OrderCommands.AskedBy }) =>
  role === undefined ? {} : { askedBy: role }
