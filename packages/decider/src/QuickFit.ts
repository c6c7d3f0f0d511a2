/**
 * Answers quickly that a value fits its schema.
 *
 * Rows and their keys are checked for every event that is folded, and nearly all of them fit. The checks of `Schema` are
 * made to say what is wrong, so most of their time goes into being ready for that. Here each kind of value is looked at
 * directly, and the checks a schema declares are run as they are.
 *
 * Guarantee: what is accepted here, the schema accepts. What is not may still fit: only the schema itself knows that, and
 * what is wrong otherwise.
 */
import { DateTime, Predicate, Schema, SchemaAST } from "effect"

/** True when a value fits for sure. */
export type Accepts = (value: unknown) => boolean

/** For values of a schema's type, not of its encoded form. */
export const ofType = (schema: Schema.Top): Accepts => acceptsOf(Schema.toType(schema).ast)

/**
 * As {@link ofType}, for a value that is made of one that fits: what is the same in both is not looked at again. Of a
 * struct without rules of its own; of everything else the whole is looked at.
 */
export const ofTypeAfter = (schema: Schema.Top): ((value: unknown, before: unknown) => boolean) => {
  const { ast } = Schema.toType(schema)
  const whole = acceptsOf(ast)
  if (whole === never || !SchemaAST.isObjects(ast) || ast.checks !== undefined) return whole
  const fields = fieldsOf(ast)
  return (value, before) =>
    isStruct(before) ? isStruct(value) && fields.every((field) => acceptsField(field, value, before)) : whole(value)
}

const never: Accepts = () => false

const acceptsOf = (ast: SchemaAST.AST): Accepts => {
  if (ast.encoding !== undefined) return never
  const accepts = ofKind(ast)
  const filters = filtersOf(ast.checks ?? [])
  if (filters.length === 0 || accepts === never) return accepts
  return (value) => accepts(value) && filters.every((filter) => filter.run(value, ast, parseOptions) === undefined)
}

const parseOptions: SchemaAST.ParseOptions = {}

const ofKind = (ast: SchemaAST.AST): Accepts => {
  switch (ast._tag) {
    case "String":
      return Predicate.isString
    case "Number":
      return Predicate.isNumber
    case "Boolean":
      return Predicate.isBoolean
    case "Null":
      return Predicate.isNull
    case "Undefined":
      return Predicate.isUndefined
    case "Literal":
      return (value) => value === ast.literal
    case "Union":
      return ofUnion(ast)
    case "Objects":
      return ofObject(ast)
    case "Arrays":
      return ofArray(ast)
    case "Declaration":
      return ast.annotations?.["representation"] === instant ? isInstant : never
    default:
      return never
  }
}

const instant = Schema.DateTimeUtc.ast.annotations?.["representation"]
const isInstant: Accepts = (value) => DateTime.isDateTime(value) && DateTime.isUtc(value)

const ofUnion = ({ options, types }: SchemaAST.Union): Accepts => {
  if (options?.mode === "oneOf") return never
  const literals = new Set<unknown>()
  const others: Array<Accepts> = []
  for (const type of types) {
    if (SchemaAST.isLiteral(type) && type.checks === undefined) literals.add(type.literal)
    else others.push(acceptsOf(type))
  }
  return (value) => literals.has(value) || others.some((accepts) => accepts(value))
}

interface Field {
  readonly name: PropertyKey
  readonly accepts: Accepts
  readonly optional: boolean
}

const fieldsOf = ({ propertySignatures }: SchemaAST.Objects): ReadonlyArray<Field> =>
  propertySignatures.map(({ name, type }) => ({
    name,
    accepts: acceptsOf(type),
    optional: SchemaAST.isOptional(type)
  }))

type Struct = Readonly<Record<PropertyKey, unknown>>

const isStruct = (value: unknown): value is Struct =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const acceptsField = ({ accepts, name, optional }: Field, value: Struct, before: Struct): boolean => {
  if (!Object.hasOwn(value, name)) return optional
  const now = value[name]
  return (now === before[name] && Object.hasOwn(before, name)) || accepts(now)
}

const ofObject = (ast: SchemaAST.Objects): Accepts => {
  if (ast.indexSignatures.length > 0 || ast.propertySignatures.length === 0) return never
  const fields = fieldsOf(ast)
  return (value) => {
    if (!isStruct(value)) return false
    for (const { accepts, name, optional } of fields) {
      if (Object.hasOwn(value, name) ? !accepts(value[name]) : !optional) return false
    }
    return true
  }
}

const ofArray = ({ elements, rest }: SchemaAST.Arrays): Accepts => {
  const [item, ...more] = rest
  if (elements.length > 0 || item === undefined || more.length > 0) return never
  const accepts = acceptsOf(item)
  return (value) => Array.isArray(value) && value.every((one: unknown) => accepts(one))
}

/** The checks of a schema one behind the other. */
const filtersOf = (checks: ReadonlyArray<SchemaAST.Check<any>>): ReadonlyArray<SchemaAST.Filter<any>> =>
  checks.flatMap((check) => (check._tag === "Filter" ? [check] : filtersOf(check.checks)))

/**
 * The JSON form of a key's field, when it can be told without its schema's codec: of text, whole numbers, booleans, and of
 * text that is made of other text by one plain function. `undefined` when it cannot be.
 */
export const keyJson = (schema: Schema.Top): ((value: unknown) => string | number | boolean | undefined) => {
  const accepts = ofType(schema)
  const write = writerOf(schema.ast)
  return (value) => (accepts(value) ? write(value) : undefined)
}

const writerOf = (ast: SchemaAST.AST): ((value: unknown) => string | number | boolean | undefined) => {
  const [link, ...more] = ast.encoding ?? []
  if (link === undefined) return plain
  const { to, transformation } = link
  if (more.length > 0 || !SchemaAST.isString(to) || transformation._tag !== "Transformation") return nothing
  const { encode } = transformation
  if (encode._tag !== "Transform" && encode._tag !== "Passthrough") return nothing
  const accepts = acceptsOf(to)
  return (value) => {
    const text: unknown = encode._tag === "Transform" ? encode.transform(value) : value
    return accepts(text) ? plain(text) : undefined
  }
}

// Numbers that are not whole, or are not exact, are left to the codec.
const plain = (value: unknown): string | number | boolean | undefined => {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : undefined
  return typeof value === "string" || typeof value === "boolean" ? value : undefined
}

const nothing = () => undefined
