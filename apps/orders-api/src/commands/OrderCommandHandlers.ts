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
import { CommandBus, type CommandEnvelope, CommandHandler, VersionConflict } from "@eventfold/event-store"
import { TooManyConflicts } from "@eventfold/event-store/CommandHandler"
import { Effect, Schedule } from "effect"
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

const draft = Effect.fnUntraced(function* (envelope: CommandEnvelope<OrderCommands.DraftOrder>) {
  return yield* decided(envelope, yield* OrderPrices.ofDraft(envelope.tenant, envelope.payload))
})

const addItem = Effect.fnUntraced(function* (envelope: CommandEnvelope<OrderCommands.AddItem>) {
  return yield* decided(envelope, yield* OrderPrices.ofItem(envelope.tenant, envelope.payload))
})

/** How often a draft that changes while it is priced is priced again. */
const attempts = 10
const again = Schedule.spaced("5 millis").pipe(Schedule.jittered, Schedule.upTo({ times: attempts - 1 }))

const place = Effect.fnUntraced(function* (envelope: CommandEnvelope<OrderCommands.PlaceOrder>) {
  const { expectedVersion, payload, tenant } = envelope
  const stream = streamOf(tenant, payload.orderId)
  const once = Effect.gen(function* () {
    const { state, version } = yield* orders.load(stream)
    if (state.status !== "draft" || state.lines.length === 0) return yield* decided(envelope, payload)
    const lines = yield* OrderPrices.ofPlacement(tenant, state)
    return yield* decided({ expectedVersion: version, ...envelope }, { ...payload, lines })
  })
  if (expectedVersion !== undefined) return yield* once
  return yield* once.pipe(
    Effect.retry({ schedule: again, while: (error) => error instanceof VersionConflict }),
    Effect.mapError((error) => (error instanceof VersionConflict ? new TooManyConflicts({ stream, attempts }) : error))
  )
})

/** The handlers of the commands on orders. */
export const handlers = [
  CommandBus.handler(OrderCommands.draftOrder, draft),
  CommandBus.handler(OrderCommands.addItem, addItem),
  CommandBus.handler(OrderCommands.placeOrder, place),
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
