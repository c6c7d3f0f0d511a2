/**
 * What keeps card data out. The card itself is known to the gateway's vault alone; here there is only the token that
 * stands for it, and no text that is kept may hold a card number.
 *
 * Gotcha: a text is refused when it has 13 to 19 digits, in one group or in several with a space or a dash between them,
 * whose check digit is right. One in ten other numbers of that length has such a digit, too, and is refused with them.
 */
import { Text } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** Whether a text holds something that looks like the number of a card. */
export const looksLikeCardNumber = (text: string): boolean =>
  [...text.matchAll(/\d+(?:[ -]\d+)*/gu)].some(([run]) => hasCardNumber(run.split(/[ -]/u)))

/** Whether some groups of digits that follow each other make up a card number, whichever stand before and behind. */
const hasCardNumber = (groups: ReadonlyArray<string>): boolean =>
  groups.some((_, start) => {
    let digits = ""
    for (const group of groups.slice(start, start + 19)) {
      digits += group
      if (digits.length > 19) return false
      if (digits.length >= 13 && hasCheckDigit(digits)) return true
    }
    return false
  })

/** The check of ISO/IEC 7812 (Luhn): every second digit from the right counts double, and all add up to tens. */
const hasCheckDigit = (digits: string): boolean =>
  Array.from(digits, Number)
    .toReversed()
    .map((digit, index) => (index % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2))
    .reduce((sum, digit) => sum + digit, 0) %
    10 ===
  0

/** A rule for text that is kept: no card number in it. */
export const notCardData = Schema.makeFilter((text: string) => !looksLikeCardNumber(text), {
  message: "must not hold the number of a card"
})

const tokenRule = { message: "must be a token of the card gateway's vault: tok_ and 4 to 64 letters, digits or _" }

/** The schema of a token: what the gateway's vault gave for a card. A card number is none, and in none. */
export const CardToken = Schema.String.annotate(tokenRule)
  .check(Schema.isPattern(/^tok_[A-Za-z0-9_]{4,64}$/u, tokenRule), notCardData)
  .pipe(Schema.brand("CardToken"))
  .annotate({ identifier: "CardToken", description: "Stands for a card in the gateway's vault" })
/** Stands for a card in the gateway's vault. */
export type CardToken = typeof CardToken.Type

/** The schema of why money is given back or a payment is given up: one line of at most 200 characters, without card data. */
export const Reason = Text.line(200).check(notCardData)
/** Why money is given back or a payment is given up. */
export type Reason = typeof Reason.Type
