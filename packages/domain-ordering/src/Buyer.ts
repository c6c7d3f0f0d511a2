/**
 * A customer as sales sees one, as a decider: a buyer, since when, whom to address, and where goods go. It has neither e-mail
 * address nor phone number: sales writes to nobody.
 *
 * What is told twice is known once. It is never refused: what is true of a customer, the customers context decides.
 */
import { Decider, Personal } from "@eventfold/decider"
import { Equal, Result, Schema } from "effect"
import type { BuyerCommand, DescribeBuyer } from "./BuyerCommands.ts"
import { BuyerKind, kindOf, PersonalDescription } from "./BuyerDescription.ts"
import { BuyerEvent } from "./BuyerEvents.ts"

/** The schema of the state of a buyer. */
export const BuyerState = Schema.Struct({
  /** When they became a customer; absent while nobody has told. */
  registeredAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** How they buy; absent while nobody has told. */
  kind: Schema.optionalKey(BuyerKind),
  /** Who they are; absent while nobody has told. */
  description: Schema.optionalKey(PersonalDescription)
})
/** The state of a buyer. */
export interface BuyerState extends Schema.Schema.Type<typeof BuyerState> {}

/** Nobody has told of them yet. */
export const initial: BuyerState = {}

/** Folds one event into the state. */
export const evolve = (state: BuyerState, event: BuyerEvent): BuyerState =>
  event._tag === "BuyerRegistered"
    ? { ...state, registeredAt: event.occurredAt }
    : { ...state, kind: event.kind, description: event.description }

/** What becomes known, or nothing when it is known already. */
export const decide = (command: BuyerCommand, state: BuyerState): Result.Result<ReadonlyArray<BuyerEvent>> => {
  const { customerId, occurredAt } = command
  if (command._tag === "RegisterBuyer") {
    return Result.succeed(state.registeredAt === undefined ? [{ _tag: "BuyerRegistered", customerId, occurredAt }] : [])
  }
  const { description } = command
  const told = { kind: kindOf(description), description: Personal.of(customerId, description) }
  return Result.succeed(isKnown(command, state) ? [] : [{ _tag: "BuyerDescribed", customerId, occurredAt, ...told }])
}

/** Of somebody forgotten nothing is learned again: whoever still tells of them is late. */
const isKnown = ({ description }: DescribeBuyer, { description: known }: BuyerState): boolean =>
  known !== undefined &&
  Personal.match(known, { onKnown: (before) => Equal.equals(before, description), onRedacted: () => true })

/** A buyer as a decider. Its streams are named `buyer`, each with the id of its customer. */
export const Buyer = Decider.make({
  category: "buyer",
  State: BuyerState,
  Event: BuyerEvent,
  initial,
  evolve,
  decide
})
