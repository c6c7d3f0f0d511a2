/**
 * Text that every store keeps as it is: well-formed Unicode without NUL or other control characters.
 *
 * Gotcha: PostgreSQL cannot store NUL in text, and a lone surrogate has no UTF-8 form. Both are refused here, in every
 * layer alike; inside event data (JSON) they are fine, because JSON escapes them.
 */
import { Schema } from "effect"

/** True for text that every store keeps as it is. */
export const isPlainText = (text: string): boolean => text.isWellFormed() && !controls.test(text)

// The same characters as \p{Cc}, which a pattern for all of Unicode looks for much longer.
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const controls = /[\u0000-\u001f\u007f-\u009f]/u

/** A schema for text of 1 to `max` UTF-16 units, named `what` in its error message. */
export const plainText = (options: { readonly what: string; readonly max: number }) =>
  Schema.String.check(
    Schema.makeFilter((text: string) => text.length >= 1 && text.length <= options.max && isPlainText(text), {
      expected: `${options.what} of 1 to ${options.max} characters without control characters`
    })
  )
