/** What a customer is sent, word for word: to whom, and what it says. Personal, of the customer: it can be forgotten. */
import { Personal } from "@eventfold/decider"
import { Text } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** The schema of a letter. A text message has no subject. */
export const Letter = Schema.Struct({
  /** An e-mail address, or the number of a phone. */
  to: Text.line(254),
  subject: Schema.optionalKey(Text.line(200)),
  text: Text.block(4_000)
}).annotate({ identifier: "Letter" })
/** What a customer is sent. */
export interface Letter extends Schema.Schema.Type<typeof Letter> {}

/** The schema of the letter of a customer. */
export const PersonalLetter = Personal.schema(Letter)
/** The letter of a customer. */
export type PersonalLetter = typeof PersonalLetter.Type
