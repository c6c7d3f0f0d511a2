/** Answers the queries about orders: from their streams. Nothing here can write. */
import { OrderErrors } from "@eventfold/domain-ordering"
import { QueryBus } from "@eventfold/event-store"
import type { OrderId } from "@eventfold/shared-kernel"
import { Effect, Option } from "effect"
import { findOrdersAsOf, getOrder, getOrderHistory } from "./OrderQueries.ts"
import { OrderStreams } from "./OrderStreams.ts"

const existing = <A, E>(orderId: OrderId, found: Effect.Effect<Option.Option<A>, E>) =>
  Effect.flatMap(
    found,
    Option.match({
      onNone: () => Effect.fail(new OrderErrors.OrderNotFound({ orderId })),
      onSome: (answer) => Effect.succeed(answer)
    })
  )

/** The handlers of the queries about orders. */
export const handlers = [
  QueryBus.handler(getOrder, ({ asOf, orderId, tenant }) =>
    Effect.flatMap(OrderStreams, (streams) => existing(orderId, streams.detail(tenant, orderId, asOf)))
  ),
  QueryBus.handler(getOrderHistory, ({ orderId, tenant, ...range }) =>
    Effect.flatMap(OrderStreams, (streams) => existing(orderId, streams.history(tenant, orderId, range)))
  ),
  QueryBus.handler(findOrdersAsOf, (query) => Effect.flatMap(OrderStreams, (streams) => streams.everyAsOf(query)))
]
