/** Two projections of orders, as a program might declare them: a list, and what each customer has ordered. */
import { Projection, ReadModel } from "@eventfold/decider"
import { Order, OrderEvents, OrderSummary } from "@eventfold/domain-ordering"
import { Currency } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** The list of orders: one row per order, under the id of its stream. */
export const OrderList = Projection.make({
  readModel: ReadModel.make({
    name: "order_list",
    key: ["orderId"],
    row: OrderSummary.OrderSummary,
    indexes: [["customerId", "updatedAt"], ["status"]],
    searchable: ["orderId"]
  }),
  events: OrderEvents.OrderEvent,
  keys: Projection.byStream(Order.Order.category, "orderId"),
  project: (event, [row], { version }) => {
    const after = OrderSummary.evolve(row, event, version)
    return after === undefined ? Projection.unchanged : [Projection.upsert(after)]
  }
})

/**
 * How many orders a customer has placed and what they came to, per currency. Only the draft says whose an order is, so
 * each order has a row that remembers it.
 */
const Placed = Schema.Struct({
  of: Schema.Literals(["order", "customer"]),
  id: Schema.String,
  currency: Currency.Currency,
  /** Of an order only. */
  customerId: Schema.optionalKey(Schema.String),
  orders: Schema.Int,
  /** Whole minor units of `currency`. */
  amount: Schema.Int
})

/** What each customer has placed, per currency: amounts of two currencies never meet in a row. */
export const CustomerTurnover = Projection.make({
  readModel: ReadModel.make({ name: "customer_turnover", key: ["of", "id", "currency"], row: Placed }),
  events: Schema.Union([OrderEvents.OrderDrafted, OrderEvents.OrderPlaced]),
  counters: ["orders", "amount"],
  initial: (key) => ({ ...key, orders: 0, amount: 0 }),
  keys: (event) => [
    {
      of: "order" as const,
      id: event.orderId,
      currency: event._tag === "OrderDrafted" ? event.currency : event.total.currency
    }
  ],
  project: (event, [order]) => {
    if (event._tag === "OrderDrafted") {
      const { currency, customerId, orderId } = event
      return [Projection.upsert({ of: "order", id: orderId, currency, customerId, orders: 0, amount: 0 })]
    }
    if (order?.customerId === undefined) throw new Error("an order was placed that nobody has drafted")
    const customer = { of: "customer", id: order.customerId, currency: event.total.currency } as const
    return [
      Projection.upsert({ ...order, orders: 1, amount: event.total.amount }),
      Projection.increment(customer, "orders", 1),
      Projection.increment(customer, "amount", event.total.amount)
    ]
  }
})
