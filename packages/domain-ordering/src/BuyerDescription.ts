/** What sales knows of a customer: whom to address, and where goods go unless an order says otherwise. All of it is personal. */
import { Personal } from "@eventfold/decider"
import { Address, PersonName, Text } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** The schema of a description. */
export const BuyerDescription = Schema.Struct({
  name: PersonName.PersonName,
  company: Schema.optionalKey(Text.line(200)),
  /** Where goods go unless an order says otherwise. */
  shippingAddress: Schema.optionalKey(Address.Address)
}).annotate({
  identifier: "BuyerDescription",
  message: "must be a description: name, and if there are any company, shippingAddress"
})
/** What sales knows of a customer. */
export interface BuyerDescription extends Schema.Schema.Type<typeof BuyerDescription> {}

/** The schema of the description of a customer. It can be forgotten. */
export const PersonalDescription = Personal.schema(BuyerDescription)
/** The description of a customer. */
export type PersonalDescription = typeof PersonalDescription.Type

/** The schema of how somebody buys: for a company, or for themselves. It is not personal: it is true of many. */
export const BuyerKind = Schema.Literals(["business", "private"]).annotate({
  identifier: "BuyerKind",
  message: "must be business or private"
})
/** How somebody buys. */
export type BuyerKind = typeof BuyerKind.Type

/** How somebody buys who is described so. */
export const kindOf = ({ company }: BuyerDescription): BuyerKind => (company === undefined ? "private" : "business")
