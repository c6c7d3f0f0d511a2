/**
 * An e-mail address, as given: `name@domain`, at most 254 characters, no white space.
 *
 * Whether it takes mail is not checked. Gotcha: the part before the @ may be case-sensitive, so nothing is lowered.
 */
import { Schema } from "effect"
import * as Text from "./Text.ts"

const name = `[^\\s@"(),:;<>[\\\\\\]\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]{1,64}`
// ASCII, and the scripts of the world from Latin with accents to Hangul, without the symbols between them.
const letter = "A-Za-z0-9\\u00c0-\\u167f\\u1681-\\u1fff\\u3040-\\ud7ff"
const label = `[${letter}](?:[${letter}-]*[${letter}])?`

/** The schema of an e-mail address. */
export const EmailAddress = Text.matching({
  maximum: 254,
  pattern: new RegExp(`^${name}@${label}(?:\\.${label})+$`, "u"),
  message: "must be an e-mail address such as name@example.org"
}).pipe(Schema.brand("EmailAddress"))
/** An e-mail address. */
export type EmailAddress = typeof EmailAddress.Type
