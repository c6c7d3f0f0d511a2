/**
 * One row per customer as sales sees them: since when they can buy, how they buy, and how many orders they have begun.
 *
 * Nothing in a row is personal: names and addresses are read from the stream of the buyer. Who has begun an order before sales
 * heard that they are a customer has a row without a date.
 */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { BuyerKind } from "../BuyerDescription.ts"
import { BuyerDescribed, BuyerRegistered } from "../BuyerEvents.ts"
import { OrderDrafted } from "../OrderEvents.ts"

/** The schema of a row. */
export const BuyerRow = Schema.Struct({
  customerId: CustomerId,
  /** When they became a customer; absent while nobody has told. */
  registeredAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** How they buy; absent while nobody has told. */
  kind: Schema.optionalKey(BuyerKind),
  /** How many orders they have begun, drafts included. */
  orders: Schema.Natural
}).annotate({ identifier: "BuyerRow" })
/** A customer as sales sees them. */
export type BuyerRow = typeof BuyerRow.Type

/** The rows, as what keeps them knows them. */
export const readModel = ReadModel.make({
  name: "buyers",
  key: ["customerId"],
  row: BuyerRow,
  indexes: [["kind", "customerId"]]
})

/** Every customer sales knows of. What is known of one of them is kept in order. */
export const Buyers = Projection.make({
  readModel,
  readsPersonal: false,
  events: Schema.Union([BuyerRegistered, BuyerDescribed, OrderDrafted]),
  partitionBy: ({ customerId }) => customerId,
  keys: ({ customerId }) => [{ customerId }],
  project: (event, [row]) => {
    const before = row ?? { customerId: event.customerId, orders: 0 }
    switch (event._tag) {
      case "BuyerRegistered":
        return [Projection.upsert({ ...before, registeredAt: event.occurredAt })]
      case "BuyerDescribed":
        return [Projection.upsert({ ...before, kind: event.kind })]
      case "OrderDrafted":
        return [Projection.upsert({ ...before, orders: before.orders + 1 })]
    }
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** Those who buy so. */
export const ofKind = (kind: BuyerKind) => Specification.eq(rows.field("kind"), kind)

/** By the id of the customer. */
export const byCustomer = [Sorting.ascending(rows.field("customerId"))]
