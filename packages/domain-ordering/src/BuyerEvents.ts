/**
 * What happens to a buyer. Names and shapes are a storage format. The description is personal, of the customer: it is stored
 * encrypted, and gone when they are forgotten.
 */
import { DomainEvent } from "@eventfold/decider"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { BuyerKind, PersonalDescription } from "./BuyerDescription.ts"

/** Somebody can buy as a customer. */
export const BuyerRegistered = DomainEvent.make("BuyerRegistered", { customerId: CustomerId })
/** Somebody can buy as a customer. */
export interface BuyerRegistered extends Schema.Schema.Type<typeof BuyerRegistered> {}

/** Who a customer is, as sales was told: the whole of it, in place of what was known before. */
export const BuyerDescribed = DomainEvent.make("BuyerDescribed", {
  customerId: CustomerId,
  kind: BuyerKind,
  description: PersonalDescription
})
/** Who a customer is, as sales was told: the whole of it, in place of what was known before. */
export interface BuyerDescribed extends Schema.Schema.Type<typeof BuyerDescribed> {}

/** The schema of everything that happens to a buyer. */
export const BuyerEvent = Schema.Union([BuyerRegistered, BuyerDescribed])
/** Something that happened to a buyer. */
export type BuyerEvent = typeof BuyerEvent.Type
