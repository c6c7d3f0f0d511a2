/** What happens in a series of numbers. Names and shapes are a storage format. */
import { DomainEvent } from "@eventfold/decider"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { DocumentNumber } from "./DocumentNumber.ts"

/** The next number of a series went to a document of an order. */
export const DocumentNumberTaken = DomainEvent.make("DocumentNumberTaken", {
  ...DocumentNumber.fields,
  orderId: OrderId
})
/** The next number of a series went to a document of an order. */
export interface DocumentNumberTaken extends Schema.Schema.Type<typeof DocumentNumberTaken> {}

/** The schema of everything that happens in a series of numbers. */
export const NumberEvent = Schema.Union([DocumentNumberTaken])
/** Something that happened in a series of numbers. */
export type NumberEvent = typeof NumberEvent.Type
