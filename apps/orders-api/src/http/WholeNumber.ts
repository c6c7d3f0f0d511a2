/** Whole numbers as they stand in queries, headers and paths: digits and nothing else, so that no text means 0. */
import { Schema, SchemaTransformation } from "effect"

/** The schema of a whole number from `minimum` to `maximum`; whatever is none breaks `rule`. */
export const wholeNumber = (rule: { readonly message: string }, minimum: number, maximum: number) =>
  Schema.String.annotate(rule)
    .check(Schema.isPattern(/^\d{1,16}$/u, rule))
    .pipe(
      Schema.decodeTo(
        Schema.Int.check(Schema.isBetween({ minimum, maximum }, rule)),
        SchemaTransformation.transform<number, string>({ decode: Number, encode: String })
      )
    )
