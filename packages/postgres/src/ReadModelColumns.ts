/**
 * The columns that keep the rows of a read model.
 *
 * A field something can be asked about has a column of its kind; every other field is kept as its JSON form. The order of
 * the columns is that of the key, then that of the names, whatever the order in which fields are declared.
 *
 * Guarantees: every row that fits its schema, and holds nothing a database cannot, comes back as it went in. Where a field
 * may be null as well as absent, which is the same null for a database, a second column tells them apart. A value that
 * does not fit is refused on both ways (`RowRefused`), and never quoted.
 */
import { Rows } from "@eventfold/decider"
import type { AnyReadModel } from "@eventfold/subscriptions"
import { Predicate, Schema, SchemaAST } from "effect"
import { type Conversion, conversionOf, type FieldFacts, plainText, RowRefused } from "./ReadModelValues.ts"

/** A column. */
export interface Column {
  readonly field: string
  /** Its name, without quotes. */
  readonly name: string
  readonly nullable: boolean
  readonly conversion: Conversion
  /** What it holds of a row, as an element of a parameter. @throws RowRefused */
  readonly take: (row: object) => unknown
  /** Gives a row what was selected of the column. @throws RowRefused */
  readonly put: (row: Record<string, unknown>, value: unknown) => void
}

/** How the rows of a read model are kept. */
export interface Layout {
  readonly readModel: string
  /** Those of the key first. */
  readonly columns: ReadonlyArray<Column>
  readonly key: ReadonlyArray<Column>
  readonly byField: ReadonlyMap<string, Column>
}

/**
 * The layout of a read model. It is made once for each.
 *
 * @throws RangeError when a field mixes kinds of values: a mistake of the program.
 */
export const layoutOf = (readModel: AnyReadModel): Layout => {
  const known = layouts.get(readModel.Row)
  if (known !== undefined && known.readModel === readModel.name) return known
  const layout = makeLayout(readModel)
  layouts.set(readModel.Row, layout)
  return layout
}

const layouts = new WeakMap<AnyReadModel["Row"], Layout>()

const makeLayout = ({ Row, indexes, key, name: readModel }: AnyReadModel): Layout => {
  const shapes = Rows.shapesOf(readModel, Row.fields)
  const others = Object.keys(Row.fields)
    .filter((field) => !key.includes(field))
    .toSorted()
  const compared = new Set([...key, ...indexes.flat()])
  const taken = new Set(reserved)
  const columns = [...key, ...others].flatMap((field): ReadonlyArray<Column> => {
    const schema = Row.fields[field]
    if (schema === undefined) return []
    const name = nameOf(field, taken)
    taken.add(name)
    const facts = { readModel, field, schema, kind: shapes.get(field)?.kind, compared: compared.has(field) }
    const nothings = nothingsOf(Schema.toType(schema).ast)
    const column = columnOf(name, facts, nothings)
    if (facts.kind === undefined || nothings.size < 2) return [column]
    const second = nameOf(`${name}_nothing`, taken)
    taken.add(second)
    return [column, columnOfNothing(second, field)]
  })
  return {
    readModel,
    columns,
    key: columns.slice(0, key.length),
    // The second column of a field stands behind the one with its values.
    byField: new Map(columns.toReversed().map((column) => [column.field, column]))
  }
}

/** The column with the values of a field. Where several nothings are possible, it stands for the first of them. */
const columnOf = (name: string, facts: FieldFacts, nothings: ReadonlySet<Nothing>): Column => {
  const { field, kind, readModel } = facts
  const conversion = conversionOf(facts)
  const misfit = () => new RowRefused({ readModel, field, rule: "fits-its-schema" })
  const [nothing] = nothings
  // JSON has its own null.
  const nullable = kind === undefined ? nothings.has("absent") : nothings.size > 0
  return {
    field,
    name,
    nullable,
    conversion,
    take: (row) => {
      const value = valueAt(row, field)
      if (kind === undefined ? field in row : value !== null && value !== undefined) return conversion.encode(value)
      if (!nullable || (value === null && !nothings.has("null"))) throw misfit()
      return null
    },
    put: (row, value) => {
      if (value !== null) row[field] = conversion.decode(value)
      else if (nothing === undefined) throw misfit()
      else if (nothing !== "absent") row[field] = nothing === "null" ? null : undefined
    }
  }
}

/** The column that says which nothing stands in another one; null where that holds a value, or the first of them. */
const columnOfNothing = (name: string, field: string): Column => ({
  field,
  name,
  nullable: true,
  conversion: plainText,
  take: (row) => {
    const value = valueAt(row, field)
    return value === null ? "null" : value === undefined && field in row ? "undefined" : null
  },
  put: (row, value) => {
    if (value !== null) row[field] = value === "null" ? null : undefined
  }
})

const valueAt = (row: object, field: string): unknown => (Predicate.hasProperty(row, field) ? row[field] : undefined)

type Nothing = "absent" | "null" | "undefined"

/** Names of the table itself, and of what every table has. */
const reserved = ["tenant", "ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"]

/** The field in snake case where that is a name; otherwise what is left of it, and a number. */
const nameOf = (field: string, taken: ReadonlySet<string>): string => {
  const snake = field.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)
  const plain = /^[a-z_][a-z0-9_]{0,62}$/u.test(snake)
  if (plain && !taken.has(snake)) return snake
  const rest = snake.replaceAll(/[^a-z0-9_]/gu, "_").slice(0, 50)
  for (let number = 1; ; number++) {
    const name = `f${number}_${rest}`
    if (!taken.has(name)) return name
  }
}

const partsOf = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> =>
  SchemaAST.isUnion(ast) ? ast.types.flatMap(partsOf) : [ast]

/** The ways in which a field can have no value. */
const nothingsOf = (ast: SchemaAST.AST): ReadonlySet<Nothing> => {
  const parts = partsOf(ast)
  return new Set<Nothing>([
    ...(SchemaAST.isOptional(ast) ? ["absent" as const] : []),
    ...(parts.some(SchemaAST.isNull) ? ["null" as const] : []),
    ...(parts.some(SchemaAST.isUndefined) ? ["undefined" as const] : [])
  ])
}
