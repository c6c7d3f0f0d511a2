/** Rows as texts for the cache: their JSON form; `null` for the knowledge that there is no row. */
import type { ReadModel } from "@eventfold/decider"
import { Option, Result, Schema } from "effect"

interface AnyCodec {
  readonly schema: object
}

/** Writes and reads the texts of rows of a schema. */
export interface TextCodec<Row> extends AnyCodec {
  /** None when the row does not fit its schema: then it is not cached. */
  readonly encode: (row: Option.Option<Row>) => Option.Option<string>
  /** None when the text is of another shape. */
  readonly decode: (text: string) => Option.Option<Option.Option<Row>>
}

const codecs = new WeakMap<object, AnyCodec>()

const isOf = <Row>(codec: AnyCodec, schema: ReadModel.RowSchema<Row>): codec is TextCodec<Row> =>
  codec.schema === schema

/** The codec of a schema; made once. */
export const codecOf = <Row>(schema: ReadModel.RowSchema<Row>): TextCodec<Row> => {
  const known = codecs.get(schema)
  if (known !== undefined && isOf(known, schema)) return known
  const text = Schema.fromJsonString(Schema.NullOr(Schema.toCodecJson(schema)))
  const [encode, decode] = [Schema.encodeResult(text), Schema.decodeUnknownResult(text)]
  const made: TextCodec<Row> = {
    schema,
    encode: (row) => Result.getSuccess(encode(Option.getOrNull(row))),
    decode: (found) => Option.map(Result.getSuccess(decode(found)), Option.fromNullOr)
  }
  codecs.set(schema, made)
  return made
}
