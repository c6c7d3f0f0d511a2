/** The rows of a list of orders, and questions about them put together from smaller ones. */
import { Rows, Sorting, Specification } from "../src/index.ts"
import { DateTime, Schema } from "effect"

export const OrderRow = Schema.Struct({
  id: Schema.String,
  customer: Schema.String,
  status: Schema.Literals(["draft", "placed", "shipped", "delivered", "cancelled"]),
  /** In cents. Null until there is a price. */
  total: Schema.NullOr(Schema.Int),
  note: Schema.NullOr(Schema.String),
  express: Schema.optionalKey(Schema.Boolean),
  placedAt: Schema.NullOr(Schema.DateTimeUtc),
  words: Schema.Array(Schema.String),
  /** Nothing can be asked about it. */
  address: Schema.NullOr(Schema.Struct({ city: Schema.String }))
})
export interface OrderRow extends Schema.Schema.Type<typeof OrderRow> {}

export const orders = Rows.make("orders", OrderRow, { key: ["id"] })
const order = orders.field

export const active = Specification.not(Specification.oneOf(order("status"), ["delivered", "cancelled"]))
export const pending = Specification.oneOf(order("status"), ["draft", "placed"])
export const ofCustomer = (customer: string) => Specification.eq(order("customer"), customer)
export const activeOf = (customer: string) => Specification.and(active, ofCustomer(customer))
export const highValue = Specification.gte(order("total"), 100_000)
export const placedSince = (time: DateTime.Utc) => Specification.gte(order("placedAt"), time)
export const recentOf = (customer: string, since: DateTime.Utc) =>
  Specification.and(ofCustomer(customer), placedSince(since))
export const newestFirst = [Sorting.descending(order("placedAt"))]

/** A row like any other. */
export const row = (id: string, parts: Partial<OrderRow> = {}): OrderRow => ({
  id,
  customer: "ada",
  status: "placed",
  total: 1000,
  note: null,
  placedAt: DateTime.makeUnsafe("2026-03-02T10:00:00Z"),
  words: [],
  address: null,
  ...parts
})
