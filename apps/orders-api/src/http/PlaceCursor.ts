/**
 * The place in a list of things that have several names, at which a page begins, as text that clients hand back and do not look into.
 *
 * Like `Cursor`, it names the last entry of the page before, so it stays right while others come and go, and grants nothing.
 */
import { Result, Schema, SchemaTransformation } from "effect"

const message = "must be the nextCursor of an earlier answer"

/** The schema of a cursor: base64url text of at most `longest` characters outside, the place of an entry inside, as JSON. */
export const make = <Place>(place: Schema.Codec<Place, object>, longest: number) => {
  const Inside = Schema.fromJsonString(place)
  const read = Schema.decodeResult(Inside)
  return Schema.String.annotate({ message })
    .check(
      Schema.isPattern(/^[A-Za-z0-9_-]{4,}$/u, { message }),
      Schema.makeFilter((text: string) => text.length <= longest, { message })
    )
    .pipe(
      Schema.decodeTo(Schema.StringFromBase64Url.annotate({ message }), SchemaTransformation.passthrough()),
      // Told as a whole: which part of it is wrong is nobody's business.
      Schema.decodeTo(
        Schema.String.check(Schema.makeFilter((text: string) => Result.isSuccess(read(text)), { message })),
        SchemaTransformation.passthrough()
      ),
      Schema.decodeTo(Inside)
    )
}
