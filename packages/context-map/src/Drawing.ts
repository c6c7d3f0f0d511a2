/** The map as a Mermaid flow chart: an arrow leads from who depends to whom it depends on, and says how. */
import { type Context, contextOf } from "./Context.ts"
import type { ContextMap } from "./ContextMap.ts"
import type { RelationshipKind } from "./Relationship.ts"

const labels: Readonly<Record<RelationshipKind, string>> = {
  "customer-supplier": "customer of",
  conformist: "conforms to",
  "anti-corruption-layer": "translates",
  partnership: "partners",
  "shared-kernel": "shares",
  "open-host-service": "uses the host"
}

/** The map as text for Mermaid, which draws it. */
export const mermaid = ({ contexts }: ContextMap): string => {
  const idOf = new Map(contexts.map(({ name }, index) => [name, `c${index}`]))
  const of = (name: string) => idOf.get(name) ?? ""
  const drawn = contexts.flatMap(({ name, relationships }) =>
    Array.from(new Set(relationships.map((one) => one.with))).flatMap((other) => {
      const kinds = relationships.filter((one) => one.with === other)
      const partners = kinds.some(({ kind }) => kind === "partnership")
      // Both declare a partnership, and one line shows it.
      const shown = kinds.filter(({ kind }) => kind !== "partnership" || name < other)
      if (shown.length === 0) return []
      const label = shown.map(({ kind }) => labels[kind]).join(", ")
      const arrow = partners ? "<-->" : kinds.some(({ kind }) => kind === "shared-kernel") ? "-.->" : "-->"
      return [`  ${of(name)} ${arrow}|${label}| ${of(other)}`]
    })
  )
  // What is asked is the other's own and no language of it: a line of its own.
  const asking = contexts.flatMap(({ asks, name }) =>
    Array.from(new Set(asks.map(contextOf)), (other) => `  ${of(name)} -.->|asks| ${of(other)}`)
  )
  return [
    "flowchart LR",
    ...contexts.map((context) => `  ${of(context.name)}${shapeOf(context)}`),
    ...drawn,
    ...asking,
    "  classDef core stroke-width:4px",
    "  classDef supporting stroke-width:2px",
    "  classDef generic stroke-dasharray:4 3",
    ...contexts.map((context) => `  class ${of(context.name)} ${context.class}`),
    ""
  ].join("\n")
}

/** Names have nothing in them that means something to Mermaid. */
const shapeOf = ({ class: weight, kind, name }: Context): string => {
  switch (kind) {
    case "context":
      return `["${name}<br/>${weight}"]`
    case "foreign-system":
      return `[[${name}<br/>foreign]]`
    case "shared-kernel":
      return `([${name}])`
  }
}
