/**
 * The rows of a read model as specifications, sorts and pages know them: the fields of an Effect struct, and the key.
 *
 * Rows are flat. A field can be used when its values are text, numbers, booleans or `DateTime.Utc`, and can be searched
 * when they are arrays of text and the read model declares it searchable. It may be null or absent, which is the same here.
 * Fields of other types may be in the row; nothing can be asked about them.
 *
 * Gotcha: `name` and the names of fields are part of the cursors of pages. When they change, cursors handed out before
 * are refused.
 */
import { Predicate, Schema, SchemaAST } from "effect"
import type { ReadModel } from "./ReadModel.ts"
import { type Kind, ofKind, type Scalar } from "./RowValue.ts"

declare const rowType: unique symbol
declare const valueType: unique symbol

/** Marks data that is about rows of a type. What is about a row with fewer fields is about one with more, too. */
export interface About<in Row> {
  /** Never there; for the types only. */
  readonly [rowType]?: (row: Row) => void
}

/** A field as data. */
export interface FieldShape {
  readonly name: string
  readonly kind: Kind
  /** Whether it can be null or absent. */
  readonly nullable: boolean
}

/** A field of rows of the type `Row` whose values, when there are any, are of the type `Value`. */
export interface Field<in Row, out Value> extends FieldShape, About<Row> {
  /** Never there; for the types only. */
  readonly [valueType]?: Value
}

type Searchable = ReadonlyArray<string>

/** The names of the fields of a row that something can be asked about. */
export type FieldName<Row> = {
  [Name in keyof Row & string]: [NonNullable<Row[Name]>] extends [Scalar | Searchable] ? Name : never
}[keyof Row & string]

/** The names of the fields of a row that always have a value that can be compared. */
export type KeyName<Row> = { [Name in keyof Row & string]: [Row[Name]] extends [Scalar] ? Name : never }[keyof Row &
  string]

/** The rows of one read model. */
export interface Rows<Row> {
  /** The name of the read model, for cursors and errors. */
  readonly name: string
  /** The fields that, together, no two rows have the same of. */
  readonly key: ReadonlyArray<Field<Row, Scalar>>
  /** Every field something can be asked about. */
  readonly fields: ReadonlyMap<string, FieldShape>
  /** A field by its name. */
  readonly field: <Name extends FieldName<Row>>(name: Name) => Field<Row, NonNullable<Row[Name]>>
}

/**
 * Declares rows that are in no read model; whatever is an array of text can be searched.
 *
 * @throws RangeError when a field mixes kinds of values (text or number), when the key is empty, and when a field is
 * asked for that cannot be used: mistakes of the program, found where they are made.
 */
export const make = <S extends Schema.Top & { readonly fields: Schema.Struct.Fields }>(
  name: string,
  struct: S,
  options: { readonly key: readonly [KeyName<S["Type"]>, ...ReadonlyArray<KeyName<S["Type"]>>] }
): Rows<S["Type"]> => declared(name, struct.fields, options.key)

/**
 * The rows of a read model.
 *
 * @throws RangeError as {@link make} does, also when an array of text is asked for that is not declared searchable.
 */
export const of = <Row extends object, Key extends keyof Row & string>(readModel: ReadModel<Row, Key>): Rows<Row> =>
  declared(readModel.name, readModel.Row.fields, readModel.key, readModel.searchable)

const declared = (
  name: string,
  schemas: Schema.Struct.Fields,
  key: ReadonlyArray<string>,
  searchable: ReadonlyArray<string> = Object.keys(schemas)
) => {
  const shapes = Array.from(shapesOf(name, schemas))
  const fields = new Map(shapes.filter(([field, { kind }]) => kind !== "tokens" || searchable.includes(field)))
  const find = (field: string): FieldShape => {
    const shape = fields.get(field)
    if (shape === undefined) throw new RangeError(`Nothing can be asked about the field ${field} of ${name}`)
    return shape
  }
  if (key.length === 0) throw new RangeError(`The rows of ${name} must have a key`)
  return { name, key: key.map(find), fields, field: find }
}

/**
 * The fields something can be asked about, among those of rows of any type.
 *
 * @throws RangeError when a field mixes kinds of values.
 */
export const shapesOf = (name: string, schemas: Schema.Struct.Fields): ReadonlyMap<string, FieldShape> => {
  const fields = new Map<string, FieldShape>()
  for (const [field, schema] of Object.entries(schemas)) {
    const shape = shapeOf(name, field, Schema.toType(schema).ast)
    if (shape !== undefined) fields.set(field, shape)
  }
  return fields
}

const shapeOf = (rows: string, name: string, ast: SchemaAST.AST): FieldShape | undefined => {
  const parts = membersOf(ast)
  const absent = parts.some((part) => SchemaAST.isNull(part) || SchemaAST.isUndefined(part))
  const values = parts.filter((part) => !SchemaAST.isNull(part) && !SchemaAST.isUndefined(part))
  const kinds = new Set(values.map(kindOf))
  const [kind, other] = kinds
  if (other !== undefined) throw new RangeError(`The field ${name} of ${rows} has values of several kinds`)
  if (kind === undefined || kinds.size > 1) return undefined
  return { name, kind, nullable: absent || SchemaAST.isOptional(ast) }
}

const membersOf = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> =>
  SchemaAST.isUnion(ast) ? ast.types.flatMap(membersOf) : [ast]

const kindOf = (ast: SchemaAST.AST): Kind | undefined => {
  if (SchemaAST.isString(ast) || SchemaAST.isTemplateLiteral(ast)) return "text"
  if (SchemaAST.isNumber(ast)) return "number"
  if (SchemaAST.isBoolean(ast)) return "boolean"
  if (SchemaAST.isLiteral(ast)) return kindOfLiteral(ast.literal)
  if (SchemaAST.isDeclaration(ast)) return isInstant(ast) ? "instant" : undefined
  const [items, ...more] = SchemaAST.isArrays(ast) ? ast.rest : []
  const searched = SchemaAST.isArrays(ast) && ast.elements.length === 0 && items !== undefined && more.length === 0
  return searched && membersOf(items).every((item) => kindOf(item) === "text") ? "tokens" : undefined
}

const kindOfLiteral = (literal: unknown): Kind | undefined =>
  typeof literal === "string"
    ? "text"
    : typeof literal === "number"
      ? "number"
      : typeof literal === "boolean"
        ? "boolean"
        : undefined

const instantId = Schema.DateTimeUtc.ast.annotations?.["representation"]

const isInstant = (ast: SchemaAST.Declaration): boolean => ast.annotations?.["representation"] === instantId

/** What a row has in a field: null when it has nothing there, or nothing of the kind of the field. */
export const valueIn = (row: unknown, field: FieldShape): Scalar | null => ofKind(field.kind, partOf(row, field))

/** The search tokens a row has in a field: null when it has none there. */
export const tokensIn = (row: unknown, field: FieldShape): ReadonlyArray<string> | null => {
  const value = partOf(row, field)
  return field.kind === "tokens" && Array.isArray(value) ? value.filter((token) => typeof token === "string") : null
}

const partOf = (row: unknown, { name }: FieldShape): unknown => (Predicate.hasProperty(row, name) ? row[name] : null)
