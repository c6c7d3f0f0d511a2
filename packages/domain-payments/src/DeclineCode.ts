/**
 * Why a gateway declines, in our words. Each gateway has words of its own; its client translates them.
 *
 * Stored in events: the codes never change. There may come to be more of them.
 */
import { Schema } from "effect"

/** What each code says to people. */
const reasons = {
  "insufficient-funds": "there is not enough money on the account of the card",
  "limit-exceeded": "the card has reached its limit",
  "card-expired": "the card has expired",
  "card-refused": "the bank of the card refuses, and does not say why",
  "suspected-fraud": "the bank of the card suspects fraud",
  "token-unknown": "the vault of the gateway knows no card by this token",
  "amount-not-supported": "the gateway cannot take this amount in this currency",
  "authorisation-expired": "the authorisation has expired",
  "already-captured": "the money has been captured already",
  "already-refunded": "more would be refunded than was captured",
  "payment-void": "the payment was given up",
  other: "the gateway declines, for a reason of its own"
} as const

const isCode = (code: string): code is keyof typeof reasons => Object.hasOwn(reasons, code)

/** The schema of a code. */
export const DeclineCode = Schema.Literals(Object.keys(reasons).filter(isCode)).annotate({ identifier: "DeclineCode" })
/** Why a gateway declines. */
export type DeclineCode = keyof typeof reasons

/** The code in words for people. */
export const reasonOf = (code: DeclineCode): string => reasons[code]
