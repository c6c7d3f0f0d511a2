/** Handles the commands of the ordering context: each order is an aggregate with a stream of its own. */
import { Order, OrderCommands } from "@eventfold/domain-ordering"
import { CommandBus, CommandHandler, type CommandLog, type EventStore, type Transaction } from "@eventfold/event-store"
import type { Layer } from "effect"
import { streamOf } from "../OrderStreamId.ts"

/** The command bus of the service. */
export const layer: Layer.Layer<CommandBus, never, EventStore | CommandLog | Transaction> = CommandBus.layer(
  CommandBus.aggregate(CommandHandler.make(Order.Order), {
    commands: [
      OrderCommands.draftOrder,
      OrderCommands.addItem,
      OrderCommands.changeItemQuantity,
      OrderCommands.removeItem,
      OrderCommands.placeOrder,
      OrderCommands.approveOrder,
      OrderCommands.shipOrder,
      OrderCommands.deliverOrder,
      OrderCommands.cancelOrder
    ],
    stream: (tenant, { orderId }) => streamOf(tenant, orderId),
    answer: Order.answerOf
  })
)
