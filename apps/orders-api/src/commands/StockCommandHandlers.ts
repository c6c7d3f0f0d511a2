/** Handles the commands on the stock of products that people send: the stock of each product has a stream of its own. */
import { StockCommands, StockItem } from "@eventfold/domain-inventory"
import { CommandBus } from "@eventfold/event-store"
import { stockStreamOf } from "../InventoryStreamIds.ts"
import { stock } from "./InventoryAggregates.ts"

/** The handlers of the commands on stock. */
export const handlers = CommandBus.aggregate(stock, {
  commands: [StockCommands.receiveStock, StockCommands.adjustStock],
  stream: (tenant, { productId }) => stockStreamOf(tenant, productId),
  answer: StockItem.answerOf
})
