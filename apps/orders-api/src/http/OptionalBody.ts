/**
 * Bodies that may be left out, because nothing has to be said: none is taken for `{}`.
 *
 * Gotcha: a body is read as JSON, so `null` is taken for none, too.
 */
import { Schema, SchemaGetter } from "effect"

/** What an endpoint takes whose body may be left out. `{}` must be one. */
export const optionalBody = <A, I extends object>(body: Schema.Codec<A, I> & { make(input: {}): A }) =>
  [
    body,
    // No body comes as null, and is described so: under the name of the body it would be described as that once more.
    Schema.Null.pipe(
      Schema.decodeTo(Schema.toType(body).annotate({ identifier: undefined }), {
        decode: SchemaGetter.transform(() => body.make({})),
        encode: SchemaGetter.forbidden(() => "is written as an object")
      })
    )
  ] as const
