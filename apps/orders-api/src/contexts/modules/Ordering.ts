/** The ordering context, as a process hosts it: orders, their sales and buyers, and who coordinates their fulfilment. */
import { OrderCancellation, OrderFulfilment } from "@eventfold/domain-fulfilment"
import {
  Buyers,
  CustomerTotals,
  OrderDetail,
  OrderList,
  OrderSearch,
  SalesByDay,
  SalesByProduct,
  SalesByProductDay,
  SalesByRegion,
  SalesBySegment,
  ShippingQueue
} from "@eventfold/domain-ordering"
import { subscriber } from "../../buyers/BuyersSubscriber.ts"
import * as NoticeCommandHandlers from "../../commands/NoticeCommandHandlers.ts"
import * as OrderCommandHandlers from "../../commands/OrderCommandHandlers.ts"
import * as Coordinated from "../../fulfilment/Coordinated.ts"
import { sagaOf } from "../../fulfilment/RunningProcess.ts"
import { relays } from "../../messaging/Relays.ts"
import * as BuyerQueryHandlers from "../../queries/BuyerQueryHandlers.ts"
import * as OrderQueryHandlers from "../../queries/OrderQueryHandlers.ts"
import * as OrderReadHandlers from "../../queries/OrderReadHandlers.ts"
import * as OrderToDeliver from "../../queries/OrderToDeliver.ts"
import * as PiecesSold from "../../queries/PiecesSold.ts"
import * as SalesQueryHandlers from "../../queries/SalesQueryHandlers.ts"
import * as ContextModule from "../ContextModule.ts"

/** What ordering brings. */
export const ordering = ContextModule.make({
  name: "ordering",
  commands: [...OrderCommandHandlers.handlers, ...NoticeCommandHandlers.handlers],
  queries: [
    ...OrderQueryHandlers.handlers,
    ...OrderReadHandlers.handlers,
    ...SalesQueryHandlers.handlers,
    ...BuyerQueryHandlers.handlers
  ],
  answers: [OrderToDeliver.handler],
  figures: [PiecesSold.handler],
  projections: (hash, use) => [
    use(OrderList.OrderList),
    use(OrderDetail.OrderDetail),
    use(OrderSearch.make(hash)),
    use(ShippingQueue.ShippingQueue),
    use(Buyers.Buyers),
    use(CustomerTotals.CustomerTotals),
    use(SalesByDay.SalesByDay),
    use(SalesByProduct.SalesByProduct),
    use(SalesByProductDay.SalesByProductDay),
    use(SalesByRegion.SalesByRegion),
    use(SalesBySegment.SalesBySegment)
  ],
  relay: relays.ordering,
  subscribers: [subscriber],
  sagas: (limits) => {
    const { cancellation, fulfilment } = Coordinated.sagas(limits)
    return [sagaOf(fulfilment, OrderFulfilment.summary), sagaOf(cancellation, OrderCancellation.summary)]
  },
  handlers: {
    off: [],
    orchestrated: [Coordinated.handler],
    choreographed: []
  },
  // Notices are the business of fulfilment, which acts for ordering.
  reactions: ContextModule.reactionsOf("ordering", "fulfilment")
})
