/**
 * What fulfilment must know of an order, read from its stream: whether it is still only placed, and what was placed, where
 * it names a card. An order that people have approved meanwhile is theirs.
 */
import { FulfilmentInput } from "@eventfold/domain-fulfilment"
import { Order, type OrderState } from "@eventfold/domain-ordering"
import { EventCodec, History } from "@eventfold/event-store"
import type { OrderId } from "@eventfold/shared-kernel"
import { Effect, Option, Stream } from "effect"
import { streamOf } from "../OrderStreamId.ts"

const codec = EventCodec.make(Order.Order.Event)

/** How an order stands, and what of it is needed to fulfil it: nothing, when it is not fulfilled by itself. */
export const read = Effect.fnUntraced(function* (tenant: string, orderId: OrderId) {
  const recorded = yield* Stream.runCollect(History.eventsAsOf(streamOf(tenant, orderId), History.latest)).pipe(
    Effect.catchTag("InvalidHistoryQuery", Effect.die)
  )
  const events = yield* codec.decode(recorded)
  const state = events.reduce<OrderState.OrderState>(Order.evolve, Order.initial)
  const placed = events.find((event) => event._tag === "OrderPlaced")
  const input = placed === undefined ? Option.none() : FulfilmentInput.ofOrder(placed)
  return { status: state.status, input }
})
