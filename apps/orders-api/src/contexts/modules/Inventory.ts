/** The inventory context, as a process hosts it: stock, its reservations, and the process manager that ends old ones. */
import { ReservationExpiry, ReservationExpirySamples, Reservations, StockLevels } from "@eventfold/domain-inventory"
import * as ReservationCommandHandlers from "../../commands/ReservationCommandHandlers.ts"
import * as StockCommandHandlers from "../../commands/StockCommandHandlers.ts"
import { managerOf } from "../../fulfilment/RunningProcess.ts"
import { relays } from "../../messaging/Relays.ts"
import * as InventoryQueryHandlers from "../../queries/InventoryQueryHandlers.ts"
import * as StockForecast from "../../queries/StockForecast.ts"
import * as ContextModule from "../ContextModule.ts"

/** What inventory brings. Reservations expire whatever the setting, because anybody can make one. */
export const inventory = ContextModule.make({
  name: "inventory",
  commands: [...StockCommandHandlers.handlers, ...ReservationCommandHandlers.handlers],
  queries: [...InventoryQueryHandlers.handlers, StockForecast.handler],
  projections: (_hash, use) => [use(StockLevels.StockLevels), use(Reservations.Reservations)],
  relay: relays.inventory,
  managers: () =>
    ContextModule.always([
      managerOf(ReservationExpiry.ReservationExpiry, ReservationExpiry.summary, ReservationExpirySamples.finding)
    ])
})
