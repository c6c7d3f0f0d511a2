/**
 * Mermaid's own parser: what it makes of the text of a diagram. Mermaid is made for browsers, so it runs in a context of its
 * own, in which there is as much of a page as it looks for when it begins.
 */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { createContext, Script } from "node:vm"
import { Effect, Schema } from "effect"

const source = new Script(readFileSync(createRequire(import.meta.url).resolve("@mermaid-js/tiny"), "utf8"))

/** Where Mermaid parses, and hands out what it has found as JSON. */
const parsing = new Script(`mermaid.parse(text).then(() => mermaid.mermaidAPI.getDiagramFromText(text)).then(
  ({ db, type }) => JSON.stringify({
    type,
    states: Array.from(db.getStates().values(), ({ descriptions, id }) => ({ id, descriptions })),
    transitions: db.getRelations().map(({ id1, id2, relationTitle }) => ({ from: id1, to: id2, title: relationTitle ?? "" }))
  })
)`)

const Parsed = Schema.fromJsonString(
  Schema.Struct({
    type: Schema.String,
    states: Schema.Array(Schema.Struct({ id: Schema.String, descriptions: Schema.Array(Schema.String) })),
    transitions: Schema.Array(Schema.Struct({ from: Schema.String, to: Schema.String, title: Schema.String }))
  })
)

/** The same for a flow chart. */
const parsingFlow = new Script(`mermaid.parse(text).then(() => mermaid.mermaidAPI.getDiagramFromText(text)).then(
  ({ db }) => JSON.stringify({
    nodes: Array.from(db.getVertices().values(), ({ text }) => text),
    edges: db.getEdges().map(({ start, end, text }) => ({ from: start, to: end, title: text }))
  })
)`)

const Flow = Schema.fromJsonString(
  Schema.Struct({
    nodes: Schema.Array(Schema.String),
    edges: Schema.Array(Schema.Struct({ from: Schema.String, to: Schema.String, title: Schema.String }))
  })
)

/** What Mermaid understands by the text of a state diagram; a text it cannot draw is a defect that says where. */
export const parse = (text: string) =>
  Effect.orDie(Effect.flatMap(run(text, parsing), Schema.decodeUnknownEffect(Parsed)))

/** What Mermaid understands by the text of a flow chart; a text it cannot draw is a defect that says where. */
export const parseFlow = (text: string) =>
  Effect.orDie(Effect.flatMap(run(text, parsingFlow), Schema.decodeUnknownEffect(Flow)))

const run = (text: string, script: Script) =>
  Effect.suspend(() => {
    const page = { nodeType: 9, createElement: () => ({}) }
    const context = createContext({ text, document: page, Element: Object, addEventListener: () => undefined })
    new Script(
      "globalThis.window = globalThis; globalThis.structuredClone = (value) => JSON.parse(JSON.stringify(value))"
    ).runInContext(context)
    source.runInContext(context)
    const parsed: unknown = script.runInContext(context)
    return Effect.promise(() => Promise.resolve(parsed))
  })
