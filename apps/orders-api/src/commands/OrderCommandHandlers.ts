/** Handles the commands of the ordering context: each order is an aggregate with a stream of its own. */
import { Order, OrderCommands } from "@eventfold/domain-ordering"
import { CommandBus, CommandHandler } from "@eventfold/event-store"
import { streamOf } from "../OrderStreamId.ts"

/** Loads and commands orders. */
export const orders = CommandHandler.make(Order.Order)

/** The handlers of the commands on orders. */
export const handlers = CommandBus.aggregate(orders, {
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
