/**
 * What is written above the declarations of events and commands: the source of the glossaries.
 *
 * An event is an exported `DomainEvent.make("Name", …)` or `DomainEvent.nextVersion(…)`; a command an exported
 * `Schema.TaggedStruct("Name", …)` in a file called `…Commands.ts`. One that is called otherwise than its name is a version or
 * a part of another one, and no word of the language.
 */
import type { Glossary } from "@eventfold/context-map"
import type * as ESTree from "oxc-parser"
import { parseSync } from "oxc-parser"

/** The words a file declares, with what stands above them. Those with nothing above are left out. */
export const termsOf = (path: string, text: string): ReadonlyArray<Glossary.Term> => {
  const { comments, program } = parseSync(path, text)
  const above = (start: number): string | undefined => {
    const comment = comments.findLast(
      ({ end, type, value }) =>
        type === "Block" && value.startsWith("*") && end <= start && text.slice(end, start).trim() === ""
    )
    return comment === undefined ? undefined : plain(comment.value)
  }
  return program.body.flatMap((node): ReadonlyArray<Glossary.Term> => {
    if (node.type !== "ExportNamedDeclaration" || node.declaration?.type !== "VariableDeclaration") return []
    const meaning = above(node.start)
    return node.declaration.declarations.flatMap((declarator): ReadonlyArray<Glossary.Term> => {
      if (declarator.id.type !== "Identifier" || declarator.init?.type !== "CallExpression") return []
      const kind = kindOf(path, declarator.init, declarator.id.name)
      return kind === undefined || meaning === undefined ? [] : [{ term: declarator.id.name, kind, meaning }]
    })
  })
}

const kindOf = (path: string, { arguments: given, callee }: ESTree.CallExpression, name: string) => {
  if (callee.type !== "MemberExpression" || callee.object.type !== "Identifier") return undefined
  if (callee.property.type !== "Identifier") return undefined
  const called = `${callee.object.name}.${callee.property.name}`
  const [first] = given
  const isNamed = first?.type === "Literal" && first.value === name
  if (called === "DomainEvent.nextVersion") return /V\d+$/u.test(name) ? undefined : "event"
  if (called === "DomainEvent.make") return isNamed ? "event" : undefined
  return called === "Schema.TaggedStruct" && isNamed && path.endsWith("Commands.ts") ? "command" : undefined
}

/** Without the stars of the comment, and without what only an editor follows. */
const plain = (comment: string): string =>
  comment
    .replaceAll(/^\s*\*+ ?/gmu, "")
    .replaceAll(/\{@link (\w+)\}/gu, "$1")
    .replaceAll(/\s+/gu, " ")
    .trim()
