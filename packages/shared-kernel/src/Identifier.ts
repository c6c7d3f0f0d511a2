/**
 * Typed identifiers: a readable prefix and a UUID, `order_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55`.
 *
 * Decoding takes a UUID of any version, alone or with the prefix, in upper or lower case, and answers the one canonical
 * form: prefixed and lower case. So two spellings of an identifier never name two things. Encoding keeps that form.
 * Nothing here makes UUIDs: new identifiers come from a UUIDv7 of the caller.
 */
import { type Brand, Schema, SchemaTransformation } from "effect"
import * as QuickCheck from "./QuickCheck.ts"

/** An identifier with this prefix: `Identifier<"order">` is told apart from `Identifier<"customer">` by its brand. */
export type Identifier<Prefix extends string> = `${Prefix}_${string}` & Brand.Brand<`${Prefix}Id`>

const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
const uuidLength = 36
// The same without repetitions: such a pattern is run in half the time.
const spelledOut = [8, 4, 4, 4, 12].map((digits) => "[0-9a-f]".repeat(digits)).join("-")

const eitherCase = (text: string) => text.replace(/[a-z]/gu, (letter) => `[${letter}${letter.toUpperCase()}]`)

/**
 * The schema of the identifiers with a prefix, with two helpers beside it: `fromUuid` and `uuidOf`.
 *
 * @throws RangeError when the prefix is not made of lower-case letters: a mistake of the program.
 */
export const make = <const Prefix extends string>(prefix: Prefix) => {
  if (!/^[a-z]+$/u.test(prefix)) {
    throw new RangeError(`An identifier's prefix must be lower-case letters, got "${prefix}"`)
  }
  const message = `must be a UUID, alone or as ${prefix}_<uuid>`
  const canonical = new RegExp(`^${prefix}_${uuid}$`, "u")
  const accepted = new RegExp(`^(?:${eitherCase(`${prefix}_`)})?${uuid.replaceAll("a-f", "a-fA-F")}$`, "u")

  const wholeLength = prefix.length + 1 + uuidLength
  const quick = new RegExp(`^${prefix}_${spelledOut}$`, "u")
  // Decoding asks before and after: what has just been found canonical need not be looked at again.
  let found = ""
  const isIdentifier = (text: string): text is Identifier<Prefix> => {
    if (text === found) return true
    if (!quick.test(text)) return false
    found = text
    return true
  }
  const Canonical = Schema.String.pipe(
    Schema.refine(isIdentifier, {
      message,
      arbitraryConstraint: { patterns: [{ source: canonical.source, flags: canonical.flags }] },
      toJsonSchema: () => ({ pattern: canonical.source })
    })
  )
  const schema = Schema.String.annotate({ message })
    .check(QuickCheck.make(Schema.isPattern(accepted, { message }), isIdentifier))
    .pipe(
      Schema.decodeTo(
        Canonical,
        SchemaTransformation.transform<string, string>({
          decode: (text) => {
            if (text === found) return text
            const lower = text.toLowerCase()
            return lower.length === wholeLength ? lower : `${prefix}_${lower}`
          },
          encode: (id) => id
        })
      )
    )
  return Object.assign(schema, {
    /** The identifier of a UUID. Throws a RangeError when the text is none: decode what comes from outside instead. */
    fromUuid: (text: string): Identifier<Prefix> => {
      const id = `${prefix}_${text.toLowerCase()}`
      if (!isIdentifier(id)) throw new RangeError(`Not a UUID to make an identifier of: got "${text}"`)
      return id
    },
    /** The UUID inside an identifier, lower case. */
    uuidOf: (id: Identifier<Prefix>): string => id.slice(-uuidLength)
  })
}
