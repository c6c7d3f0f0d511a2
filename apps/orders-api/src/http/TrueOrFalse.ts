/** Yes or no as it stands in queries: the words true and false. */
import { Schema, SchemaTransformation } from "effect"

/** The schema of yes or no. */
export const TrueOrFalse = Schema.Literals(["true", "false"])
  .annotate({ message: "must be true or false" })
  .pipe(
    Schema.decodeTo(
      Schema.Boolean,
      SchemaTransformation.transform<boolean, "true" | "false">({
        decode: (text) => text === "true",
        encode: (value) => (value ? "true" : "false")
      })
    )
  )
