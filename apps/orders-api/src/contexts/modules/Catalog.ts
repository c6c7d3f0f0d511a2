/** The catalogue, as a process hosts it: products and the rules of their prices, which are documents. */
import * as CatalogCommandHandlers from "../../commands/CatalogCommandHandlers.ts"
import { relays } from "../../messaging/Relays.ts"
import * as CatalogPrices from "../../queries/CatalogPrices.ts"
import * as CatalogQueryHandlers from "../../queries/CatalogQueryHandlers.ts"
import * as ContextModule from "../ContextModule.ts"

/** What the catalogue brings. */
export const catalog = ContextModule.make({
  name: "catalog",
  commands: CatalogCommandHandlers.handlers,
  queries: CatalogQueryHandlers.handlers,
  answers: CatalogPrices.handlers,
  relay: relays.catalog
})
