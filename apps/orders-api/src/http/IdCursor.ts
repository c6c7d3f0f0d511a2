/**
 * The place in the order of ids at which a page begins, as text that clients hand back and do not look into.
 *
 * Like `Cursor`, it names the last entry looked at for the page before, grants nothing, and has the version of its form
 * in front.
 */
import { Schema, SchemaTransformation } from "effect"

const message = "must be the nextCursor of an earlier answer"

/** The schema of a cursor: base64url text outside, an id of at most 255 characters inside. */
export const IdCursor = Schema.String.annotate({ message })
  .check(Schema.isPattern(/^[A-Za-z0-9_-]{4,1400}$/u, { message }))
  .pipe(
    Schema.decodeTo(Schema.StringFromBase64Url.annotate({ message }), SchemaTransformation.passthrough()),
    Schema.decodeTo(
      Schema.String.check(Schema.isPattern(/^1:[^\0]{1,255}$/u, { message })),
      SchemaTransformation.passthrough()
    ),
    Schema.decodeTo(
      Schema.String,
      SchemaTransformation.transform<string, string>({
        decode: (text) => text.slice(2),
        encode: (id) => `1:${id}`
      })
    )
  )
