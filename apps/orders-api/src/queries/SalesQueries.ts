/**
 * What can be asked about sales and customers, as typed queries.
 *
 * Every amount is exact and of one currency: several currencies never add up. `gross` counts every placed order, `net`
 * leaves cancelled ones out.
 */
import { Message, UtcDay } from "@eventfold/decider"
import { OrderSummary, SalesBySegment } from "@eventfold/domain-ordering"
import { StreamId } from "@eventfold/event-store"
import { Currency, CustomerId, Money, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { BuyerDetail } from "./BuyerQueries.ts"
import * as Pages from "./Pages.ts"

/** What was sold. */
const sold = {
  /** How many orders were placed. */
  orders: Schema.Int,
  /** How many of them were cancelled. */
  cancelled: Schema.Int,
  /** What all of them cost. */
  gross: Money.Money,
  /** What those cost that were not cancelled. */
  net: Money.Money
}

const inCurrency = { ...Pages.fields, currency: Currency.Currency }

/** Sales of a day. */
export const DaySales = Schema.Struct({ day: UtcDay.UtcDay, ...sold }).annotate({ identifier: "DaySales" })
/** Asks for the sales of the days from `from` to `to`, both included; days without sales are left out. */
export const FindSalesByDay = Schema.TaggedStruct("FindSalesByDay", {
  ...inCurrency,
  from: Schema.optionalKey(UtcDay.UtcDay),
  to: Schema.optionalKey(UtcDay.UtcDay)
})
/** The message that carries {@link FindSalesByDay}. */
export const findSalesByDay = Pages.query("sales", FindSalesByDay, DaySales)

/** Sales of a product: the amounts are those of its lines. */
export const ProductSales = Schema.Struct({
  productId: ProductId,
  ...sold,
  grossPieces: Schema.Int,
  netPieces: Schema.Int
}).annotate({ identifier: "ProductSales" })
/** Asks for the sales of products, the one with the greatest net first. */
export const FindSalesByProduct = Schema.TaggedStruct("FindSalesByProduct", inCurrency)
/** The message that carries {@link FindSalesByProduct}. */
export const findSalesByProduct = Pages.query("sales", FindSalesByProduct, ProductSales)

/** Sales to a region: the country of the shipping address, or `unknown` where that is forgotten. */
export const RegionSales = Schema.Struct({ region: Schema.String, ...sold }).annotate({ identifier: "RegionSales" })
/** Asks for the sales to regions, the one with the greatest net first. */
export const FindSalesByRegion = Schema.TaggedStruct("FindSalesByRegion", inCurrency)
/** The message that carries {@link FindSalesByRegion}. */
export const findSalesByRegion = Pages.query("sales", FindSalesByRegion, RegionSales)

/** Sales in a segment of order value. */
export const SegmentSales = Schema.Struct({ segment: SalesBySegment.Segment, ...sold }).annotate({
  identifier: "SegmentSales"
})
/** Asks for the sales per segment of order value: more than 1,000 premium, more than 100 standard, else basic. */
export const FindSalesBySegment = Schema.TaggedStruct("FindSalesBySegment", inCurrency)
/** The message that carries {@link FindSalesBySegment}. */
export const findSalesBySegment = Pages.query("sales", FindSalesBySegment, SegmentSales)

const totals = {
  ...sold,
  /** Placed, and neither delivered nor cancelled. */
  active: Schema.Int,
  /** Delivered. */
  completed: Schema.Int
}

/** What a customer has ordered in a currency. */
export const CustomerSales = Schema.Struct({ customerId: CustomerId, ...totals }).annotate({
  identifier: "CustomerSales"
})
/** Asks for the customers who have ordered in a currency, the one with the greatest net first. */
export const FindTopCustomers = Schema.TaggedStruct("FindTopCustomers", inCurrency)
/** The message that carries {@link FindTopCustomers}. */
export const findTopCustomers = Pages.query("sales", FindTopCustomers, CustomerSales)

/** What a customer has ordered, and the newest orders. A customer who has ordered nothing has a dashboard without them. */
export const Dashboard = Schema.Struct({
  customerId: CustomerId,
  /** One per currency. */
  totals: Schema.Array(
    Schema.Struct({
      currency: Currency.Currency,
      ...totals,
      /** Net ÷ the orders that were not cancelled, rounded half-even; absent when there is none. */
      average: Schema.optionalKey(Money.Money)
    })
  ),
  /** The ten that were placed last. */
  recent: Schema.Array(OrderSummary.OrderSummary),
  /** When the last one was placed; absent when none was. */
  lastOrderAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** Who the customer is, as sales sees them; absent when it has not heard of them. */
  buyer: Schema.optionalKey(BuyerDetail)
}).annotate({ identifier: "CustomerDashboard" })
/** Asks for the dashboard of a customer. */
export const GetDashboard = Schema.TaggedStruct("GetDashboard", { tenant: StreamId.Tenant, customerId: CustomerId })
/** The message that carries {@link GetDashboard}. */
export const getDashboard = Message.query({ context: "sales", payload: GetDashboard, answer: Dashboard })
