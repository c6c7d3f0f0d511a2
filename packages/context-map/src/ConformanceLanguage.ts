/** Whether a context says what it declares that it says, and explains its words. Part of `Conformance`. */
import type { Deviation, Observed } from "./Conformance.ts"
import type { Context } from "./Context.ts"
import * as Glossary from "./Glossary.ts"

/**
 * The events and messages that others may know are those that are declared, and its glossary explains every command and event.
 */
export const language = (observed: Observed, context: Context): ReadonlyArray<Deviation> => [
  ...publishing(observed, context),
  ...saying(observed, context),
  ...unexplained(context)
]

const publishing = ({ published }: Observed, { name, publishes }: Context): ReadonlyArray<Deviation> => {
  const declared = new Set(publishes.flatMap(({ events }) => events))
  const real = new Set((published[name] ?? []).map((event) => `${name}.${event}`))
  return [
    ...Array.from(real)
      .filter((event) => !declared.has(event))
      .map((event) => ({
        context: name,
        message: `published.ts exports ${event}, which is in no published language: add it to publishes in the context.ts of ${name}`
      })),
    ...Array.from(declared)
      .filter((event) => !real.has(event))
      .map((event) => ({
        context: name,
        message: `declares that it publishes ${event}, which its published.ts does not export: export it there, or take it out of publishes`
      }))
  ]
}

const saying = ({ said }: Observed, { name, says }: Context): ReadonlyArray<Deviation> => {
  const real = said[name] ?? []
  return [
    ...real
      .filter((type) => !says.includes(type))
      .map((type) => ({
        context: name,
        message: `published.ts exports ${type} in a language that is not declared: add the language as says in the context.ts of ${name}`
      })),
    ...says
      .filter((type) => !real.includes(type))
      .map((type) => ({
        context: name,
        message: `declares that it says ${type}, which no language that its published.ts exports has: export it there, or take it out of says`
      }))
  ]
}

const unexplained = ({ commands, events, glossary, name }: Context): ReadonlyArray<Deviation> =>
  Glossary.missing(glossary, [...commands, ...events]).map((term) => ({
    context: name,
    message: `its glossary does not explain ${term}: write above the declaration what it means, then run "npm run contexts"`
  }))
