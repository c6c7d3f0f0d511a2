/**
 * What one TypeScript file takes from elsewhere: its imports with the members it uses of them, and the globals it reads.
 *
 * Guarantees: every static import, re-export, dynamic import and `import("…")` type with a literal specifier is found,
 * and every member access on an imported namespace, in values and in types (`Schema.String`, `Schema.Struct.Fields`).
 * Gotcha: names are matched without scopes, so a parameter that is called like an imported namespace is taken for it; no
 * file of ours does that.
 */
import type * as ESTree from "oxc-parser"
import { parseSync, Visitor } from "oxc-parser"

/** One member taken from a module: `["Schema", "String"]`; an empty path is the module as a whole. */
export interface Taken {
  readonly path: ReadonlyArray<string>
  readonly line: number
}

/** One import, and what is taken by it. */
export interface Import {
  readonly specifier: string
  readonly line: number
  readonly taken: ReadonlyArray<Taken>
}

/** A parsed file. */
export interface Source {
  /** Path from the root of the repository, with forward slashes. */
  readonly path: string
  readonly imports: ReadonlyArray<Import>
  /** What is used as a value while nothing in the file declares or imports it, with its members: `Math.random`. */
  readonly globals: ReadonlyArray<{ readonly name: string; readonly line: number }>
}

/** A name in its place, as the parser gives it. */
interface Name {
  readonly name: string
  readonly start: number
}

/** The identifier a chain `a.b["c"]` starts from, and the names after it. */
const chainOf = (
  node: ESTree.Expression | ESTree.TSTypeName | ESTree.TSTypeQueryExprName | ESTree.Super
): { readonly root: Name; readonly names: Array<string> } | undefined => {
  if (node.type === "Identifier") return { root: node, names: [] }
  if (node.type === "TSQualifiedName") {
    const left = chainOf(node.left)
    return left && { root: left.root, names: [...left.names, node.right.name] }
  }
  if (node.type !== "MemberExpression") return undefined
  const object = chainOf(node.object)
  if (object === undefined) return undefined
  if (!node.computed && node.property.type === "Identifier") {
    return { root: object.root, names: [...object.names, node.property.name] }
  }
  return node.property.type === "Literal" && typeof node.property.value === "string"
    ? { root: object.root, names: [...object.names, node.property.value] }
    : undefined
}

/** A name of this file that stands for an import, or for a member of one. */
interface Local {
  readonly prefix: ReadonlyArray<string>
  readonly line: number
  readonly taken: Array<Taken>
}

/** Parses a file. Fails by throwing a `SyntaxError` that names the file: the type checker would refuse it as well. */
export const parse = (path: string, text: string): Source => {
  const { errors, program } = parseSync(path, text)
  const problem = errors[0]
  if (problem !== undefined) throw new SyntaxError(`${path}: ${problem.message}`)

  const lineAt = lines(text)
  const imports: Array<{ specifier: string; line: number; taken: Array<Taken> }> = []
  const locals = new Map<string, Local>()
  const add = (source: ESTree.StringLiteral) => {
    const found = { specifier: source.value, line: lineAt(source.start), taken: new Array<Taken>() }
    imports.push(found)
    return found
  }

  // What the file takes by name, and the local names that stand for it.
  for (const node of program.body) {
    if (node.type === "ImportDeclaration") {
      const found = add(node.source)
      if (node.specifiers.length === 0) found.taken.push({ path: [], line: found.line })
      for (const specifier of node.specifiers) {
        const prefix =
          specifier.type === "ImportSpecifier"
            ? [nameOf(specifier.imported)]
            : specifier.type === "ImportDefaultSpecifier"
              ? ["default"]
              : []
        locals.set(specifier.local.name, { ...found, prefix })
      }
    } else if (node.type === "ExportAllDeclaration") {
      const found = add(node.source)
      found.taken.push({ path: [], line: found.line })
    } else if (node.type === "ExportNamedDeclaration" && node.source !== null) {
      const found = add(node.source)
      for (const specifier of node.specifiers) {
        found.taken.push({ path: [nameOf(specifier.local)], line: lineAt(specifier.start) })
      }
    }
  }

  const declared = new Set<string>()
  const done = new Set<number>()
  const undeclared: Array<{ readonly root: Name; readonly names: ReadonlyArray<string> }> = []
  const use = (root: Name, names: ReadonlyArray<string>) => {
    if (done.has(root.start)) return
    done.add(root.start)
    const local = locals.get(root.name)
    if (local === undefined) undeclared.push({ root, names })
    else local.taken.push({ path: [...local.prefix, ...names], line: lineAt(root.start) })
  }
  const chain = (node: ESTree.MemberExpression | ESTree.TSQualifiedName) => {
    const found = chainOf(node)
    if (found !== undefined) use(found.root, found.names)
  }
  const key = (node: { readonly computed: boolean; readonly key: ESTree.Node }) => {
    if (!node.computed) done.add(node.key.start)
  }
  const bind = (node: ESTree.Node | null): void => {
    if (node === null) return
    if (node.type === "Identifier") {
      declared.add(node.name)
      done.add(node.start)
    } else if (node.type === "ObjectPattern") {
      for (const property of node.properties) bind(property.type === "Property" ? property.value : property.argument)
    } else if (node.type === "ArrayPattern") for (const element of node.elements) bind(element)
    else if (node.type === "AssignmentPattern") bind(node.left)
    else if (node.type === "RestElement") bind(node.argument)
  }
  const callable = (node: ESTree.Function | ESTree.ArrowFunctionExpression) => {
    bind(node.id)
    for (const parameter of node.params) {
      bind(parameter.type === "TSParameterProperty" ? parameter.parameter : parameter)
    }
  }
  const bindImport = (node: { readonly local: ESTree.BindingIdentifier }) => done.add(node.local.start)
  const type = (node: { readonly id: ESTree.BindingIdentifier | null }) => bind(node.id)
  const dynamic = (source: ESTree.Expression, path: ReadonlyArray<string>) => {
    if (source.type !== "Literal" || typeof source.value !== "string") return
    const line = lineAt(source.start)
    imports.push({ specifier: source.value, line, taken: [{ path, line }] })
  }

  new Visitor({
    // Declarations and keys first: their names are no uses. A visitor is called for a parent before its children.
    VariableDeclarator: (node) => bind(node.id),
    FunctionDeclaration: callable,
    FunctionExpression: callable,
    ArrowFunctionExpression: callable,
    TSDeclareFunction: callable,
    CatchClause: (node) => bind(node.param),
    ClassDeclaration: type,
    ClassExpression: type,
    TSInterfaceDeclaration: type,
    TSTypeAliasDeclaration: type,
    TSTypeParameter: (node) => bind(node.name),
    TSFunctionType: (node) => node.params.forEach((parameter) => bind(parameter)),
    ImportSpecifier: (node) => done.add(node.imported.start).add(node.local.start),
    ImportDefaultSpecifier: bindImport,
    ImportNamespaceSpecifier: bindImport,
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) for (const { local } of node.specifiers) done.add(local.start)
    },
    ExportSpecifier: (node) => {
      if (node.exported.start !== node.local.start) done.add(node.exported.start)
    },
    ExportAllDeclaration: (node) => {
      if (node.exported !== null) done.add(node.exported.start)
    },
    Property: (node) => {
      if (!node.shorthand) key(node)
    },
    PropertyDefinition: key,
    MethodDefinition: key,
    TSPropertySignature: key,
    TSMethodSignature: key,
    // Uses.
    TSQualifiedName: (node) => {
      chain(node)
      done.add(node.right.start)
    },
    MemberExpression: (node) => {
      chain(node)
      if (!node.computed) done.add(node.property.start)
    },
    TSTypeReference: (node) => {
      // A namespace is no type, so a bare name is a type of this file or an import taken by name.
      if (node.typeName.type !== "Identifier") return
      if (locals.get(node.typeName.name)?.prefix.length === 1) use(node.typeName, [])
      done.add(node.typeName.start)
    },
    TSImportType: (node) => dynamic(node.source, qualified(node.qualifier)),
    ImportExpression: (node) => dynamic(node.source, []),
    Identifier: (node) => use(node, [])
  }).visit(program)

  // An import that nothing uses still takes the name.
  for (const { line, prefix, taken } of locals.values()) {
    if (!taken.some(({ path }) => prefix.every((name, index) => path[index] === name)))
      taken.push({ path: prefix, line })
  }
  const globals = undeclared
    .filter(({ root }) => !declared.has(root.name))
    .map(({ names, root }) => ({ name: [root.name, ...names].join("."), line: lineAt(root.start) }))
  return { path, imports, globals }
}

const nameOf = (name: ESTree.ModuleExportName) => (name.type === "Literal" ? name.value : name.name)

const qualified = (node: ESTree.TSImportTypeQualifier | null): Array<string> => {
  if (node === null) return []
  return node.type === "Identifier" ? [node.name] : [...qualified(node.left), node.right.name]
}

/** Answers the line of an offset, first line = 1. */
export const lines = (text: string): ((offset: number) => number) => {
  const starts = [0]
  for (let index = text.indexOf("\n"); index !== -1; index = text.indexOf("\n", index + 1)) starts.push(index + 1)
  return (offset) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}
