/**
 * Sales per region and currency. The region is the country of the shipping address, as the customer has written it. See
 * `Sales.ts` for what counts.
 *
 * An address can be forgotten; its order is then sold to the region `unknown`. So figures that are built anew after a
 * customer was forgotten move from a country to `unknown`; the sum of all regions stays. Of an order that can still be
 * cancelled the country is remembered, and nothing else of the address.
 */
import { Personal, Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { Address, Currency } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Order } from "../Order.ts"
import type { OrderPlaced } from "../OrderEvents.ts"
import * as Sales from "./Sales.ts"

const region = { region: Address.Address.fields.country, currency: Currency.Currency }

/** The schema of a row. */
export const SalesByRegionRow = Schema.Struct({ ...region, ...Sales.fields }).annotate({
  identifier: "SalesByRegionRow"
})
/** What was sold to a region, in a currency. */
export type SalesByRegionRow = typeof SalesByRegionRow.Type

/** The region of an order whose address is forgotten. */
export const unknown = "unknown"

/** The sales, as what keeps their rows knows them. */
export const readModel = ReadModel.make({
  name: "sales_by_region",
  key: ["region", "currency"],
  row: SalesByRegionRow,
  indexes: [["currency", "net"]]
})

const soldIn = ({ orderId, shippingAddress, total: { amount, currency } }: OrderPlaced) => ({
  orderId,
  amount,
  region: Personal.match(shippingAddress, { onKnown: ({ country }) => country, onRedacted: () => unknown }),
  currency
})

/** Sales per region. */
export const SalesByRegion = Projection.countersWithMemory({
  readModel,
  events: Sales.events,
  memory: {
    category: Order.category,
    readModel: ReadModel.make({
      name: "sales_by_region_memory",
      key: ["orderId"],
      row: Schema.Struct({ ...Sales.remembered, ...region })
    }),
    remember: (before, event) => Sales.remember(before, event, soldIn)
  },
  counters: Sales.counters,
  initial: (key) => ({ ...key, ...Sales.none }),
  count: (event, memory) => {
    if (event._tag === "OrderPlaced") {
      const { amount, currency, region } = soldIn(event)
      return memory === undefined ? Sales.placed({ region, currency }, amount) : []
    }
    if (event._tag !== "OrderCancelled" || memory === undefined) return []
    return Sales.cancelled({ region: memory.region, currency: memory.currency }, memory.amount)
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** The regions in which something was sold in a currency. */
export const inCurrency = (currency: Currency.Currency) => Specification.eq(rows.field("currency"), currency)

/** The region with the greatest net sales comes first. Ask for one currency. */
export const greatestFirst = [Sorting.descending(rows.field("net"))]
