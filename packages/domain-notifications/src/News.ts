/**
 * What customers are told of their orders: five kinds of news, each with what belongs into the telling. None of it is
 * personal: whom it is for is an id.
 */
import { Text } from "@eventfold/shared-kernel"
import { Schema } from "effect"

const estimated = { estimatedDelivery: Schema.optionalKey(Schema.DateTimeUtc) }

/** The schema of news. `kind` tells the shapes apart; stored, so the names never change. */
export const News = Schema.Union([
  Schema.Struct({ kind: Schema.tag("order-confirmed") }),
  Schema.Struct({ kind: Schema.tag("stock-reserved") }),
  Schema.Struct({
    kind: Schema.tag("order-shipped"),
    carrier: Text.line(100),
    trackingNumber: Text.line(100),
    ...estimated
  }),
  Schema.Struct({ kind: Schema.tag("delivery-delayed"), ...estimated }),
  Schema.Struct({ kind: Schema.tag("order-cancelled") })
]).annotate({ identifier: "News" })
/** Something a customer is told of an order. */
export type News = typeof News.Type

/** The schema of the kinds of news. */
export const NewsKind = Schema.Literals([
  "order-confirmed",
  "stock-reserved",
  "order-shipped",
  "delivery-delayed",
  "order-cancelled"
]).annotate({ identifier: "NewsKind" })
/** A kind of news. */
export type NewsKind = typeof NewsKind.Type
