/**
 * A quicker schema for data whose texts are stored in the form that decoding gives them.
 *
 * Identifiers, names and their like are decoded by changing text: to lower case, without white space around it. What is
 * stored has been through that already, so decoding changes nothing; but a schema that might change a field is run field
 * by field, and takes twice the time of one that only checks. So here such a text becomes a check: that it is what its
 * decoding would make of it.
 *
 * Guarantee: data that the quicker schema accepts, both accept with the same outcome. What it refuses is not wrong for
 * that: only the schema itself knows what it means, and why it is refused.
 */
import { SchemaAST, SchemaIssue } from "effect"

/** The quicker form of a schema: the same schema, where there is nothing to be gained. */
export const of = (ast: SchemaAST.AST): SchemaAST.AST => {
  switch (ast._tag) {
    case "String":
      return ofText(ast)
    case "Objects":
      return ofObject(ast)
    case "Arrays":
      return ofArray(ast)
    default:
      // The first member of a union that accepts a value wins, and it may be one that changes it.
      return ast
  }
}

const ofText = (ast: SchemaAST.String): SchemaAST.AST => {
  const [link, ...others] = ast.encoding ?? []
  if (link === undefined || others.length > 0) return ast
  const { to, transformation } = link
  if (
    !SchemaAST.isString(to) ||
    to.encoding !== undefined ||
    SchemaAST.isOptional(to) !== SchemaAST.isOptional(ast) ||
    transformation._tag !== "Transformation" ||
    transformation.decode._tag !== "Transform"
  ) {
    return ast
  }
  const { transform } = transformation.decode
  const [before, after] = [filtersOf(to), filtersOf(ast)]
  const unchanged = new SchemaAST.Filter<string>(
    (text, _, options) =>
      problemOf(before, text, to, options) ??
      (transform(text) === text
        ? problemOf(after, text, ast, options)
        : new SchemaIssue.InvalidValue(undefined, text, options))
  )
  return new SchemaAST.String(ast.annotations, [unchanged], undefined, ast.context)
}

const ofObject = (ast: SchemaAST.Objects): SchemaAST.AST => {
  if (ast.encoding !== undefined || ast.encodingChecks !== undefined || ast.indexSignatures.length > 0) return ast
  let changed = false
  const properties = ast.propertySignatures.map((property) => {
    const type = of(property.type)
    if (type === property.type) return property
    changed = true
    return new SchemaAST.PropertySignature(property.name, type)
  })
  return changed ? new SchemaAST.Objects(properties, [], ast.annotations, ast.checks, undefined, ast.context) : ast
}

const ofArray = (ast: SchemaAST.Arrays): SchemaAST.AST => {
  if (ast.encoding !== undefined || ast.encodingChecks !== undefined) return ast
  const [elements, rest] = [ast.elements.map(of), ast.rest.map(of)]
  return elements.some((type, index) => type !== ast.elements[index]) ||
    rest.some((type, index) => type !== ast.rest[index])
    ? new SchemaAST.Arrays(ast.isMutable, elements, rest, ast.annotations, ast.checks, undefined, ast.context)
    : ast
}

type Filters = ReadonlyArray<SchemaAST.Filter<unknown>>

/** The checks of a schema one behind the other. */
const filtersOf = ({ checks = [] }: { readonly checks?: ReadonlyArray<SchemaAST.Check<any>> | undefined }): Filters =>
  checks.flatMap((check) => (check._tag === "Filter" ? [check] : filtersOf(check)))

const problemOf = (
  filters: Filters,
  text: string,
  ast: SchemaAST.AST,
  options: SchemaAST.ParseOptions
): SchemaIssue.Issue | undefined => {
  for (const filter of filters) {
    const problem = filter.run(text, ast, options)
    if (problem !== undefined) return problem
  }
  return undefined
}
