/**
 * Handles the commands of the ordering context: each order is an aggregate with a stream of its own.
 *
 * What is put into an order, and what is placed, is priced by the catalogue first. A draft that changes while it is priced is
 * priced again: it is placed at the version that was priced, and at no other.
 */
import {
  Order,
  OrderCommands,
  type OrderErrors,
  type OrderEvents,
  type OrderState,
  type PricedCommand
} from "@eventfold/domain-ordering"
import { CommandBus, type CommandEnvelope, CommandHandler } from "@eventfold/event-store"
import { Effect } from "effect"
import { streamOf } from "../OrderStreamId.ts"
import * as OrderPrices from "./OrderPrices.ts"

/** Loads and commands orders. */
export const orders = CommandHandler.make(Order.Order)

const decided = Effect.fnUntraced(function* (
  { payload, tenant, ...rest }: CommandEnvelope<OrderCommands.OrderCommand>,
  priced: PricedCommand
) {
  const { state, version } = yield* orders.handle(streamOf(tenant, payload.orderId), priced, rest)
  return Order.answerOf(state, version)
})

/** An order as it is before it is placed, and its lines with their prices if it can be. */
const priced = Effect.fnUntraced(function* ({ payload, tenant }: CommandEnvelope<OrderCommands.PlaceOrder>) {
  const { state, version } = yield* orders.load(streamOf(tenant, payload.orderId))
  if (state.status !== "draft" || state.lines.length === 0) return { version }
  return { version, lines: yield* OrderPrices.ofPlacement(tenant, state) }
})

/** The handlers of the commands on orders. */
export const handlers = [
  CommandBus.prepared(OrderCommands.draftOrder, ({ payload, tenant }) => OrderPrices.ofDraft(tenant, payload), decided),
  CommandBus.prepared(OrderCommands.addItem, ({ payload, tenant }) => OrderPrices.ofItem(tenant, payload), decided),
  CommandBus.prepared(OrderCommands.placeOrder, priced, (envelope, { version, ...prices }) =>
    decided({ expectedVersion: version, ...envelope }, { ...envelope.payload, ...prices })
  ),
  ...CommandBus.aggregate<
    OrderState.OrderState,
    Exclude<PricedCommand, { readonly _tag: "DraftOrder" | "AddItem" | "PlaceOrder" }>,
    OrderEvents.OrderEvent,
    OrderErrors.OrderRefusal,
    OrderCommands.OrderAnswer
  >(orders, {
    commands: [
      OrderCommands.changeItemQuantity,
      OrderCommands.removeItem,
      OrderCommands.approveOrder,
      OrderCommands.shipOrder,
      OrderCommands.deliverOrder,
      OrderCommands.cancelOrder
    ],
    stream: (tenant, { orderId }) => streamOf(tenant, orderId),
    answer: Order.answerOf
  })
]
