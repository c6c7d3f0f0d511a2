/** A text that is searched for, in requests as in questions. */
import { SearchTokens } from "@eventfold/decider"
import { Schema } from "effect"

const longest = 200

const rule = { message: `must be text of 1 to ${longest} characters with a letter or a digit in it` }

/** The schema of a text that is searched for. A text without a word would find everything. */
export const SearchText = Schema.String.annotate(rule).check(
  Schema.isMaxLength(longest, rule),
  Schema.makeFilter((text) => SearchTokens.of(text).length > 0, rule)
)
