/**
 * Specifications, sorts and pages as SQL over rows in real columns.
 *
 * Guarantees: the rows found, and their order, are those `Specification.matches` and `Paging.page` answer in memory,
 * null, case and the signs of `like` included. Values are always parameters; names of columns are checked when they are
 * declared. No condition is unknown where it would show: see `Specification` for what null means.
 *
 * Columns: text is `text`, numbers are `float8` or a type of whole numbers, date-times are `timestamptz` in whole
 * milliseconds, search tokens are `text[]` made by `SearchTokens.of`. Fields that can be null are columns that can.
 *
 * Gotchas: text is compared in the collation "C", so an index serves only when its column has that collation. No index
 * serves `contains`; a `gin` index on the tokens serves the whole words of a search. The encoding of the database is UTF8.
 */
import { CaseFolding, type Paging, type Rows, type Sorting, type Specification } from "@eventfold/decider"
import type { Scalar } from "@eventfold/decider/RowValue"
import { PgClient } from "@effect/sql-pg"
import { DateTime, Effect } from "effect"
import { Statement } from "effect/sql"

/** The columns rows stand in, by the names of their fields. */
export interface Columns<in out Row> {
  readonly rows: Rows.Rows<Row>
  readonly byField: ReadonlyMap<string, string>
}

const column = /^(?:[a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,62}$/u

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)

/**
 * Declares the columns of rows. The column of a field is its name in snake case (`placed_at` of `placedAt`), unless
 * `names` has another one, which may begin with the alias of a table: `o.placed_at`.
 *
 * @throws RangeError when a column is not lower-case letters, digits and `_`, 63 at most, and when two fields share one:
 * mistakes of the program, found where they are made.
 */
export const columns = <Row>(
  rows: Rows.Rows<Row>,
  names: { readonly [Name in Rows.FieldName<Row>]?: string } = {}
): Columns<Row> => {
  const given = new Map<string, unknown>(Object.entries(names))
  const byField = new Map<string, string>()
  for (const field of rows.fields.keys()) {
    const name = given.get(field) ?? snakeCase(field)
    if (typeof name !== "string" || !column.test(name)) {
      throw new RangeError(`The column of the field ${field} of ${rows.name} must be a name in lower case`)
    }
    byField.set(field, name)
  }
  if (new Set(byField.values()).size < byField.size) throw new RangeError(`Two fields of ${rows.name} share a column`)
  return { rows, byField }
}

/**
 * The clauses of a question: `where … order by … limit …`. Put them behind `select … from …`, and give what is found to
 * `Paging.cut`.
 */
export const clauses = <Row>(
  sql: Statement.Constructor,
  of: Pick<Columns<Row>, "byField">,
  question: Paging.Question<Row>
): Statement.Fragment =>
  sql`where ${where(sql, of, question.where)} order by ${orderBy(sql, of, question.order)} limit ${question.take}`

/** The condition of a specification that was checked by `Specification.check`, or is part of a question. */
export const where = <Row>(
  sql: Statement.Constructor,
  of: Pick<Columns<Row>, "byField">,
  specification: Specification.Specification<Row>
): Statement.Fragment => condition({ sql, of: of.byField }, specification, true)

/** The text of a condition, as a database is given it, and its parameters: `$1` is the first. For people to look at. */
export const show = <Row>(
  of: Pick<Columns<Row>, "byField">,
  specification: Specification.Specification<Row>
): { readonly text: string; readonly values: ReadonlyArray<unknown> } => {
  const [text, values] = unconnected`${where(unconnected, of, specification)}`.compile()
  return { text, values }
}

/** Makes statements that nobody runs. */
const unconnected = Statement.make(
  Effect.die(new Error("this statement is to be looked at only")),
  PgClient.makeCompiler(),
  [],
  undefined
)

/** What follows `order by`. The last fields are the key when the order is that of a question or `Sorting.complete`. */
export const orderBy = <Row>(
  sql: Statement.Constructor,
  of: Pick<Columns<Row>, "byField">,
  order: ReadonlyArray<Sorting.SortTerm<Row>>
): Statement.Fragment => {
  const way = { ascending: sql.literal("asc"), descending: sql.literal("desc") }
  return sql.csv(
    order.map(({ direction, field }) => {
      const place = operand({ sql, of: of.byField }, field)
      // Said only where there can be null: `desc nulls last` is not the order of an index that is read backwards.
      return field.nullable ? sql`${place} ${way[direction]} nulls last` : sql`${place} ${way[direction]}`
    })
  )
}

interface Context {
  readonly sql: Statement.Constructor
  readonly of: ReadonlyMap<string, string>
}

/**
 * The condition of a node, or of its denial. Denial goes down to the comparisons: only there null must be minded, and
 * what is not denied stays in the form an index can serve. An unknown condition below `and` and `or` counts as false.
 */
const condition = (context: Context, node: Specification.Node, asked: boolean): Statement.Fragment => {
  const { sql } = context
  switch (node._tag) {
    case "Everything":
    case "Nothing":
      return sql.literal((node._tag === "Everything") === asked ? "true" : "false")
    case "Not":
      return condition(context, node.denied, !asked)
    case "And":
    case "Or": {
      const parts = (node._tag === "And" ? node.all : node.any).map((part) => condition(context, part, asked))
      const together = (node._tag === "And") === asked
      if (parts.length === 0) return sql.literal(together ? "true" : "false")
      return together ? sql.and(parts) : sql.or(parts)
    }
    case "IsNull": {
      const name = identifier(context, node.field)
      return asked ? sql`${name} is null` : sql`${name} is not null`
    }
    default: {
      const holds = comparison(context, node)
      return asked ? holds : sql`(${holds}) is not true`
    }
  }
}

type Leaf = Extract<Specification.Node, { _tag: "Compare" | "OneOf" | "Contains" | "Search" }>

const comparison = (context: Context, node: Leaf): Statement.Fragment => {
  const { sql } = context
  const place = operand(context, node.field)
  switch (node._tag) {
    case "Compare":
      return sql`${place} ${sql.literal(signs[node.operator])} ${parameter(sql, node.value)}`
    case "OneOf":
      return sql`${place} = any(${parameters(sql, node.field.kind, node.values)})`
    case "Contains": {
      if (!node.ignoreCase) return sql`strpos(${place}, ${node.text}::text) > 0`
      const text = CaseFolding.foldCase(node.text)
      const { from, to } = CaseFolding.replacementsFor(text)
      return sql`strpos(translate(${place}, ${from}::text, ${to}::text), ${text}::text) > 0`
    }
    case "Search": {
      const { prefix, words } = node.query
      const begins = sql`exists (select 1 from unnest(${place}) as token where starts_with(token, ${prefix}::text))`
      return words.length === 0 ? begins : sql`(${place} @> ${words}::text[] and ${begins})`
    }
  }
}

const signs: { readonly [Sign in Specification.Operator]: string } = { eq: "=", lt: "<", lte: "<=", gt: ">", gte: ">=" }

const identifier = ({ of, sql }: Context, field: Rows.FieldShape) => {
  const name = of.get(field.name)
  // Types do not let it happen; a specification of other rows would have to be forced in.
  if (name === undefined) throw new RangeError(`The field ${field.name} has no column`)
  return sql(name)
}

const operand = (context: Context, field: Rows.FieldShape): Statement.Fragment => {
  const name = identifier(context, field)
  return field.kind === "text" ? context.sql`${name} collate "C"` : context.sql`${name}`
}

const parameter = (sql: Statement.Constructor, value: Scalar): Statement.Fragment => {
  if (typeof value === "string") return sql`${value}::text`
  if (typeof value === "boolean") return sql`${value}::boolean`
  if (DateTime.isDateTime(value)) return sql`${DateTime.toDateUtc(value)}::timestamptz`
  // Whole numbers as such: compared with a float8, a column of whole numbers would lose its index.
  return Number.isSafeInteger(value) ? sql`${BigInt(value)}::int8` : sql`${value}::float8`
}

const parameters = (
  sql: Statement.Constructor,
  kind: Rows.FieldShape["kind"],
  values: ReadonlyArray<Scalar>
): Statement.Fragment => {
  // As text, because the elements of an array must look alike, and 1 and 1.5 do not.
  const texts = values.map(String)
  switch (kind) {
    case "boolean":
      return sql`${texts}::text[]::boolean[]`
    case "instant":
      return sql`${values.map(dateOf)}::timestamptz[]`
    case "number":
      return values.every(Number.isSafeInteger) ? sql`${texts}::text[]::int8[]` : sql`${texts}::text[]::float8[]`
    default:
      return sql`${texts}::text[]`
  }
}

const dateOf = (value: Scalar) => (DateTime.isDateTime(value) ? DateTime.toDateUtc(value) : value)
