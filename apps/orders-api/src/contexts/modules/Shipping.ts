/**
 * The shipping context, as a process hosts it: shipments, and what requests them, withdraws them and tells of
 * their delivery.
 */
import { Choreography, ProcessDiagrams, ShippingProcess } from "@eventfold/domain-fulfilment"
import { Shipments } from "@eventfold/domain-shipping"
import * as ShipmentCommandHandlers from "../../commands/ShipmentCommandHandlers.ts"
import * as Reactions from "../../fulfilment/Reactions.ts"
import { managerOf } from "../../fulfilment/RunningProcess.ts"
import { relays } from "../../messaging/Relays.ts"
import * as ShipmentQueryHandlers from "../../queries/ShipmentQueryHandlers.ts"
import * as ContextModule from "../ContextModule.ts"

/** What shipping brings. */
export const shipping = ContextModule.make({
  name: "shipping",
  commands: ShipmentCommandHandlers.handlers,
  queries: ShipmentQueryHandlers.handlers,
  projections: (_hash, use) => [use(Shipments.Shipments)],
  relay: relays.shipping,
  managers: (limits) => {
    const running = [managerOf(ShippingProcess.make(limits), ShippingProcess.summary, ProcessDiagrams.shipping)]
    return { off: [], orchestrated: running, choreographed: running }
  },
  // An order is told of its delivery also where a saga coordinates the rest.
  handlers: { off: [], orchestrated: [Reactions.handler("deliveries", [Choreography.delivered])], choreographed: [] }
})
