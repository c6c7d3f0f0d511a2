/** What sales is told of customers. Every command carries `customerId` and `occurredAt`. */
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { BuyerDescription } from "./BuyerDescription.ts"

const common = { customerId: CustomerId, occurredAt: Schema.DateTimeUtc }

/** Tells that somebody has become a customer. */
export const RegisterBuyer = Schema.TaggedStruct("RegisterBuyer", common)
/** Tells that somebody has become a customer. */
export interface RegisterBuyer extends Schema.Schema.Type<typeof RegisterBuyer> {}

/** Tells who a customer is, as a whole. */
export const DescribeBuyer = Schema.TaggedStruct("DescribeBuyer", { ...common, description: BuyerDescription })
/** Tells who a customer is, as a whole. */
export interface DescribeBuyer extends Schema.Schema.Type<typeof DescribeBuyer> {}

/** The schema of everything a buyer decides on. */
export const BuyerCommand = Schema.Union([RegisterBuyer, DescribeBuyer])
/** Something a buyer decides on. */
export type BuyerCommand = typeof BuyerCommand.Type
