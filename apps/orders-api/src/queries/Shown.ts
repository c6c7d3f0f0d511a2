/** What people are shown of a personal value: the value itself or, when it is forgotten, the text `[REDACTED]`. */
import { Personal } from "@eventfold/decider"
import { Schema } from "effect"

/** The schema of what is shown in place of a forgotten value. */
export const Forgotten = Schema.Literal(Personal.redactedText).annotate({
  description: "In place of what was known about a person who has been forgotten"
})

/** The schema of what is shown of a value about a person. */
export const shown = <S extends Schema.Top>(value: S): Schema.Union<readonly [S, typeof Forgotten]> =>
  Schema.Union([value, Forgotten])

/** What is shown of a value about a person. */
export const show = <A>(personal: Personal.Personal<A>): A | typeof Personal.redactedText =>
  Personal.getOrElse(personal, () => Personal.redactedText)
