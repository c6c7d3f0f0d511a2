/** The endpoints for orders: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import type { Message } from "@eventfold/decider"
import { OrderCommands, type OrderErrors } from "@eventfold/domain-ordering"
import { CommandBus, QueryBus } from "@eventfold/event-store"
import { OrderId } from "@eventfold/shared-kernel"
import { DateTime, Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import { OrderList } from "../queries/OrderList.ts"
import { findOrders, getOrder, getOrderHistory } from "../queries/OrderQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import * as CommandProblems from "./CommandProblems.ts"
import { CorrelationId } from "./CorrelationId.ts"
import { type CommandHeaders, hasVersion } from "./RequestHeaders.ts"

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
    const commands = yield* CommandBus
    const queries = yield* QueryBus
    const list = yield* OrderList
    const { tenant } = yield* Settings

    /** Sends a command under the id the client chose, or a new one. */
    const send = Effect.fnUntraced(function* <P extends { readonly _tag: string }>(
      message: OrderMessage<P>,
      headers: CommandHeaders,
      given: { readonly occurredAt?: DateTime.Utc },
      payload: (occurredAt: DateTime.Utc, id: string) => P
    ) {
      const id = headers["idempotency-key"] ?? SecureRandom.uuidV7Unsafe()
      const [actor, expected] = [headers["x-actor"], headers["if-match"]]
      const answer = yield* commands
        .dispatch(message, {
          id,
          tenant,
          payload: payload(given.occurredAt ?? (yield* DateTime.now), id),
          metadata: { correlationId: yield* CorrelationId, ...(actor === undefined ? {} : { actor }) },
          ...(typeof expected === "number" ? { expectedVersion: expected } : {})
        })
        .pipe(Effect.catch((error) => CommandProblems.ofCommand(error, id)))
      yield* list.wake
      return { answer, headers: { etag: answer.version, "idempotency-key": id } }
    })

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
      get: Effect.fnUntraced(function* ({ headers: given, params }) {
        const order = yield* queries
          .ask(getOrder, { _tag: "GetOrder", tenant, orderId: params.id })
          .pipe(Effect.catch(CommandProblems.ofOrderQuery))
        const known = given["if-none-match"]
        const headers = { etag: order.version }
        return known !== undefined && hasVersion(known, order.version)
          ? HttpApiSchema.withHeaders({ body: undefined, headers })
          : HttpApiSchema.withHeaders({ body: order, headers })
      }),
      history: Effect.fnUntraced(function* ({ params, query }) {
        const { events, orderId, version } = yield* queries
          .ask(getOrderHistory, { _tag: "GetOrderHistory", tenant, orderId: params.id, ...query })
          .pipe(Effect.catch(CommandProblems.ofOrderQuery))
        const last = events.at(-1)?.version ?? version
        return {
          orderId,
          version,
          events: events.map(({ metadata, ...event }) => ({
            ...event,
            ...(metadata["correlationId"] === undefined ? {} : { correlationId: metadata["correlationId"] }),
            ...(metadata["causationId"] === undefined ? {} : { causationId: metadata["causationId"] }),
            ...(metadata["actor"] === undefined ? {} : { actor: metadata["actor"] })
          })),
          ...(last < version ? { nextAfter: last } : {})
        }
      }),
      list: Effect.fnUntraced(function* ({ query: { cursor, ...query } }) {
        const { next, ...page } = yield* queries
          .ask(findOrders, {
            _tag: "FindOrders",
            tenant,
            ...query,
            ...(cursor === undefined ? {} : { before: cursor })
          })
          .pipe(Effect.catch(CommandProblems.ofQuery))
        return { ...page, ...(next === undefined ? {} : { nextCursor: next }) }
      })
    })
  })
)
