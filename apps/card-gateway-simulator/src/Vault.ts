/**
 * The vault: tokens in place of cards. Of a card that is handed in only the last four digits and what it will do are kept;
 * the number itself is forgotten before the answer is sent.
 */
import { randomUUID } from "node:crypto"
import { lettersOf } from "./Letters.ts"
import { Schema } from "effect"

/** A card as somebody types it in. */
export const CardRequest = Schema.Struct({
  number: Schema.String.check(Schema.isPattern(/^\d{12,19}$/u)),
  exp_month: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 })),
  exp_year: Schema.Int.check(Schema.isBetween({ minimum: 2000, maximum: 2100 })),
  cvc: Schema.String.check(Schema.isPattern(/^\d{3,4}$/u))
})
/** A card as somebody types it in. */
export interface CardRequest extends Schema.Schema.Type<typeof CardRequest> {}

/** What is kept of a card. */
export const Card = Schema.Struct({
  token: Schema.String,
  last4: Schema.String,
  /** What its bank declines everything with; absent when it has money without end. */
  decline_code: Schema.optionalKey(Schema.String),
  /** That its bank declines the first charge of each reference only. */
  declines_once: Schema.optionalKey(Schema.Boolean)
})
/** What is kept of a card. */
export interface Card extends Schema.Schema.Type<typeof Card> {}

/** The cards that are there from the start, by their tokens. */
export const knownCards: ReadonlyArray<Card> = [
  { token: "tok_visa", last4: "4242" },
  { token: "tok_mastercard", last4: "4444" },
  { token: "tok_insufficient_funds", last4: "9995", decline_code: "insufficient_funds" },
  { token: "tok_expired_card", last4: "0069", decline_code: "expired_card" },
  { token: "tok_do_not_honor", last4: "0002", decline_code: "do_not_honor" },
  { token: "tok_fraudulent", last4: "0019", decline_code: "fraudulent" },
  { token: "tok_declined_once", last4: "0341", decline_code: "do_not_honor", declines_once: true }
]

/** A new token for a card. Cards that end like one of {@link knownCards} do as it does. */
export const tokenFor = ({ number }: CardRequest): Card => {
  const last4 = number.slice(-4)
  const token = `tok_${lettersOf(randomUUID())}`
  return { ...knownCards.find((known) => known.last4 === last4), token, last4 }
}
