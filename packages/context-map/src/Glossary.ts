/**
 * The language of a context: what its commands and events mean. Generated from what is written above their declarations, so
 * that it says what the code says.
 */
import { Schema } from "effect"

/** The schema of a word of a context. */
export const Term = Schema.Struct({
  /** As the code has it, for example `OrderPlaced`. */
  term: Schema.String,
  kind: Schema.Literals(["command", "event"]),
  meaning: Schema.String
}).annotate({ identifier: "Term" })
/** A word of a context, and what it means there. */
export interface Term extends Schema.Schema.Type<typeof Term> {}

/** The schema of a glossary: the words of a context, in alphabetical order. */
export const Glossary = Schema.Array(Term)
/** The words of a context. */
export type Glossary = typeof Glossary.Type

/** A glossary of words: in order, each word and kind once (the last one counts), meanings in one line. */
export const make = (terms: ReadonlyArray<Term>): Glossary => {
  const byName = new Map(
    terms.map(({ kind, meaning, term }) => [
      `${term} ${kind}`,
      { term, kind, meaning: meaning.replaceAll(/\s+/gu, " ").trim() }
    ])
  )
  return Array.from(byName.entries())
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, term]) => term)
}

/** Those of the names `context.Name` that the glossary does not explain. */
export const missing = (glossary: Glossary, names: ReadonlyArray<string>): ReadonlyArray<string> => {
  const known = new Set(glossary.map(({ term }) => term))
  return names.filter((name) => !known.has(name.slice(name.indexOf(".") + 1)))
}
