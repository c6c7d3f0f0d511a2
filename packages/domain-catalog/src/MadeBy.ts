/**
 * Which rules made the price of a line: where the price of a piece is from, and then what was taken off, in the order of the
 * rules. Kept with every order that was placed, so that a price can be explained years later.
 */
import { Money, Text } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** The schema of why somebody gave a price. */
export const PriceReason = Text.line(500)

/** The schema of where the price of a piece is from: the catalogue, or somebody who gave it for a reason. */
export const Origin = Schema.Union([
  Schema.Struct({ rule: Schema.tag("catalogue") }),
  Schema.Struct({ rule: Schema.tag("given"), reason: PriceReason })
])
/** Where the price of a piece is from. */
export type Origin = typeof Origin.Type

/** The schema of what a rule took off a line. */
export const TakenOff = Schema.Struct({
  rule: Schema.Literals(["promotion", "order-value"]),
  name: Text.line(100),
  off: Money.NonNegativeMoney
})
/** What a rule took off a line. */
export interface TakenOff extends Schema.Schema.Type<typeof TakenOff> {}

/** The schema of the rules that made a price. */
export const MadeBy = Schema.TupleWithRest(Schema.Tuple([Origin]), [TakenOff]).annotate({
  identifier: "MadeBy",
  description: "Which rules made the price: where it is from, and what was taken off"
})
/** The rules that made a price. */
export type MadeBy = typeof MadeBy.Type

/** The price is that of the catalogue. */
export const catalogue: MadeBy = [{ rule: "catalogue" }]

/** Whether the price of a piece is that of the catalogue. */
export const isOfCatalogue = ([origin]: MadeBy): boolean => origin.rule === "catalogue"
