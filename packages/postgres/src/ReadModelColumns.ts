/**
 * The columns that keep the rows of a read model, and how values travel to them and back.
 *
 * A field something can be asked about has a column of its kind; every other field is kept as its JSON form. The order of
 * the columns is that of the key, then that of the names, whatever the order in which fields are declared.
 *
 * Guarantees: every row that fits its schema, and holds nothing a database cannot, comes back as it went in; where both
 * null and nothing at all are allowed, nothing comes back as null. A value that does not fit is refused on both ways
 * (`RowRefused`), and never quoted.
 */
import { Rows } from "@eventfold/decider"
import type { AnyReadModel } from "@eventfold/subscriptions"
import { Schema, SchemaAST } from "effect"
import { type Conversion, conversionOf } from "./ReadModelValues.ts"

/** A column. */
export interface Column extends Conversion {
  readonly field: string
  /** Its name, without quotes. */
  readonly name: string
  readonly nullable: boolean
  /** What a column without a value stands for: null, or a field that is not there. */
  readonly nothing: "null" | "absent" | "undefined"
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
    const shape = shapes.get(field)
    const type = Schema.toType(schema)
    const name = nameOf(field, taken)
    taken.add(name)
    const conversion = conversionOf({ readModel, field, schema, kind: shape?.kind, compared: compared.has(field) })
    return [{ field, name, nullable: canBeNothing(type.ast), nothing: nothingOf(type.ast), ...conversion }]
  })
  return {
    readModel,
    columns,
    key: columns.slice(0, key.length),
    byField: new Map(columns.map((column) => [column.field, column]))
  }
}

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

const canBeNothing = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isOptional(ast) || partsOf(ast).some((part) => SchemaAST.isNull(part) || SchemaAST.isUndefined(part))

const nothingOf = (ast: SchemaAST.AST): Column["nothing"] =>
  partsOf(ast).some(SchemaAST.isNull) ? "null" : SchemaAST.isOptional(ast) ? "absent" : "undefined"
