/**
 * Text typed by people: trimmed, never empty, bounded, well-formed.
 *
 * Decoding takes the white space off both ends; a value built in the program must come without it. Length is counted in
 * characters (code points), not in UTF-16 units. Control characters and unpaired surrogates are refused: databases
 * and consoles choke on them.
 */
import { Schema, SchemaTransformation } from "effect"
import * as QuickCheck from "./QuickCheck.ts"

/**
 * The schema of trimmed text of 1 to `maximum` characters that matches `pattern`, which keeps no place between tests (it
 * is neither global nor sticky); `message` says what that means.
 */
export const matching = (options: { readonly maximum: number; readonly pattern: RegExp; readonly message: string }) => {
  const { maximum, message, pattern } = options
  const length = `must be text of 1 to ${maximum} characters`
  // Tells the lengths to JSON Schema; checked they are after trimming.
  const documented = QuickCheck.make(
    Schema.makeFilter(() => true, { toJsonSchema: () => ({ minLength: 1, maxLength: maximum }) }),
    () => true
  )
  const trimmed = Schema.String.check(
    QuickCheck.make(Schema.isMinLength(1, { message: length }).abort(), (text) => text.length > 0),
    // A text never has more characters than units: most need not be counted.
    QuickCheck.make(Schema.isMaxCodePoints(maximum, { message: length }), (text) => text.length <= maximum),
    QuickCheck.make(Schema.isPattern(pattern, { message }), (text) => pattern.test(text))
  )
  return Schema.String.annotate({ message: length })
    .check(documented)
    .pipe(Schema.decodeTo(trimmed, SchemaTransformation.trim()))
}

// The first and the last character are neither white space nor excluded; between them white space may stand.
const without = (excluded: string) => new RegExp(`^[^${excluded}\\s](?:[^${excluded}]*[^${excluded}\\s])?$`, "u")

/** The schema of text on one line of at most `maximum` characters. */
export const line = (maximum: number) =>
  matching({
    maximum,
    pattern: without("\\p{Cc}\\p{Cs}\\u2028\\u2029"),
    message: "must be one line, without control characters, broken Unicode or white space around it"
  })

/** The schema of text of at most `maximum` characters that may have line breaks and tabs. */
export const block = (maximum: number) =>
  matching({
    maximum,
    pattern: without("\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\p{Cs}"),
    message: "must be without control characters, broken Unicode or white space around it"
  })
