/**
 * Which rows of a read model are wanted, as a value: it is put together with and, or and not, answers for a row at hand
 * ({@link matches}), and is data, so a database can be asked the same.
 *
 * What null means. A comparison with a field that is null or absent does not hold, and everything is either true or
 * false: there is no third answer as in SQL. So `not(eq(field, 1))` holds for rows where the field is null, and so does
 * `ne`, which is the same. `not(lt(field, 1))` is not `gte(field, 1)`: the first holds for null, the second does not.
 *
 * Text is compared by code point, case and all; date-times are compared by instant. Whatever keeps rows must answer as
 * `matches` does; the laws of `@eventfold/testing` hold it to that.
 */
import { Result, Schema } from "effect"
import { foldCase } from "./CaseFolding.ts"
import { type About, type Field, type FieldShape, tokensIn, valueIn } from "./Rows.ts"
import { compare, ruleBrokenBy, type Scalar } from "./RowValue.ts"
import * as SearchTokens from "./SearchTokens.ts"

/** How a value of a row is compared with a given one. */
export type Operator = "eq" | "lt" | "lte" | "gt" | "gte"

/** A specification as data. */
export type Node =
  | { readonly _tag: "Everything" }
  | { readonly _tag: "Nothing" }
  | { readonly _tag: "And"; readonly all: ReadonlyArray<Node> }
  | { readonly _tag: "Or"; readonly any: ReadonlyArray<Node> }
  | { readonly _tag: "Not"; readonly denied: Node }
  | { readonly _tag: "Compare"; readonly field: FieldShape; readonly operator: Operator; readonly value: Scalar }
  | { readonly _tag: "OneOf"; readonly field: FieldShape; readonly values: ReadonlyArray<Scalar> }
  | { readonly _tag: "IsNull"; readonly field: FieldShape }
  | { readonly _tag: "Contains"; readonly field: FieldShape; readonly text: string; readonly ignoreCase: boolean }
  | { readonly _tag: "Search"; readonly field: FieldShape; readonly query: SearchTokens.Query }

/** Which rows of the type `Row` are wanted. */
export type Specification<Row> = Node & About<Row>

/** A value that no row can hold, because it could not be stored. `field` and `rule` say where and why. */
export class ValueRefused extends Schema.TaggedError<ValueRefused>()("ValueRefused", {
  field: Schema.String,
  rule: Schema.Literals(["text-that-can-be-stored", "instant-that-can-be-stored"])
}) {
  override get message() {
    return this.rule === "text-that-can-be-stored"
      ? `${this.field}: text must be without U+0000 and without lone surrogates`
      : `${this.field}: a date-time must not be before 24 November 4714 BC`
  }
}

/** Every row. */
export const everything: Specification<unknown> = { _tag: "Everything" }

/** No row. */
export const nothing: Specification<unknown> = { _tag: "Nothing" }

/** The rows that all of them want; every row when there are none. */
export const and = <Row>(...all: ReadonlyArray<Specification<Row>>): Specification<Row> => ({ _tag: "And", all })

/** The rows that at least one of them wants; no row when there are none. */
export const or = <Row>(...any: ReadonlyArray<Specification<Row>>): Specification<Row> => ({ _tag: "Or", any })

/** The rows it does not want, those among them where its fields are null. */
export const not = <Row>(denied: Specification<Row>): Specification<Row> => ({ _tag: "Not", denied })

const comparison =
  (operator: Operator) =>
  <Row, Value extends Scalar>(field: Field<Row, Value>, value: NoInfer<Value>): Specification<Row> => ({
    _tag: "Compare",
    field: plain(field),
    operator,
    value
  })

/** The field has this value. */
export const eq = comparison("eq")
/** The field has a value before this one. */
export const lt = comparison("lt")
/** The field has this value or one before it. */
export const lte = comparison("lte")
/** The field has a value after this one. */
export const gt = comparison("gt")
/** The field has this value or one after it. */
export const gte = comparison("gte")

/** The field has another value than this one, or is null. */
export const ne = <Row, Value extends Scalar>(field: Field<Row, Value>, value: NoInfer<Value>): Specification<Row> =>
  not(eq(field, value))

/** The field has one of the values. No row when there are none. */
export const oneOf = <Row, Value extends Scalar>(
  field: Field<Row, Value>,
  values: ReadonlyArray<NoInfer<Value>>
): Specification<Row> => ({ _tag: "OneOf", field: plain(field), values })

/** The field is null, or absent. */
export const isNull = <Row>(field: Field<Row, unknown>): Specification<Row> => ({ _tag: "IsNull", field: plain(field) })

/** The field has a value. */
export const isNotNull = <Row>(field: Field<Row, unknown>): Specification<Row> => not(isNull(field))

/**
 * The text of the field has `text` in it, letter for letter. No sign has a meaning of its own. With `ignoreCase`, upper
 * and lower case are the same: see `CaseFolding` for what that is. Every text contains the empty one; null does not.
 */
export const contains = <Row>(
  field: Field<Row, string>,
  text: string,
  options: { readonly ignoreCase?: boolean } = {}
): Specification<Row> => ({ _tag: "Contains", field: plain(field), text, ignoreCase: options.ignoreCase ?? false })

/**
 * The search tokens of the field have all the words of `text`, the last one as the beginning of a word: what somebody
 * types is found while they type. Without a letter or a digit in it, `text` finds every row.
 */
export const search = <Row>(field: Field<Row, ReadonlyArray<string>>, text: string): Specification<Row> => {
  const query = SearchTokens.query(text)
  return query.prefix === "" ? everything : { _tag: "Search", field: plain(field), query }
}

/**
 * The search tokens of the field have all the words of `text`, as whole words: for words that are not typed by anybody, such
 * as hashes and tags. A database finds them in an index. Without a letter or a digit in it, `text` finds every row.
 */
export const searchWords = <Row>(field: Field<Row, ReadonlyArray<string>>, text: string): Specification<Row> => {
  const { prefix, words } = SearchTokens.query(text)
  // What has a word has a word that begins with it: so this is a search like the other, and answered alike.
  const query = { words: [...new Set([...words, prefix])], prefix }
  return prefix === "" ? everything : { _tag: "Search", field: plain(field), query }
}

const plain = ({ kind, name, nullable }: FieldShape): FieldShape => ({ name, kind, nullable })

/** Answers whether a row is wanted. Total: it never throws, whatever the row holds. */
export const matches = <Row>(specification: Specification<Row>): ((row: Row) => boolean) => testOf(specification)

const testOf = (node: Node): ((row: unknown) => boolean) => {
  switch (node._tag) {
    case "Everything":
      return () => true
    case "Nothing":
      return () => false
    case "And": {
      const tests = node.all.map(testOf)
      return (row) => tests.every((test) => test(row))
    }
    case "Or": {
      const tests = node.any.map(testOf)
      return (row) => tests.some((test) => test(row))
    }
    case "Not": {
      const test = testOf(node.denied)
      return (row) => !test(row)
    }
    case "IsNull":
      return (row) => (node.field.kind === "tokens" ? tokensIn(row, node.field) : valueIn(row, node.field)) === null
    case "Search":
      return (row) => SearchTokens.found(tokensIn(row, node.field) ?? [], node.query)
    case "Compare":
    case "OneOf":
    case "Contains": {
      const test = testOfValue(node)
      return (row) => {
        const value = valueIn(row, node.field)
        return value !== null && test(value)
      }
    }
  }
}

const testOfValue = (node: Extract<Node, { _tag: "Compare" | "OneOf" | "Contains" }>): ((value: Scalar) => boolean) => {
  switch (node._tag) {
    case "Compare":
      return (value) => holds(node.operator, compare(value, node.value))
    case "OneOf":
      return (value) => node.values.some((wanted) => compare(value, wanted) === 0)
    case "Contains": {
      const fold = node.ignoreCase ? foldCase : (text: string) => text
      const text = fold(node.text)
      return (value) => typeof value === "string" && fold(value).includes(text)
    }
  }
}

const holds = (operator: Operator, order: number): boolean => {
  switch (operator) {
    case "eq":
      return order === 0
    case "lt":
      return order < 0
    case "lte":
      return order <= 0
    case "gt":
      return order > 0
    case "gte":
      return order >= 0
  }
}

/** The specification, when every value in it can stand in a row of a database. Ask before compiling what users gave. */
export const check = <Row>(specification: Specification<Row>): Result.Result<Specification<Row>, ValueRefused> => {
  const refused = refusalOf(specification)
  return refused === undefined ? Result.succeed(specification) : Result.fail(refused)
}

const refusalOf = (node: Node): ValueRefused | undefined => {
  switch (node._tag) {
    case "And":
      return firstRefusal(node.all)
    case "Or":
      return firstRefusal(node.any)
    case "Not":
      return refusalOf(node.denied)
    case "Compare":
      return refusalOfValues(node.field, [node.value])
    case "OneOf":
      return refusalOfValues(node.field, node.values)
    case "Contains":
      return refusalOfValues(node.field, [node.text])
    default:
      return undefined
  }
}

const firstRefusal = (nodes: ReadonlyArray<Node>): ValueRefused | undefined => {
  for (const node of nodes) {
    const refused = refusalOf(node)
    if (refused !== undefined) return refused
  }
  return undefined
}

const refusalOfValues = (field: FieldShape, values: ReadonlyArray<Scalar>): ValueRefused | undefined => {
  for (const value of values) {
    const rule = ruleBrokenBy(value)
    if (rule !== undefined) return new ValueRefused({ field: field.name, rule })
  }
  return undefined
}
