/**
 * The place in a list at which a page begins, as text that clients hand back and do not look into.
 *
 * It names the last entry of the page before, so it stays right while others are added. It is no secret and grants
 * nothing; the number in front is the version of its form.
 */
import { Schema, SchemaTransformation } from "effect"

const message = "must be the nextCursor of an earlier answer"

/** The schema of a cursor: base64url text outside, the place of an entry inside. */
export const Cursor = Schema.String.annotate({ message })
  .check(Schema.isPattern(/^[A-Za-z0-9_-]{4,64}$/u, { message }))
  .pipe(
    Schema.decodeTo(Schema.StringFromBase64Url.annotate({ message }), SchemaTransformation.passthrough()),
    Schema.decodeTo(
      Schema.String.check(Schema.isPattern(/^1:[1-9]\d{0,14}$/u, { message })),
      SchemaTransformation.passthrough()
    ),
    Schema.decodeTo(
      Schema.Int,
      SchemaTransformation.transform<number, string>({
        decode: (text) => Number(text.slice(2)),
        encode: (place) => `1:${place}`
      })
    )
  )
